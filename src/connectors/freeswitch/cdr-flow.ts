// The customer's way as one leg's document tells it: menus, keys, queues, transfers, recordings. Pure; called by
// cdr-facts.ts.
import type { AgentRef, CallEvent } from '../../calls/call-event.ts'
import type { CdrLeg } from './cdr-document.ts'
import { type Endpoints, withoutDomain } from './endpoints.ts'
import { countedId, factId, fileNameOf } from './fact-ids.ts'
import type { Fact } from './fs-calls.ts'
import { numberInHop } from './fs-destinations.ts'
import { queueOutcomeOf } from './hangup-causes.ts'
import type { CdrSurroundings } from './json-cdr.ts'

/** Takes a fact, with its id and time. */
export type Add = (id: string, at: number, fact: Fact) => void

/** How many of a leg's keys (visits of a menu) were told without knowing which ones they were: always the last ones. */
function toldLate(around: CdrSurroundings, prefix: string): number {
  return around.known.filter((event) => event.id.startsWith(`${prefix}:late:`)).length
}

export function tellMenus(leg: CdrLeg, around: CdrSurroundings, add: Add): void {
  const visits = new Map<string, number[]>()
  for (const { name, data, at } of leg.applications) {
    if (name === 'ivr') visits.set(data.trim(), [...(visits.get(data.trim()) ?? []), at])
  }
  for (const [menu, times] of visits) {
    const node = menu.slice(0, 200)
    const late = toldLate(around, factId(leg.uuid, 'ivr-entered', (node || '-').slice(0, 80)))
    for (const [i, at] of times.slice(0, Math.max(0, times.length - late)).entries()) {
      const id = countedId(leg.uuid, 'ivr-entered', i + 1, at, node || '-')
      add(id, at, { type: 'ivr-entered', ...(node ? { node } : {}) })
    }
  }
}

/** digits_dialed has the keys, not their times: told when the menu acted on them. */
export function tellKeys(leg: CdrLeg, around: CdrSurroundings, add: Add): void {
  const digits = leg.variable('digits_dialed')
  if (digits === '' || digits === 'none') return
  const menu = leg.applications.findIndex(({ name }) => /^(ivr|read|play_and_get_digits|lua|httapi)$/.test(name))
  if (menu < 0) return
  // The log's clock is finer than that of the call's times, and may lie a little after its end.
  const actedAt = Math.min(leg.applications[menu + 1]?.at ?? leg.endedAt, leg.endedAt)
  const keys = [...digits].slice(0, 1_000)
  const late = toldLate(around, factId(leg.uuid, 'key-pressed'))
  for (const [i, key] of keys.slice(0, Math.max(0, keys.length - late)).entries()) {
    add(countedId(leg.uuid, 'key-pressed', i + 1, actedAt), actedAt, { type: 'key-pressed', key })
  }
}

/** Every queue that was visited; how it was left is known of the last one. */
export function tellQueue(leg: CdrLeg, add: Add): void {
  const visits = leg.applications.filter(({ name }) => name === 'callcenter')
  const lastQueue = withoutDomain(leg.variable('cc_queue')).slice(0, 200)
  const lastJoined = leg.variable('cc_queue_joined_epoch')
  for (const [i, { data, at }] of visits.entries()) {
    const id = withoutDomain(data.trim()).slice(0, 200)
    if (!id) continue
    const isLast = i === visits.length - 1 && id === lastQueue
    const joined = isLast && lastJoined ? lastJoined : String(Math.floor(at / 1000))
    const entered = { type: 'queue-entered' as const, skillGroup: { id } }
    add(factId(leg.uuid, 'queue-entered', `${id}:${joined}`), at, entered)
    if (!isLast || leg.variable('cc_cause') !== 'cancel') continue
    const reason = leg.variable('cc_cancel_reason')
    const outcome = queueOutcomeOf(reason)
    // Told in whole seconds only; what the dialplan did next says it better.
    const next = leg.applications.find((one) => one.at > at)?.at ?? leg.endedAt
    const leftAt = outcome === 'abandoned' ? leg.endedAt : Math.min(next, leg.endedAt)
    const left = { type: 'queue-left' as const, skillGroup: { id }, ...(outcome ? { outcome } : {}) }
    add(factId(leg.uuid, 'queue-left', `${id}:${joined}`), leftAt, left)
  }
}

