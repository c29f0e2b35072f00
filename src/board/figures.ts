// What each figure of the board counts: the one place. A figure is a set of search criteria, so that the list of calls
// behind it can be opened and has exactly as many; the same criteria sum up the store's tallies.
import type { CallType, HangupReason, Phase } from '../calls/vocabulary.ts'
import type { TallyRow, WaitingCriteria } from './tally.ts'

export interface FigureCriteria {
  /** None: every type but internal. */
  types?: readonly CallType[]
  hangupReasons?: readonly HangupReason[]
  /** Only those that are over. */
  ended?: true
  /** Only those whose customer waited no longer than the service level's seconds. */
  inTime?: true
}

const INBOUND: readonly CallType[] = ['inbound']
/** Calls that are to bring an agent to a customer. */
const OUTBOUND: readonly CallType[] = ['outbound', 'back-to-back', 'predictive']

const ABANDONED = ['abandoned-in-ivr', 'abandoned-in-queue', 'abandoned-while-ringing'] as const

/** Whoever asked for an agent and did not hang up in the IVR: what the service level is a part of. */
const OFFERED = ['normal', 'abandoned-in-queue', 'abandoned-while-ringing', 'queue-timeout'] as const

export const FIGURES = {
  calls: {},
  inbound: { types: INBOUND },
  inboundEnded: { types: INBOUND, ended: true },
  answered: { types: INBOUND, hangupReasons: ['normal'] },
  answeredInTime: { types: INBOUND, hangupReasons: ['normal'], inTime: true },
  offered: { types: INBOUND, hangupReasons: OFFERED },
  abandoned: { types: INBOUND, hangupReasons: ABANDONED },
  abandonedInIvr: { types: INBOUND, hangupReasons: ['abandoned-in-ivr'] },
  abandonedInQueue: { types: INBOUND, hangupReasons: ['abandoned-in-queue'] },
  abandonedWhileRinging: { types: INBOUND, hangupReasons: ['abandoned-while-ringing'] },
  queueTimeouts: { types: INBOUND, hangupReasons: ['queue-timeout'] },
  transferredExternal: { types: INBOUND, hangupReasons: ['transferred-external'] },
  outbound: { types: OUTBOUND },
  outboundEnded: { types: OUTBOUND, ended: true },
  connected: { types: OUTBOUND, hangupReasons: ['normal'] },
} as const satisfies Record<string, FigureCriteria>

export type FigureId = keyof typeof FIGURES
export const FIGURE_IDS = Object.keys(FIGURES) as FigureId[]

/** Parts of a whole, each of them a figure. */
export const RATES = {
  serviceLevel: { part: 'answeredInTime', whole: 'offered' },
  answerRate: { part: 'answered', whole: 'inboundEnded' },
  abandonRate: { part: 'abandoned', whole: 'inboundEnded' },
  timeoutRate: { part: 'queueTimeouts', whole: 'inboundEnded' },
  transferRate: { part: 'transferredExternal', whole: 'inboundEnded' },
  connectRate: { part: 'connected', whole: 'outboundEnded' },
} as const satisfies Record<string, { part: FigureId; whole: FigureId }>

export type RateId = keyof typeof RATES

/** Figures that are shown hour by hour, and those that are shown by skill group. */
export const HOUR_FIGURES = ['inbound', 'answered', 'abandoned', 'queueTimeouts', 'outbound'] as const
export type HourFigure = (typeof HOUR_FIGURES)[number]
export const GROUP_FIGURES = ['inbound', 'answered', 'answeredInTime', 'offered', 'abandoned', 'queueTimeouts'] as const
export type GroupFigure = (typeof GROUP_FIGURES)[number]

/** A customer waits for an agent: in a queue, or while agents' phones ring. */
export const WAITING = { types: INBOUND, phases: ['queued', 'ringing'] } as const satisfies WaitingCriteria

/** The longest wait, ms, that counts as in time: as a clock shows it, in whole seconds. */
export function inTimeMsOf(serviceLevelSeconds: number): number {
  return serviceLevelSeconds * 1000 + 999
}

/** How many calls of a tally belong to a figure. */
export function countOf(criteria: FigureCriteria, rows: readonly TallyRow[]): number {
  return rows.reduce((sum, row) => sum + (fits(criteria, row) ? (criteria.inTime ? row.inTime : row.calls) : 0), 0)
}

function fits({ types, hangupReasons, ended }: FigureCriteria, row: TallyRow): boolean {
  if (types && !types.includes(row.type)) return false
  if (ended && row.hangupReason === null) return false
  return !hangupReasons || (row.hangupReason !== null && hangupReasons.includes(row.hangupReason))
}

/** The same as a query of GET /calls and /calls/count, without its times. */
export function queryOf(criteria: FigureCriteria, serviceLevelSeconds: number): string {
  const query = new URLSearchParams()
  for (const type of criteria.types ?? []) query.append('type', type)
  for (const reason of criteria.hangupReasons ?? []) query.append('hangupReason', reason)
  if (criteria.ended) query.set('live', 'false')
  if (criteria.inTime) query.set('waitMs', `-${inTimeMsOf(serviceLevelSeconds)}`)
  return query.toString()
}

export function waitingQuery(): string {
  return phasesQuery(WAITING.types, WAITING.phases)
}

export function phasesQuery(types: readonly CallType[], phases: readonly Phase[]): string {
  const query = new URLSearchParams()
  for (const type of types) query.append('type', type)
  for (const phase of phases) query.append('phase', phase)
  return query.toString()
}
