// The door for events from outside: one JSON value in, a checked call event or a clear refusal out. Pure; `POST /events`
// and the importers ask it. What is refused is refused alone, never the events beside it.
import { type TSchema, Type } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import { type ErrorCode, sentenceOf } from '../errors.ts'
import { type CallEvent, type CallEventType, eventSchemas } from './call-event.ts'
import { parseIso } from './instant.ts'
import { INTERNAL_EVENT_TYPES } from './internal-events.ts'

export type CheckedEvent = { event: CallEvent } | { refusal: Refusal }

export interface Refusal {
  code: ErrorCode
  detail: string
}

const checks = new Map<string, Validator>(Object.entries(eventSchemas).map(([type, schema]) => [type, Compile(schema)]))

/** The fields that are kept of an object, by name; null: the value as it is. */
type Shape = { readonly [field: string]: Shape | null }
const shapes = new Map<string, Shape | null>(
  Object.entries(eventSchemas).map(([type, schema]) => [type, shapeOf(schema)]),
)

const EARLIEST = Date.UTC(2000, 0, 1)
/** A source's clock may run ahead, but not by more than a day. */
const AHEAD_MS = 24 * 3_600_000

/** @param now epoch ms, against which the event's time is held. */
export function checkEvent(value: unknown, now: number): CheckedEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('event-not-an-object')
  const { type, at } = value as { type?: unknown; at?: unknown }
  const check = typeof type === 'string' ? checks.get(type) : undefined
  if (!check) return refuse('unknown-event-type', { type: String(type ?? '').slice(0, 80) })
  if (INTERNAL_EVENT_TYPES.has(type as CallEventType)) return refuse('event-type-reserved', { type })
  if (!check.Check(value)) return refuse('invalid-event', { detail: firstMistake(check, value) })
  const instant = typeof at === 'number' ? at : parseIso(String(at))
  if (instant === null)
    return refuse('invalid-event', { detail: '"at" is neither ISO 8601 with zone nor epoch milliseconds' })
  if (!(instant >= EARLIEST && instant <= now + AHEAD_MS))
    return refuse('event-time-out-of-range', { at: String(at).slice(0, 40) })
  const known = keepKnown(value, shapes.get(type as CallEventType) ?? null) as CallEvent
  return { event: { ...known, at: instant } }
}

function shapeOf(schema: TSchema): Shape | null {
  if (!Type.IsObject(schema)) return null
  return Object.fromEntries(Object.entries(schema.properties).map(([field, inner]) => [field, shapeOf(inner)]))
}

/** A copy of a checked value with the fields its schema knows. TypeBox's Clean does the same thirty times slower, and this runs for every event. */
function keepKnown(value: unknown, shape: Shape | null): unknown {
  // Half a character (a lone surrogate) cannot be stored as text: two ids that differ only by such would be one on disk.
  if (shape === null) return typeof value === 'string' ? value.toWellFormed() : value
  const given = value as Record<string, unknown>
  const kept: Record<string, unknown> = {}
  for (const field in shape) {
    if (Object.hasOwn(given, field)) kept[field] = keepKnown(given[field], shape[field] ?? null)
  }
  return kept
}

function firstMistake(check: Validator, value: unknown): string {
  const [mistake] = check.Errors(value)
  if (!mistake) return 'not as described'
  const place = mistake.instancePath.slice(1).replaceAll('/', '.')
  return place ? `"${place}" ${mistake.message}` : mistake.message
}

function refuse(code: ErrorCode, details: Record<string, unknown> = {}): CheckedEvent {
  return { refusal: { code, detail: sentenceOf(code, details) } }
}