/** Hops of transfer_history after an agent had talked. */
export function tellTransfers(
  leg: CdrLeg,
  talk: { from: AgentRef; since: number; endpoints: Endpoints; known: readonly CallEvent[] },
  add: Add,
): void {
  const hops = leg.variables('transfer_history')
  for (const [i, entry] of hops.entries()) {
    const [second = '', id = '', hop = '', ...rest] = entry.split(':')
    const kind = hop === 'bl_xfer' ? 'blind' : hop === 'att_xfer' ? 'attended' : null
    // Every hop begins a stretch of the call flow, whose time is exact.
    const exact = hops.length === leg.profiles.length - 1 ? (leg.profiles[i + 1]?.createdAt ?? null) : null
    const at = exact ?? Number(second) * 1000
    if (!kind || !id || !(at >= talk.since)) continue
    if (kind === 'attended' && talk.known.some((event) => isHandOver(event, at))) continue
    const next = leg.applications.find((application) => application.at >= at && application.name === 'callcenter')
    const queue = next && next.at - at < 2_000 ? withoutDomain(next.data.trim()).slice(0, 200) : ''
    const number = numberInHop(rest.join(':'))
    const to = queue
      ? { toSkillGroup: { id: queue } }
      : number === null
        ? {}
        : talk.endpoints.isAgentNumber(number) && !dialledOutside(leg, number)
          ? { toAgent: { id: number } }
          : { toNumber: number }
    add(factId(leg.uuid, 'transferred', id), at, { type: 'transferred', kind, from: talk.from, ...to })
  }
}

/** The event socket may have told an attended transfer by its bridge. */
function isHandOver(event: CallEvent, at: number): boolean {
  return event.type === 'transferred' && event.kind === 'attended' && Math.abs(event.at - at) < 3_000
}

/** The stretch that this number began was said to call out. */
function dialledOutside(leg: CdrLeg, number: string): boolean {
  const direction = leg.variable('call_direction') || leg.variable('cr_direction')
  return direction === 'outbound' && leg.profiles.at(-1)?.destination === number
}

/** The queue's recording and those that the dialplan began; ones begun by a command are not in the document. */
export function tellRecordings(leg: CdrLeg, callId: string, around: CdrSurroundings, add: Add): void {
  const found = new Map<string, number>()
  for (const { name, data, at } of leg.applications) {
    const path = data.trim().split(' ', 1)[0] ?? ''
    if (name === 'record_session' && path) found.set(fileNameOf(path), at)
  }
  const ofQueue = fileNameOf(leg.variable('cc_record_filename'))
  // mod_callcenter begins it a moment before it connects the agent.
  const talk = leg.profiles.find(({ bridgedAt }) => bridgedAt !== null)?.bridgedAt ?? null
  if (ofQueue && leg.variable('cc_side') === 'member' && talk !== null) found.set(ofQueue, talk)
  const numbers = new Map<string, number>()
  for (const event of around.known) if (event.type === 'recording-started') numbers.set(event.id, event.n ?? 1)
  for (const [file, at] of found) {
    const id = factId(callId, 'recording-started', file)
    if (!file || numbers.has(id)) continue
    const n = Math.max(0, ...numbers.values()) + 1
    if (n > 99) return
    numbers.set(id, n)
    add(id, at, { type: 'recording-started', n })
    add(factId(callId, 'recording-ready', file), leg.endedAt, { type: 'recording-ready', n })
  }
}
