// The month before the demo was started: thousands of calls planned like the live ones, told as call events instead of
// PBX messages. What a recorded call's events are is derived once, by the connector itself; each call of the past is then
// a copy with its own people and times.
import type { CallEvent } from '../calls/call-event.ts'
import type { Clock } from '../calls/instant.ts'
import { callTemplates, makePlanner, type PlannedCall, planText } from './call-plan.ts'
import { type CallTemplate, MENU_NODE, type Part } from './call-template.ts'
import type { ContactCentre } from './contact-centre.ts'
import type { Random } from './random.ts'
import type { RecordedCall } from './recorded-calls.ts'

const HOUR = 3_600_000
/** How busy each hour of a day is; the mornings from 9 to 12 and the afternoons from 14 to 18 are the work. */
const HOURS = [2, 1, 1, 0, 0, 1, 2, 6, 22, 88, 100, 92, 38, 42, 86, 98, 92, 74, 26, 18, 15, 10, 5, 3]
const WEEKEND = 0.55
/** What a working day's hour of 100 means in calls, per call of a whole day. */
const HOURS_TOTAL = HOURS.reduce((sum, share) => sum + share, 0)

/** Turns the messages of one recorded call into call events: the connector's own rules. */
export type DeriveCall = (recorded: RecordedCall) => CallEvent[]

interface EventTemplate {
  recordedUs: number
  parts: Part[]
  key: string | null
}

export type EventWriter = (call: PlannedCall) => CallEvent[]

/** Prepares every recording once; the result stamps out the events of a planned call. */
export function makeEventWriter(derive: DeriveCall): EventWriter {
  const prepared = new Map<CallTemplate, EventTemplate[]>()
  for (const template of callTemplates()) {
    const events = derive(template.recorded).map(({ at, ...rest }): EventTemplate => {
      const key = rest.type === 'key-pressed' && rest.key === template.menuKey ? rest.key : null
      const text = JSON.stringify(rest).replace('"node":"main"', JSON.stringify({ node: MENU_NODE }).slice(1, -1))
      return { recordedUs: at * 1000 - template.recorded.startedUs, parts: template.cut(text), key }
    })
    prepared.set(template, events)
  }
  return (call) => {
    const keySlot = call.template.slots.findIndex(({ kind }) => kind === 'key')
    return (prepared.get(call.template) ?? []).map(({ recordedUs, parts, key }, i) => {
      const told = JSON.parse(planText(call, parts)) as CallEvent
      const event = { ...told, id: `${call.callId}#${i}`, at: (call.startUs + call.times.at(recordedUs)) / 1000 }
      return key !== null && event.type === 'key-pressed' ? { ...event, key: call.values[keySlot] ?? key } : event
    })
  }
}

export interface HistoryOptions {
  centre: ContactCentre
  random: Random
  clock: Clock
  /** Calls end before this (epoch ms). */
  until: number
  days: number
  callsPerDay: number
}

export interface HistoryDay {
  day: string
  /** Newest first. */
  calls: PlannedCall[]
}

/** The days, newest first, today's part included. Channel counters stay below `HISTORY_CHANNELS`. */
export function* planHistory(options: HistoryOptions): Generator<HistoryDay> {
  const { clock, random, until, days } = options
  const today = clock.dayOf(until)
  for (let back = 0; back < days; back++) {
    const day = clock.addDays(today, -back)
    const planner = makePlanner({
      centre: options.centre,
      random,
      pace: { talkMs: 70_000, shortWaits: false },
      firstChannel: (days - back) * CHANNELS_PER_DAY,
    })
    const calls = beginnings(day, options).map((at) => planner.plan(at))
    yield { day, calls: calls.filter((call) => call.endMs < until).reverse() }
  }
}

/** No two days share a Uniqueid, and the live PBX counts on from the last. */
const CHANNELS_PER_DAY = 20_000

export function firstLiveChannel(days: number): number {
  return (days + 1) * CHANNELS_PER_DAY
}

/** When the calls of a day begin, in order. */
function beginnings(day: string, { clock, random, until, callsPerDay }: HistoryOptions): number[] {
  const midnight = clock.startOfDay(day)
  if (midnight === null) throw new Error(`${day} is not a day`)
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  const busyness = (weekday === 0 || weekday === 6 ? WEEKEND : 1) * random.between(0.85, 1.15)
  const times: number[] = []
  HOURS.forEach((share, hour) => {
    const expected = (callsPerDay * busyness * share) / HOURS_TOTAL
    const count = Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0)
    for (let i = 0; i < count; i++) times.push(midnight + (hour + random.next()) * HOUR)
  })
  return times.filter((at) => at < until).sort((a, b) => a - b)
}
