// The random mix: many calls at a time on the real PBX, each played at a desk of its own, and afterwards every record beside
// what the phones saw and what queue_log says. Called by run.ts (`--mix N`) and, with few calls, by scenarios.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { type Api, listCalls, readCall } from '../api.ts'
import { readQueueLog } from '../asterisk/pbx.ts'
import { type ContactCentre, Desk, MIX_TEAMS } from '../contact-centre.ts'
import { type Difference, differencesOf } from './compare.ts'
import type { Interruption } from './interruptions.ts'
import { PhoneClock } from './phone-clock.ts'
import { drawMix } from './plays.ts'
import { type QueueRow, rowsByCall } from './queue-log.ts'
import { type Expected, storiesOf } from './story.ts'
import { type Leg, type Note, Witness } from './witness.ts'

export interface MixOptions {
  count: number
  seed: number
  /** At most as many as there are desks. */
  atATime?: number
  /** The PBX leaves no marks: only type, reason, agent and skill group can be right. */
  stock?: boolean
  /** When Callbook could not listen; looked at after the last call. */
  interruptions?: readonly Interruption[]
  /** Waited for after the last call, before the records are read. */
  whenPlayed?(): Promise<void>
}

/** One call as it was played and seen. */
export interface Seen {
  n: number
  play: string
  legs: Leg[]
  notes: readonly Note[]
  /** What the play could not do, such as an answer that never came. */
  trouble: string | null
}

/** One call: the phones' story, and the record. */
export interface Compared {
  seen: Seen
  /** null: no phone saw such a call. */
  expected: Expected | null
  /** null: there is no record. */
  call: CallDetailJson | null
  rows: readonly QueueRow[]
  differences: Difference[]
}

export interface MixResult {
  played: Seen[]
  /** Every call that the phones know of, and every record. */
  compared: Compared[]
  disagreements: Compared[]
  /** Those that lateness of the phones or of the PBX explains. */
  explained: Compared[]
  /** How late the phones' own clock was at most, ms. */
  phonesLateMs: number
}

const PLAY_MS = 60_000
const QUIET_MS = 15_000
const ENDED_MS = 20_000
/** A record and the phones' story of one call begin this close to each other. */
const SAME_CALL_MS = 3_000

export async function runMix(centre: ContactCentre, callbook: Api, options: MixOptions): Promise<MixResult> {
  const { count, seed, atATime = MIX_TEAMS.length } = options
  const startedAt = Date.now()
  const loggedBefore = readQueueLog().length
  const clock = new PhoneClock()
  const mix = drawMix(count, seed)
  const played: Seen[] = []
  try {
    let next = 0
    const desks = MIX_TEAMS.slice(0, atATime).map(async (team, i) => {
      // Not all phones at the same moment.
      await sleep(i * 150)
      for (let n = next++; n < mix.length; n = next++) {
        const drawn = mix[n]
        if (drawn) played.push(await playOne(centre, team, n, drawn))
      }
    })
    await Promise.all(desks)
    await options.whenPlayed?.()
    const calls = await untilAllEnded(callbook, startedAt)
    const compared = compareAll(played, calls, {
      rows: rowsByCall(readQueueLog().slice(loggedBefore)),
      clock,
      ...options,
    })
    const explained = compared.filter(isExplained)
    const disagreements = compared.filter((one) => !agrees(one) && !isExplained(one))
    return { played, compared, disagreements, explained, phonesLateMs: clock.longestMs }
  } finally {
    clock.close()
  }
}

async function playOne(
  centre: ContactCentre,
  team: string,
  n: number,
  { play, chance }: ReturnType<typeof drawMix>[number],
): Promise<Seen> {
  const desk = new Desk(centre, team)
  const witness = new Witness(centre, desk)
  let trouble: string | null = null
  try {
    const late = sleep(PLAY_MS, undefined, { ref: false }).then(() => Promise.reject(new Error('it took too long')))
    await Promise.race([play.play({ desk, chance, witness }), late])
    await untilQuiet(witness)
  } catch (error) {
    trouble = (error as Error).message
  }
  await desk.close()
  await untilQuiet(witness).catch((error: Error) => {
    trouble ??= error.message
  })
  // The PBX's own end of it: device states of the phones, before the desk is lent again.
  await sleep(400)
  witness.close()
  return { n, play: play.name, legs: witness.legs(), notes: witness.notes, trouble }
}

