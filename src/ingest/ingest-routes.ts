// POST /api/v1/events: call events from whoever has a key with events:write. A JSON array, a single event, or NDJSON; the
// answer comes after the commit and says for each refused event why. One bad event never refuses the others.
import { Type } from 'typebox'
import type { CallEvent } from '../calls/call-event.ts'
import { checkEvent, type Refusal } from '../calls/check-event.ts'
import { AppError, type ErrorCode, sentenceOf } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { Ingest } from './ingest.ts'
import { isNestedDeeper } from './json-depth.ts'
import type { RejectedMessages } from './rejected.ts'

export interface IngestRoutesNeeds {
  ingest: Ingest
  rejected: RejectedMessages
  limits: { eventBytes: number; eventsPerRequest: number; eventsBodyBytes: number }
  now(): number
}

const Answer = Type.Object({
  accepted: Type.Integer(),
  duplicates: Type.Integer(),
  rejected: Type.Array(Type.Object({ index: Type.Integer(), code: Type.String(), detail: Type.String() })),
})

const JSON_TYPES = ['application/json']
const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'text/plain']
const NEWLINE = 0x0a
/** Far more than an event needs, and little enough to parse quickly. */
const LEVELS = 1_000

/** What stands at one place of the request: a value to check, or why it cannot even be read. */
type Told = { value: unknown } | { refusal: Refusal; raw: Uint8Array }

export function ingestRoutes({ ingest, rejected: aside, limits, now }: IngestRoutesNeeds): RouteSet {
  return (app) => {
    // Kept as bytes: lines are told apart and measured before any of them is read as JSON.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser([...JSON_TYPES, ...NDJSON_TYPES], { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    app.addContentTypeParser('*', (_request, _body, done) =>
      done(new AppError('unsupported-media-type', { expected: 'application/json or application/x-ndjson' })),
    )
    app.route({
      method: 'POST',
      url: '/api/v1/events',
      bodyLimit: limits.eventsBodyBytes,
      config: { needs: 'events:write' },
      schema: { response: { 200: Answer } },
      handler: async (request) => {
        const { instance, name } = principalOf(request)
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
        const told = NDJSON_TYPES.includes(type) ? readLines(body, limits) : readJson(body, limits)
        const { events, indexes, rejected } = check(told, now())
        const result = events.length > 0 ? await ingest.append({ instance, source: name }, events) : nothing
        const late = result.rejected.map((refusal) => ({ ...refusal, index: indexes[refusal.index] ?? refusal.index }))
        const refused = [...rejected, ...late].sort((a, b) => a.index - b.index)
        await aside.keepAll(
          instance,
          refused.map(({ index, code, detail }) => ({
            source: name,
            kind: 'event',
            cause: code,
            detail,
            raw: rawOf(told[index]),
          })),
        )
        return { accepted: result.accepted, duplicates: result.duplicates, rejected: refused }
      },
    })
  }
}

/** The bytes to keep of what was refused. */
function rawOf(told: Told | undefined): Uint8Array {
  if (!told) return new Uint8Array()
  return 'raw' in told ? told.raw : Buffer.from(JSON.stringify(told.value) ?? '')
}

const nothing = { accepted: 0, duplicates: 0, rejected: [] }

function check(told: Told[], now: number) {
  const events: CallEvent[] = []
  const indexes: number[] = []
  const rejected: (Refusal & { index: number })[] = []
  for (const [index, item] of told.entries()) {
    const checked = 'refusal' in item ? item : checkEvent(item.value, now)
    if ('refusal' in checked) {
      rejected.push({ index, ...checked.refusal })
    } else {
      events.push(checked.event)
      indexes.push(index)
    }
  }
  return { events, indexes, rejected }
}

/** An array of events, or one event. */
function readJson(body: Buffer, limits: IngestRoutesNeeds['limits']): Told[] {
  if (isNestedDeeper(body, LEVELS))
    throw new AppError('malformed-json', { detail: `it nests deeper than ${LEVELS} levels` })
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new AppError('malformed-json', { detail: (cause as Error).message.slice(0, 200) }, { cause })
  }
  const values = Array.isArray(value) ? value : [value]
  refuseTooMany(values.length, limits)
  const large = body.length > limits.eventBytes
  return values.map((one) =>
    large && JSON.stringify(one).length > limits.eventBytes ? tooLarge(limits, JSON.stringify(one)) : { value: one },
  )
}

/** One event a line; empty lines count for nothing. */
function readLines(body: Buffer, limits: IngestRoutesNeeds['limits']): Told[] {
  const told: Told[] = []
  for (let start = 0; start < body.length; ) {
    const newline = body.indexOf(NEWLINE, start)
    const end = newline < 0 ? body.length : newline
    const line = body.subarray(start, end)
    start = end + 1
    if (line.length > limits.eventBytes) {
      told.push(tooLarge(limits, line))
      continue
    }
    const text = line.toString('utf8').trim()
    if (text === '') continue
    told.push(isNestedDeeper(line, LEVELS) ? refused('event-malformed-json', text) : readLine(text))
    refuseTooMany(told.length, limits)
  }
  return told
}

function readLine(text: string): Told {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return refused('event-malformed-json', text)
  }
}

function tooLarge({ eventBytes }: { eventBytes: number }, raw: string | Uint8Array): Told {
  return refused('event-too-large', raw, { limit: eventBytes })
}

function refused(code: ErrorCode, raw: string | Uint8Array, details: Record<string, unknown> = {}): Told {
  const bytes = typeof raw === 'string' ? Buffer.from(raw) : raw
  return { refusal: { code, detail: sentenceOf(code, details) }, raw: bytes }
}

function refuseTooMany(count: number, { eventsPerRequest }: { eventsPerRequest: number }): void {
  if (count > eventsPerRequest) throw new AppError('too-many-events', { limit: eventsPerRequest })
}
