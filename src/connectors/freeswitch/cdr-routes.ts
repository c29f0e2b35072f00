// POST /api/v1/connectors/freeswitch/cdr: where mod_json_cdr sends its documents, one a leg (`url` and `cred` in
// json_cdr.conf.xml). Who sends shows the connector's name and secret, or any name and an API key with events:write. The
// answer comes after the commit: what is not answered with 2xx FreeSWITCH sends again, or keeps in its err-log-dir.
import { createHash, timingSafeEqual } from 'node:crypto'
import { Type } from 'typebox'
import type { Principal } from '../../access/permissions.ts'
import type { CallEvent } from '../../calls/call-event.ts'
import { checkEvent } from '../../calls/check-event.ts'
import { AppError } from '../../errors.ts'
import { principalOf, type RouteSet } from '../../http/app.ts'
import type { Connector, PbxRecord } from '../connector.ts'
import { decodePercent } from './esl-parser.ts'

export interface CdrConnector {
  connector: Pick<Connector, 'name' | 'readRecord'>
  instance: string
  /** The password of its event socket; null: none is set, and only API keys are taken. */
  secret: string | null
}

export interface CdrRoutesNeeds {
  /** Those that take documents, as they stand now. */
  connectors(): readonly CdrConnector[]
  /** Resolves when the events are on disk. */
  append(
    from: { instance: string; source: string },
    events: CallEvent[],
  ): Promise<{ accepted: number; duplicates: number }>
  /** What has been told of a call. */
  known(instance: string, callId: string): Promise<readonly CallEvent[]>
  /** Keeps what cannot be read. Resolves when it is on disk. */
  reject(from: { instance: string; source: string }, raw: Uint8Array, cause: string): Promise<void>
  now(): number
}

/** A document has about 50 kB, percent-encoded up to three times as much. */
const BODY_BYTES = 4 * 1024 * 1024
/** Documents of one connector that wait for the one before. */
const WAITING_MAX = 1_000

const Answer = Type.Object({ callId: Type.String(), accepted: Type.Integer(), duplicates: Type.Integer() })

export function cdrRoutes(needs: CdrRoutesNeeds): RouteSet {
  const { connectors } = needs
  const inTurn = createTurns()
  return (app) => {
    // The module's content type says little: with `disable-100-continue` it is lost on the way.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    app.route({
      method: 'POST',
      url: '/api/v1/connectors/freeswitch/cdr',
      bodyLimit: BODY_BYTES,
      config: { needs: 'events:write', basic: (name, password) => connectorPrincipal(connectors(), name, password) },
      schema: {
        querystring: Type.Object({ connector: Type.Optional(Type.String({ maxLength: 64 })) }),
        response: { 200: Answer },
      },
      handler: async (request) => {
        const principal = principalOf(request)
        const named = request.query.connector ?? basicNameOf(request.headers.authorization)
        const one = connectorFor(connectors(), principal, named)
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        return inTurn(`${one.instance}/${one.connector.name}`, () => takeDocument(needs, one, body))
      },
    })
  }
}

/** The principal of a connector that shows its own secret. */
function connectorPrincipal(connectors: readonly CdrConnector[], name: string, password: string): Principal | null {
  const found = connectors.find((one) => one.connector.name === name)
  if (!found?.secret || !isSame(found.secret, password)) return null
  const scopes = new Set(['events:write'] as const)
  const { instance } = found
  return {
    kind: 'key',
    id: `connector:${name}`,
    name,
    instance,
    home: instance,
    role: null,
    scopes,
    agentId: null,
    masksNumbers: false,
  }
}

/** In a time that does not tell how much of it was right. */
function isSame(secret: string, shown: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(secret), digest(shown))
}

function basicNameOf(authorization: string | undefined): string | null {
  const encoded = /^basic\s+(\S+)/i.exec(authorization ?? '')?.[1]
  return encoded ? (Buffer.from(encoded, 'base64').toString('utf8').split(':', 1)[0] ?? null) : null
}

/** The connector that is named; where there is only one, no name is needed. */
function connectorFor(connectors: readonly CdrConnector[], { instance }: Principal, name: string | null): CdrConnector {
  const own = connectors.filter((one) => one.instance === instance)
  const found = own.find((one) => one.connector.name === name) ?? (own.length === 1 ? own[0] : undefined)
  if (!found) throw new AppError('connector-not-found', { name: (name ?? 'of a FreeSWITCH').slice(0, 64) })
  return found
}

async function takeDocument(
  { append, known, reject, now }: CdrRoutesNeeds,
  { connector, instance }: CdrConnector,
  body: Buffer,
): Promise<{ callId: string; accepted: number; duplicates: number }> {
  const from = { instance, source: connector.name }
  const record = readBody(connector, body)
  if (typeof record === 'string') {
    await reject(from, body, record)
    throw new AppError('cdr-unreadable', { detail: record })
  }
  const { callId } = record
  const events: CallEvent[] = []
  for (const event of record.eventsBeside(await known(instance, callId))) {
    const checked = checkEvent(event, now())
    if ('event' in checked) events.push(checked.event)
    else await reject(from, Buffer.from(JSON.stringify(event)), checked.refusal.detail)
  }
  const { accepted, duplicates } = events.length > 0 ? await append(from, events) : { accepted: 0, duplicates: 0 }
  return { callId, accepted, duplicates }
}

function readBody(connector: Pick<Connector, 'readRecord'>, body: Buffer): PbxRecord | string {
  let document: unknown
  try {
    document = JSON.parse(textOf(body))
  } catch (error) {
    return `it is not JSON: ${(error as Error).message.slice(0, 150)}`
  }
  return connector.readRecord?.(document) ?? 'this connector takes no documents'
}

/** mod_json_cdr's `encode`: `{…}`, `cdr=%7B…`, or `cdr=` and Base64. */
function textOf(body: Buffer): string {
  const text = body.toString('utf8').trim()
  if (!text.startsWith('cdr=')) return text
  const value = text.slice(4)
  return /^[A-Za-z0-9+/=\s]+$/.test(value)
    ? Buffer.from(value, 'base64').toString('utf8')
    : decodePercent(value.replaceAll('+', ' '))
}

/** One after the other for each name: what a document adds depends on what those before it have told. */
function createTurns(): <T>(name: string, work: () => Promise<T>) => Promise<T> {
  const turns = new Map<string, { last: Promise<unknown>; waiting: number }>()
  return async (name, work) => {
    const turn = turns.get(name) ?? { last: Promise.resolve(), waiting: 0 }
    if (turn.waiting >= WAITING_MAX) throw new AppError('store-busy')
    turn.waiting++
    turns.set(name, turn)
    const mine = turn.last.then(work, work)
    turn.last = mine.catch(() => {})
    try {
      return await mine
    } finally {
      turn.waiting--
    }
  }
}