async function untilQuiet(witness: Witness): Promise<void> {
  const deadline = Date.now() + QUIET_MS
  while (!witness.isQuiet) {
    if (Date.now() > deadline) throw new Error('a phone still has a call when all should be over')
    await sleep(50)
  }
}

/** Every call since `startedAt` with its flow, once none of them is live any more (or too long after). */
async function untilAllEnded(api: Api, startedAt: number): Promise<CallDetailJson[]> {
  const deadline = Date.now() + ENDED_MS
  for (;;) {
    const calls = await listCalls(api, { from: startedAt - 1_000 })
    if (calls.every((call) => call.endedAt !== null) || Date.now() > deadline) {
      const details: CallDetailJson[] = []
      for (const { id } of calls) details.push(await readCall(api, id))
      return details
    }
    await sleep(500)
  }
}

function agrees({ expected, call, differences }: Compared): boolean {
  return expected !== null && call !== null && differences.length === 0
}

function isExplained({ differences }: Compared): boolean {
  return differences.length > 0 && differences.every((difference) => difference.explanation !== null)
}

function compareAll(
  played: Seen[],
  calls: CallDetailJson[],
  {
    rows,
    clock,
    stock = false,
    interruptions = [],
  }: Pick<MixOptions, 'stock' | 'interruptions'> & { rows: Map<string, QueueRow[]>; clock: PhoneClock },
): Compared[] {
  const unclaimed = new Set(calls)
  const compared: Compared[] = []
  for (const seen of played.sort((a, b) => a.n - b.n)) {
    // Whose queue rows these are, queue_log says itself: by the number that entered, or by the id the platform chose.
    const stories = storiesOf(seen, (legs) => rowsOf(rows, legs))
    for (const expected of stories) {
      const call = findRecord(unclaimed, expected)
      if (call) unclaimed.delete(call)
      const differences = call ? differencesOf(expected, call, { stock, clock, interruptions }) : []
      compared.push({ seen, expected, call, rows: expected.rows, differences })
    }
    if (stories.length === 0) compared.push({ seen, expected: null, call: null, rows: [], differences: [] })
  }
  const nobody: Seen = { n: -1, play: 'nobody', legs: [], notes: [], trouble: null }
  for (const call of unclaimed)
    compared.push({ seen: nobody, expected: null, call, rows: rows.get(call.id) ?? [], differences: [] })
  return compared
}

function rowsOf(rows: Map<string, QueueRow[]>, legs: Leg[]): QueueRow[] {
  const [first] = legs
  if (!first) return []
  const predictive = rows.get(predictiveId(first.number))
  if (predictive) return predictive
  const all = [...rows.values()]
  const numbers = new Set(legs.filter((leg) => leg.side === 'customer').map((leg) => leg.number))
  return all.find((own) => own.some((row) => row.event === 'ENTERQUEUE' && numbers.has(row.more[1] ?? ''))) ?? []
}

/** The platform chooses the ids of the calls that it dials (asterisk/platform.ts). */
function predictiveId(customer: string): string {
  return `pbx1-predictive-${customer}`
}

function findRecord(calls: Set<CallDetailJson>, expected: Expected): CallDetailJson | null {
  const near = [...calls].filter((call) => {
    const numbers = [call.customer, call.caller, call.callee, ...call.agents.map((agent) => agent.id)]
    const isIts = numbers.includes(expected.number) || call.id === predictiveId(expected.number)
    return isIts && distance(call, expected) < SAME_CALL_MS
  })
  // A supervisor's line and the call it listens to begin apart; of two, the nearer one of the same kind.
  const rank = (call: CallDetailJson) => distance(call, expected) + (call.type === expected.type ? 0 : SAME_CALL_MS)
  return near.sort((a, b) => rank(a) - rank(b))[0] ?? null
}

function distance(call: CallDetailJson, expected: Expected): number {
  return Math.abs(Date.parse(call.startedAt) - expected.startedAt)
}
