// Sample calls over HTTP: filling and removing them (sample:write), and whether a session looks at them.
import { Type } from 'typebox'
import { callsLimitedTo } from '../access/permissions.ts'
import { AppError } from '../errors.ts'
import { credentialOf, principalOf, type RouteSet } from '../http/app.ts'
import type { SampleCalls, SampleState } from './sample-calls.ts'

export interface SampleJson extends SampleState {
  /** This session looks at them. */
  shown: boolean
}

const NoContent = Type.Unsafe<undefined>({ type: 'null' })
const tags = ['sample']

export function sampleRoutes(sample: SampleCalls): RouteSet {
  return (app) => {
    app.get(
      '/api/v1/sample',
      { config: { needs: 'calls:read' }, schema: { summary: 'Whether there are sample calls', tags } },
      async (request): Promise<SampleJson> => {
        const principal = principalOf(request)
        if (callsLimitedTo(principal) !== null) throw new AppError('not-allowed', { needs: 'role manager or admin' })
        return { ...(await sample.state(principal.home)), shown: principal.instance !== principal.home }
      },
    )

    app.post(
      '/api/v1/sample',
      {
        config: { needs: 'sample:write' },
        schema: {
          summary: 'Fills in sample calls, apart from the real ones',
          description:
            'Goes on in the background; `GET /sample` says how far it is. Sample calls that are there go first.',
          tags,
          body: Type.Object(
            { language: Type.Optional(Type.Enum({ 'zh-CN': 'zh-CN', en: 'en' } as const)) },
            { additionalProperties: false },
          ),
          response: { 202: Type.Null() },
        },
      },
      async (request, reply) => {
        const { home, id } = principalOf(request)
        sample.fill(home, request.body.language ?? 'zh-CN')
        request.log.info({ by: id }, 'sample calls asked for')
        return reply.code(202).send(null)
      },
    )

    app.delete(
      '/api/v1/sample',
      {
        config: { needs: 'sample:write' },
        schema: { summary: 'Removes all sample calls with their recordings', tags, response: { 204: NoContent } },
      },
      async (request, reply) => {
        await sample.remove(principalOf(request).home)
        return reply.code(204).send(undefined)
      },
    )

    app.put(
      '/api/v1/session/sample',
      {
        config: { needs: 'calls:read' },
        schema: {
          summary: 'Makes my session look at the sample calls, or at the real ones',
          tags,
          body: Type.Object({ shown: Type.Boolean() }, { additionalProperties: false }),
          response: { 204: NoContent },
        },
      },
      async (request, reply) => {
        const credential = credentialOf(request)
        if (credential.kind !== 'session') throw new AppError('not-allowed', { needs: 'a user' })
        await sample.show(principalOf(request), credential.tokenHash, request.body.shown)
        return reply.code(204).send(undefined)
      },
    )
  }
}
