// The load test: a crowd of phones calls through the real Asterisk at a steady rate while Callbook listens, on one machine;
// afterwards every call is looked for. Called by ../load.ts and by the benchmark of the same name. The PBX runs already.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallJson } from '../../../src/calls/call-json.ts'
import type { LagFigures } from '../../../src/connectors/lag.ts'
import { listCalls, untilConnector } from '../api.ts'
import { PBX, pbxPid } from '../asterisk/pbx.ts'
import { CallbookServer } from '../callbook-server.ts'
import { type CrowdCall, SipCrowd } from './sip-crowd.ts'
import { watchLive } from './watch-live.ts'

export interface LoadOptions {
  /** Calls a second. */
  rate: number
  seconds: number
  ringMs?: number
  talkMs?: number
}

export interface LoadResult {
  placed: number
  /** Calls that an agent's phone answered. */
  answered: number
  recorded: number
  /** Of the recorded: ended, with the reason, the agent and who hung up as the phones saw it. */
  right: number
  /** What is not right, a sentence each; at most so many. */
  wrong: string[]
  messages: number
  messagesPerSecond: number
  lag: LagFigures
  /** From an agent's answer to "talking" in the live feed, and from the hang-up to the call's end there; ms. */
  seenTalkingMs: number[]
  seenEndedMs: number[]
  /** Share of one core while calls were placed. */
  cpu: { asterisk: number; callbook: number; phones: number }
  callbookRssMiB: number
}

const ENDED_MS = 30_000
const WRONG_SHOWN = 20
const TICK_MS = 5

export async function runLoad({ rate, seconds, ringMs = 300, talkMs = 2_000 }: LoadOptions): Promise<LoadResult> {
  const callbook = await CallbookServer.start()
  const crowd = await SipCrowd.open({
    pbx: PBX.sip,
    customers: PBX.loadCustomers,
    agents: PBX.loadAgents,
    dialled: PBX.loadNumber,
    ringMs,
    talkMs,
  })
  const live = await watchLive(callbook)
  try {
    const before = (await untilConnector(callbook, 'connected')).messages
    const startedAt = Date.now()
    const cpu = measureCpu({ asterisk: pbxPid(), callbook: callbook.pid, phones: process.pid })
    await placeCalls(crowd, { rate, seconds })
    const shares = cpu()
    for (const deadline = Date.now() + ENDED_MS; crowd.open > 0 && Date.now() < deadline; ) await sleep(100)
    const calls = await untilAllThere(callbook, crowd, startedAt)
    const state = await untilConnector(callbook, 'connected')
    const { right, wrong } = compare(crowd.calls, calls)
    const all = [...crowd.calls.values()]
    const messages = state.messages - before
    return {
      placed: all.length,
      answered: all.filter((call) => call.agentAnsweredAt !== null).length,
      recorded: calls.length,
      right,
      wrong: wrong.slice(0, WRONG_SHOWN),
      messages,
      messagesPerSecond: messages / seconds,
      lag: state.lagMs ?? { p50: Number.NaN, p99: Number.NaN, max: Number.NaN, messages: 0 },
      seenTalkingMs: all.flatMap((call) => between(call.agentAnsweredAt, live.talkingAt.get(call.customer))),
      seenEndedMs: all.flatMap((call) => between(call.endedAt, live.endedAt.get(call.customer))),
      cpu: shares,
      callbookRssMiB: rssMiB(callbook.pid),
    }
  } finally {
    live.close()
    crowd.close()
    await callbook.close()
  }
}

/** At a steady rate by the clock: what a slow moment held back is made up for. */
async function placeCalls(crowd: SipCrowd, { rate, seconds }: { rate: number; seconds: number }): Promise<void> {
  const startedAt = performance.now()
  const first = Math.floor(Date.now() / 1000) % 10_000_000
  for (let placed = 0; placed < rate * seconds; ) {
    const due = ((performance.now() - startedAt) / 1000) * rate
    while (placed < due && placed < rate * seconds) {
      crowd.place(`137${String((first * 10 + placed) % 100_000_000).padStart(8, '0')}`)
      placed++
    }
    await sleep(TICK_MS)
  }
}

/** Waits until every call that the PBX took is recorded and ended, or for too long. */
async function untilAllThere(callbook: CallbookServer, crowd: SipCrowd, from: number): Promise<CallJson[]> {
  const expected = [...crowd.calls.values()].filter((call) => call.refusedWith === null).length
  const deadline = Date.now() + ENDED_MS
  for (;;) {
    const calls = await listCalls(callbook, { from: from - 1_000 })
    const done = calls.length >= expected && calls.every((call) => call.endedAt !== null)
    if (done || Date.now() > deadline) return calls
    await sleep(500)
  }
}

function compare(placed: ReadonlyMap<string, CrowdCall>, calls: readonly CallJson[]) {
  const wrong: string[] = []
  let right = 0
  const seen = new Set<string>()
  for (const call of calls) {
    const known = placed.get(call.customer ?? '')
    if (!known || seen.has(known.customer)) wrong.push(`a record of no call: ${call.id} ${call.customer}`)
    if (!known) continue
    seen.add(known.customer)
    const recorded = [call.endedAt !== null, call.hangupReason, call.agent?.id ?? null, call.releasedBy]
    const expected = [true, 'normal', known.agent, known.endedBy]
    if (JSON.stringify(recorded) === JSON.stringify(expected)) right++
    else wrong.push(`${call.id} ${call.customer}: recorded ${recorded.join(', ')}; seen ${expected.join(', ')}`)
  }
  for (const { customer, refusedWith } of placed.values()) {
    if (!seen.has(customer))
      wrong.push(`no record: ${customer}${refusedWith === null ? '' : `, refused: ${refusedWith}`}`)
  }
  return { right, wrong }
}

function between(from: number | null, to: number | undefined): number[] {
  return from === null || to === undefined ? [] : [to - from]
}

/** Begins to measure; the function returned gives the shares of one core since then. */
function measureCpu<K extends string>(pids: Record<K, number>): () => Record<K, number> {
  const names = Object.keys(pids) as K[]
  const read = () => names.map((name) => cpuSeconds(pids[name]))
  const before = read()
  const startedAt = performance.now()
  return () => {
    const seconds = (performance.now() - startedAt) / 1000
    const shares = read().map((now, i) => (now - (before[i] ?? 0)) / seconds)
    return Object.fromEntries(names.map((name, i) => [name, shares[i] ?? 0])) as Record<K, number>
  }
}

/** User and system time of a process with all its threads: fields 14 and 15 of /proc/pid/stat, in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function rssMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib ?? 0) / 1024)
}
