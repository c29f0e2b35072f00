// One call's record beside what the phones saw and what queue_log says: every field in which they differ. Pure. Called by
// mix.ts, which prints the differences.
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import type { Interruption } from './interruptions.ts'
import type { PhoneClock } from './phone-clock.ts'
import type { Expected } from './story.ts'

export interface Difference {
  field: string
  seen: unknown
  recorded: unknown
  /** Why the phones, not the record, are off; null: unexplained. */
  explanation: string | null
}

/** The phones' clock and the PBX's are one; what lies between is the way of a message. */
const CLOCK_MS = 100
const DIALLED_UNHEARD = 'CEL does not say whom the platform had dialled'
const MOVED_UNHEARD = 'CEL does not say that the customer is in a menu, nor why she left the talk'
/** What the edges of an interruption cannot be told closer than. */
const NEAR_MS = 500
/** Two edges, each as far off as a clock may be, and the bridging in between. */
const TALK_MS = 250

export function differencesOf(
  expected: Expected,
  call: CallDetailJson,
  { stock, clock, interruptions }: { stock: boolean; clock: PhoneClock; interruptions: readonly Interruption[] },
): Difference[] {
  const differences: Difference[] = []
  const same = (field: string, seen: unknown, recorded: unknown) => {
    if (JSON.stringify(seen) !== JSON.stringify(recorded)) differences.push(plain(field, seen, recorded))
  }
  const near = (field: keyof Expected['knownBy'], recorded: number | null) => {
    const seen = expected[field]
    if (seen === null || recorded === null) return same(field, instant(seen), instant(recorded))
    if (Math.abs(seen - recorded) <= CLOCK_MS) return
    const explanation = explain({ seen, knownBy: expected.knownBy[field] ?? seen, recorded }, clock)
    differences.push({ ...plain(field, instant(seen), instant(recorded)), explanation })
  }
  same('type', expected.type, call.type)
  same('hangupReason', expected.hangupReason, call.hangupReason)
  const agent = call.agent?.id ?? null
  same('agent', expected.agentAmong.includes(agent) ? agent : expected.agentAmong, agent)
  same('skillGroup', expected.skillGroup, call.skillGroup?.id ?? null)
  const wasTouched = touchedBy(expected, interruptions)
  if (wasTouched !== null) same('reconstructed', wasTouched, call.reconstructed)
  if (stock) return differences
  same('notConnectedCause', expected.notConnectedCause, call.notConnectedCause)
  same('releasedBy', expected.releasedBy, call.releasedBy)
  const dialledUnheard = isDialledUnheard(expected, call)
  if (dialledUnheard) differences.push({ ...plain('customer', expected.customer, null), explanation: DIALLED_UNHEARD })
  else same('customer', expected.customer, call.customer)
  same('caller', expected.caller === 'agent' ? agent : expected.caller, call.caller)
  if (!dialledUnheard) same('callee', calleeOf(expected, agent), call.callee)
  same('agents', sorted(expected.agents), sorted(Object.fromEntries(call.agents.map(({ id, talked }) => [id, talked]))))
  // The mix's agents are named after their numbers.
  const misnamed = call.agents.filter(({ id, name }) => /^2\d{3}$/.test(id) && name !== null && name !== `坐席${id}`)
  same('names', [], misnamed)
  same(
    'skillGroups',
    expected.skillGroups,
    call.skillGroups.map((group) => group.id),
  )
  const movedUnheard = expected.isRedirected && call.reconstructed && call.transfers === expected.transfers - 1
  if (!movedUnheard) same('transfers', expected.transfers, call.transfers)
  else differences.push({ ...plain('transfers', expected.transfers, call.transfers), explanation: MOVED_UNHEARD })
  same('keys', expected.keys, call.keys)
  near('startedAt', at(call.startedAt))
  near('establishedAt', at(call.establishedAt))
  near('answeredAt', at(call.answeredAt))
  near('endedAt', at(call.endedAt))
  const talkOffMs = Math.abs(expected.talkMs - call.talkMs)
  const late = talkOffMs <= TALK_MS + expected.talkSlackMs ? 'the PBX was late to answer the phones' : null
  if (talkOffMs > TALK_MS) differences.push({ ...plain('talkMs', expected.talkMs, call.talkMs), explanation: late })
  same('endEstimated', false, call.endEstimated)
  const odd = call.steps.filter((step) => step.remark !== null).map((step) => `${step.type}: ${step.remark}`)
  same('odd steps', [], odd)
  return [...differences, ...differencesToQueueLog(call, expected)]
}

