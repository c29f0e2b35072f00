// Calls of a contact centre as call events, for load: made up from a seed, about ten events a call. `storyOf` tells one
// call from beginning to end; `callTraffic` tells many at once, as a busy PBX does. Used by bench/ and by the crash test.
import type { CallEvent } from '../../src/calls/call-event.ts'
import type { CallType } from '../../src/calls/vocabulary.ts'
import { type Random, randomFrom } from '../../src/demo/random.ts'

const SURNAMES = [
  '张',
  '王',
  '李',
  '赵',
  '刘',
  '陈',
  '杨',
  '黄',
  '周',
  '吴',
  '徐',
  '孙',
  '马',
  '朱',
  '胡',
  '林',
  '郭',
  '何',
  '高',
  '罗',
]
const GIVEN = [
  '伟',
  '芳',
  '娜',
  '敏',
  '静',
  '强',
  '磊',
  '洋',
  '艳',
  '勇',
  '军',
  '杰',
  '娟',
  '涛',
  '明',
  '超',
  '秀英',
  '建国',
  '丽华',
  '晓东',
  '雨桐',
  '子涵',
  '浩然',
  '佳怡',
  '志强',
]
const GROUP_NAMES = ['销售', '售后', '技术支持', '投诉', '账务', '物流', '会员', '贵宾']

export const AGENT_COUNT = 500
export const GROUP_COUNT = 40
const CUSTOMERS = 200_000

export interface TrafficAgent {
  id: string
  name: string
}

export const agents: readonly TrafficAgent[] = Array.from({ length: AGENT_COUNT }, (_, i) => ({
  id: String(1001 + i),
  name: `${SURNAMES[i % SURNAMES.length]}${GIVEN[Math.floor(i / SURNAMES.length) % GIVEN.length]}`,
}))

export const groups: readonly { id: string; name: string }[] = Array.from({ length: GROUP_COUNT }, (_, i) => ({
  id: `queue-${i + 1}`,
  name: `${GROUP_NAMES[i % GROUP_NAMES.length]}${Math.floor(i / GROUP_NAMES.length) + 1}组`,
}))

export function customerNumber(index: number): string {
  return `1${[38, 39, 50, 86, 77][index % 5]}${String((index * 7919) % 100_000_000).padStart(8, '0')}`
}

/** A few take most of the calls, as in life. */
const skewed = <T>(random: Random, list: readonly T[]): T => list[Math.floor(list.length * random.next() ** 2)] as T

/** An event without its call and time, and how long after the one before it comes. */
type Line = { afterMs: number; event: Record<string, unknown> & { type: CallEvent['type'] } }

