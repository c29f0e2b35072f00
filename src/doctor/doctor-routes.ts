// GET /api/v1/connectors/{name}/doctor: looks a connection over, for administrators and managers. The same findings as
// `callbook doctor`, seen with the rights of the running server. One examination of a connector at a time: who asks
// meanwhile is given the same. POST /api/v1/connectors/test does it with a connector that is not made yet.
import { Type } from 'typebox'
import { DEFAULT_INSTANCE, type Limits } from '../config.ts'
import { checkConsoleConnector } from '../connectors/console-connector.ts'
import type { ConsoleConnectors } from '../connectors/console-connectors.ts'
import { settingsOf } from '../connectors/kept-connectors.ts'
import type { ConnectorSettings, RunningConnectors } from '../connectors/running-connectors.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { Decoding } from './decoding.ts'
import { type Examination, examine } from './doctor.ts'

export function doctorRoutes({
  running,
  inConsole,
  limits,
  decoding,
  now = Date.now,
}: {
  running: RunningConnectors
  inConsole: ConsoleConnectors
  limits: Pick<Limits, 'connectorTests' | 'connectorTestMs'>
  /** Of an instance. */
  decoding?: (instance: string) => Decoding
  now?: () => number
}): RouteSet {
  const begun = new Map<string, Promise<Examination>>()
  const stop = new AbortController()
  let tests = 0

  function examineOnce(connector: ConnectorSettings): Promise<Examination> {
    const known = begun.get(connector.name)
    if (known) return known
    const examination = look(connector, stop.signal).finally(() => begun.delete(connector.name))
    begun.set(connector.name, examination)
    return examination
  }

  function look(connector: ConnectorSettings, signal: AbortSignal): Promise<Examination> {
    const connectors = running.of(null).map(({ settings }) => settings)
    const own = decoding ? { decoding: decoding(connector.instance ?? DEFAULT_INSTANCE) } : {}
    return examine(connector, { connectors, signal, now, ...own })
  }

  /** Every wait in an examination ends by itself; this is the bound on all of them together. */
  async function tryOut(connector: ConnectorSettings): Promise<Examination> {
    if (tests >= limits.connectorTests) throw new AppError('too-many-tests')
    tests++
    try {
      return await look(connector, AbortSignal.any([stop.signal, AbortSignal.timeout(limits.connectorTestMs)]))
    } finally {
      tests--
    }
  }

  return (app) => {
    app.addHook('onClose', async () => stop.abort())
    app.route({
      method: 'GET',
      url: '/api/v1/connectors/:name/doctor',
      config: { needs: 'calls:read' },
      schema: {
        summary: 'Looks over the connection to a PBX and says what to change',
        tags: ['operation'],
        params: Type.Object({ name: Type.String({ maxLength: 64 }) }),
      },
      handler: async (request) => {
        const principal = principalOf(request)
        // What stands in a PBX's files is not for every key that may read calls.
        if (principal.role !== 'admin' && principal.role !== 'manager')
          throw new AppError('not-allowed', { needs: 'role manager or admin' })
        const { name } = request.params
        const connector = running.find(principal.home, name)?.settings
        if (!connector) throw new AppError('connector-not-found', { name })
        return examineOnce(connector)
      },
    })
    app.post(
      '/api/v1/connectors/test',
      {
        config: { needs: 'connectors:write' },
        schema: {
          summary: 'Connects and logs in with settings that are not saved, and says what is found',
          description:
            'The body is that of POST /connectors; without `secret` the kept one of the same name and host is used.',
          tags: ['operation'],
          body: Type.Unsafe<unknown>(Type.Object({})),
        },
      },
      async (request) => {
        const { home } = principalOf(request)
        if (!inConsole.isAllowed) throw new AppError('connectors-in-console-off')
        const wanted = inConsole.withSecret(home, checkConsoleConnector(request.body))
        return tryOut(settingsOf({ ...wanted, instance: home }))
      },
    )
  }
}