/**
 * Originated by the platform, told by CEL: of a predictive call it does not name the customer's number, of a back-to-back one
 * not before the agent has answered (until then its caller id may as well be the company's).
 */
function isDialledUnheard({ type, notConnectedCause }: Expected, call: CallDetailJson): boolean {
  if (!call.reconstructed || call.customer !== null) return false
  return type === 'predictive' || (type === 'back-to-back' && notConnectedCause === 'agent-unavailable')
}

/** Did something happen to this call while nobody listened? null: too close to tell. */
function touchedBy(
  { startedAt, answeredAt, endedAt }: Expected,
  interruptions: readonly Interruption[],
): boolean | null {
  const moments = [startedAt, answeredAt, endedAt].filter((moment) => moment !== null)
  if (interruptions.some(({ from, until }) => moments.some((at) => at > from + NEAR_MS && at < until - NEAR_MS)))
    return true
  return interruptions.some(({ from, to }) => startedAt < to + NEAR_MS && endedAt > from - NEAR_MS) ? null : false
}

/** Between the phone's word and the PBX's answer to it lies what the PBX needed; before a phone's late word, what it needed. */
function explain(moment: { seen: number; knownBy: number; recorded: number }, clock: PhoneClock): string | null {
  const { seen, knownBy, recorded } = moment
  if (recorded > seen && recorded <= knownBy + CLOCK_MS) return `the PBX took ${knownBy - seen} ms to answer the phone`
  return clock.mayHaveWaited(recorded, seen) ? 'the phones’ process stood still' : null
}

function calleeOf(expected: Expected, agent: string | null): string | null {
  if (expected.type === 'inbound') return agent ?? expected.dialled
  return expected.type === 'internal' ? expected.dialled : expected.customer
}

/** What queue_log says by itself, apart from the phones. */
function differencesToQueueLog(call: CallDetailJson, expected: Expected): Difference[] {
  const differences: Difference[] = []
  const { rows } = expected
  const connect = rows.find((row) => row.event === 'CONNECT')
  const last = rows.at(-1)
  // Of a call that was picked up or forwarded it names the one at whom it rang.
  if (connect && !expected.isRerouted && call.agent?.name !== connect.member && call.type !== 'outbound')
    differences.push(plain('agent in queue_log', connect.member, call.agent?.name))
  if (last?.event === 'ABANDON' && !connect && !/^abandoned-(in-queue|while-ringing)$/.test(call.hangupReason ?? ''))
    differences.push(plain('reason in queue_log', 'ABANDON', call.hangupReason))
  const completed = /^COMPLETE(AGENT|CALLER)$/.exec(last?.event ?? '')?.[1]
  // It knows two who hang up, and takes the platform for one of them.
  if (
    completed &&
    expected.releasedBy !== 'system' &&
    call.transfers === 0 &&
    call.releasedBy !== (completed === 'AGENT' ? 'agent' : 'customer')
  )
    differences.push(plain('who hung up in queue_log', last?.event, call.releasedBy))
  for (const { event, member } of rows) {
    if (event === 'RINGNOANSWER' && !call.agents.some((agent) => agent.name === member))
      differences.push(
        plain(
          'rung in queue_log',
          member,
          call.agents.map(({ name }) => name),
        ),
      )
  }
  return differences
}

function plain(field: string, seen: unknown, recorded: unknown): Difference {
  return { field, seen, recorded, explanation: null }
}

function at(text: string | null): number | null {
  return text === null ? null : Date.parse(text)
}

function instant(ms: number | null): string | null {
  return ms === null || !Number.isFinite(ms) ? null : new Date(ms).toISOString()
}

function sorted(agents: Record<string, boolean>): [string, boolean][] {
  return Object.entries(agents).sort(([a], [b]) => (a < b ? -1 : 1))
}
