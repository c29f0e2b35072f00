// How the connections to the PBXs are, for administrators and managers; making, changing and removing those of the console,
// for administrators (connectors:write). Secrets go in and never come out.
import { Type } from 'typebox'
import { callsLimitedTo, has, type Principal } from '../access/permissions.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { ConsoleConnectors } from './console-connectors.ts'
import type { RunningConnector, RunningConnectors } from './running-connectors.ts'

export interface ConnectorRoutesNeeds {
  running: RunningConnectors
  inConsole: ConsoleConnectors
  clock: Clock
  log: { info(details: object, message: string): void }
}

const Name = Type.Object({ name: Type.String({ maxLength: 64 }) })
/** Checked by checkConsoleConnector, which says what is wrong in one sentence. */
const Wanted = Type.Unsafe<unknown>(
  Type.Object(
    {},
    {
      description:
        'name, type (asterisk, freeswitch), host, port, username, login, secret, agents, trunks, externalTrunks, virtualNumbers, recordings: as in callbook.config.json, but for the secret, which is given here',
    },
  ),
)
const Answer = Type.Object({ name: Type.String() })
const tags = ['operation']
const needsWrite = { config: { needs: 'connectors:write' } } as const

/** What a connector is set to, without anything secret: what the console shows, and fills its form with. */
export interface ConnectorSettingsJson {
  host: string | null
  port: number | null
  username: string | null
  login: 'md5' | 'plain' | null
  /** The variable the file names; null: none, or made in the console. */
  secretEnv: string | null
  hasSecret: boolean
  agents: string[] | null
  trunks: string[] | null
  externalTrunks: string[] | null
  virtualNumbers: string[] | null
  recordings: { folder: string | null; folders: string[]; names: string | null; left: string | null } | null
  backfill: string[]
}

export function connectorRoutes({ running, inConsole, clock, log }: ConnectorRoutesNeeds): RouteSet {
  return (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/connectors',
      config: { needs: 'calls:read' },
      schema: { summary: 'How the connections to the PBXs are', tags },
      handler: async (request) => {
        const principal = principalOf(request)
        if (callsLimitedTo(principal) !== null) throw new AppError('not-allowed', { needs: 'role manager or admin' })
        return {
          items: running.of(principal.home).map((one) => toJson(one, principal)),
          /** May connectors be made here? */
          inConsole: inConsole.isAllowed,
        }
      },
    })

    app.post(
      '/api/v1/connectors',
      {
        ...needsWrite,
        schema: { summary: 'Makes a connector; it runs at once', tags, body: Wanted, response: { 201: Answer } },
      },
      async (request, reply) => {
        const { home, id } = principalOf(request)
        const { settings } = await inConsole.add(home, request.body)
        log.info({ connector: settings.name, by: id }, 'connector made')
        return reply.code(201).send({ name: settings.name })
      },
    )

    app.put(
      '/api/v1/connectors/:name',
      {
        ...needsWrite,
        schema: {
          summary: 'Changes a connector made in the console',
          description: 'Without `secret` the kept one goes on, as long as type, host, port and user name stay.',
          tags,
          params: Name,
          body: Wanted,
          response: { 200: Answer },
        },
      },
      async (request) => {
        const { home, id } = principalOf(request)
        const { settings } = await inConsole.change(home, request.params.name, request.body)
        log.info({ connector: settings.name, by: id }, 'connector changed')
        return { name: settings.name }
      },
    )

    app.delete(
      '/api/v1/connectors/:name',
      {
        ...needsWrite,
        schema: {
          summary: 'Removes a connector made in the console; its calls stay',
          tags,
          params: Name,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const { home, id } = principalOf(request)
        await inConsole.remove(home, request.params.name)
        log.info({ connector: request.params.name, by: id }, 'connector removed')
        return reply.code(204).send(null)
      },
    )
  }

  function toJson(one: RunningConnector, principal: Principal) {
    const state = one.connector.state()
    return {
      ...state,
      since: clock.write(state.since),
      lastMessageAt: state.lastMessageAt === null ? null : clock.write(state.lastMessageAt),
      origin: one.origin,
      settings: has(principal, 'connectors:write') ? settingsJson(one) : null,
    }
  }
}

function settingsJson({ settings }: RunningConnector): ConnectorSettingsJson {
  const { host, port, username, login, secretEnv, secret, agents, trunks, externalTrunks, virtualNumbers } = settings
  const { recordings, backfill } = settings
  return {
    host: host ?? null,
    port: port ?? null,
    username: username ?? null,
    login: login ?? null,
    secretEnv: secretEnv ?? null,
    hasSecret: secret !== null,
    agents: agents ?? null,
    trunks: trunks ?? null,
    externalTrunks: externalTrunks ?? null,
    virtualNumbers: virtualNumbers ?? null,
    recordings: recordings
      ? {
          folder: recordings.folder ?? null,
          folders: recordings.folders ?? [],
          names: recordings.names ?? null,
          left: recordings.left ?? null,
        }
      : null,
    backfill: Object.keys(backfill ?? {}).filter((key) => key !== 'celColumns'),
  }
}
