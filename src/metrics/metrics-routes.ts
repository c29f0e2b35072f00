// `GET /api/v1/metrics` for a monitoring system, with a key that may read just that.
import { principalOf, type RouteSet } from '../http/app.ts'
import { instanceMetrics, type MetricsNeeds, processMetrics } from './metrics.ts'

export function metricsRoutes(needs: MetricsNeeds): RouteSet {
  return (app) => {
    const ofProcess = processMetrics()
    app.get(
      '/api/v1/metrics',
      {
        config: { needs: 'metrics:read' },
        schema: { summary: 'Figures for monitoring, in the text format of Prometheus', tags: ['operation'] },
      },
      async (request, reply) => {
        const texts = [await instanceMetrics(needs, principalOf(request).instance), await ofProcess.metrics()]
        return reply.type(ofProcess.contentType).send(texts.join('\n'))
      },
    )
  }
}