/** One call, as its source would tell it. */
export function storyOf(random: Random): Line[] {
  const lines: Line[] = []
  const tell = (afterMs: number, event: Line['event']) => lines.push({ afterMs: Math.round(afterMs), event })
  const chance = random.next()
  const callType: CallType =
    chance < 0.62
      ? 'inbound'
      : chance < 0.86
        ? 'outbound'
        : chance < 0.94
          ? 'predictive'
          : chance < 0.97
            ? 'back-to-back'
            : chance < 0.985
              ? 'virtual-number'
              : 'internal'
  const customer = customerNumber(random.whole(0, CUSTOMERS - 1))
  const agent = skewed(random, agents)
  if (callType === 'inbound' || callType === 'predictive') {
    tell(0, { type: 'call-started', callType, customer, dialledNumber: '02150001000' })
    if (callType === 'predictive') {
      tell(500, { type: 'customer-ringing' })
      if (random.chance(0.4)) return notConnected(random, tell, lines)
      tell(random.logNormal(8_000, 0.5), { type: 'customer-answered' })
    } else {
      tell(200, { type: 'ivr-entered', node: 'welcome' })
      tell(random.logNormal(6_000, 0.5), { type: 'key-pressed', key: String(random.whole(1, 9)), node: 'welcome' })
      if (random.chance(0.3))
        tell(random.logNormal(3_000, 0.5), { type: 'key-pressed', key: String(random.whole(0, 9)), node: 'menu' })
    }
    const skillGroup = skewed(random, groups)
    tell(800, { type: 'queue-entered', skillGroup })
    if (random.chance(0.1)) {
      tell(random.logNormal(25_000, 0.7), { type: 'call-ended', releasedBy: 'customer' })
      return lines
    }
    if (random.chance(0.2)) {
      const other = skewed(random, agents)
      tell(random.logNormal(9_000, 0.8), { type: 'agent-ringing', agent: other, skillGroup })
      tell(15_000, { type: 'agent-ring-ended', agent: { id: other.id }, outcome: 'no-answer' })
    }
    tell(random.logNormal(6_000, 0.8), { type: 'agent-ringing', agent, skillGroup })
    tell(random.logNormal(4_000, 0.5), {
      type: 'agent-answered',
      agent: { id: agent.id },
      skillGroup: { id: skillGroup.id },
    })
  } else if (callType === 'internal') {
    const otherAgent = skewed(random, agents)
    tell(0, { type: 'call-started', callType, agent, otherAgent })
    tell(300, { type: 'agent-ringing', agent: { id: otherAgent.id } })
    if (random.chance(0.7)) tell(random.logNormal(5_000, 0.5), { type: 'agent-answered', agent: { id: otherAgent.id } })
    tell(random.logNormal(30_000, 0.9), { type: 'call-ended', releasedBy: 'agent' })
    return lines
  } else {
    tell(0, { type: 'call-started', callType, customer, agent })
    if (callType === 'back-to-back') {
      tell(300, { type: 'agent-ringing', agent: { id: agent.id } })
      tell(random.logNormal(3_000, 0.5), { type: 'agent-answered', agent: { id: agent.id }, withCustomer: false })
    }
    tell(900, { type: 'customer-ringing' })
    if (random.chance(0.3)) return notConnected(random, tell, lines)
    tell(random.logNormal(9_000, 0.5), { type: 'customer-answered' })
  }
  tell(15, { type: 'recording-started', n: 1 })
  let talked = 0
  while (random.chance(0.5) && talked++ < 3) {
    tell(random.logNormal(40_000, 0.8), { type: 'held', by: 'agent', agent: { id: agent.id } })
    tell(random.logNormal(20_000, 0.8), { type: 'resumed', by: 'agent', agent: { id: agent.id } })
  }
  tell(random.logNormal(70_000, 0.9), { type: 'agent-left', agent: { id: agent.id } })
  tell(5, { type: 'call-ended', releasedBy: random.pick(['agent', 'customer', 'customer']) })
  tell(40, { type: 'recording-ready', n: 1 })
  return lines
}

function notConnected(random: Random, tell: (afterMs: number, event: Line['event']) => void, lines: Line[]): Line[] {
  tell(random.logNormal(20_000, 0.5), {
    type: 'customer-not-connected',
    cause: random.pick(['busy', 'no-answer', 'no-answer', 'rejected', 'invalid-number']),
  })
  tell(10, { type: 'call-ended', releasedBy: 'system' })
  return lines
}

/** The whole story of one call with its times, from `startedAt` (epoch ms) on. */
export function callEvents(random: Random, callId: string, startedAt: number): CallEvent[] {
  let at = startedAt
  return storyOf(random).map(({ afterMs, event }, i) => {
    at += afterMs
    return { id: `${callId}-${i}`, callId, at, ...event } as CallEvent
  })
}

export interface CallTraffic {
  /** The next event of any of the calls, as of now (epoch ms). */
  next(at: number): CallEvent
  /** How many calls were begun. */
  readonly calls: number
}

/** Endless traffic of `liveCalls` calls at once, one event at a time; the same seed tells the same. */
export function callTraffic({
  seed,
  liveCalls,
  prefix,
}: {
  seed: number
  liveCalls: number
  prefix: string
}): CallTraffic {
  const random = randomFrom(seed)
  const live: { callId: string; lines: Line[]; told: number }[] = []
  let calls = 0
  return {
    get calls() {
      return calls
    },
    next: (at) => {
      // Until the centre is full, every other event begins a call.
      const begins = live.length === 0 || (live.length < liveCalls && random.chance(0.5))
      if (begins) live.push({ callId: `${prefix}.${++calls}`, lines: storyOf(random), told: 0 })
      const index = begins ? live.length - 1 : random.whole(0, live.length - 1)
      const call = live[index]
      const line = call?.lines[call.told]
      if (!call || !line) throw new Error('a live call has something left to tell')
      const event = { id: `${call.callId}-${call.told}`, callId: call.callId, at, ...line.event } as CallEvent
      if (++call.told === call.lines.length) {
        const last = live.pop()
        if (last && last !== call) live[index] = last
      }
      return event
    },
  }
}
