// From an event to the browser: how long after its sending a call's change arrives at 20 open feeds, at a steady rate of
// events. The instant is carried by the event itself (its `at`, which the call shows as its beginning, answer or end), the
// feeds are real sockets in another process. The feed gathers the changes of a call for 120 ms: that is in the figures.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { CallEvent } from '../src/calls/call-event.ts'
import { callTraffic } from '../test/support/call-traffic.ts'
import { ServerProcess } from '../test/support/server-process.ts'
import type { BenchOptions } from './bench-options.ts'
import { openEventPosts } from './event-posts.ts'
import type { WatchersReport } from './live-watchers.ts'
import { quantile } from './quantile.ts'
import { printTable } from './table.ts'

const WATCHERS = 20
const RATES = [200, 1_000]
const LIVE_CALLS = 2_000
const TICK_MS = 10
const WARM_UP_MS = 3_000
const internalCalls = new Set<string>()
/** Whatever has not arrived by then counts as lost. */
const SETTLE_MS = 3_000

interface Result {
  rate: number
  sent: number
  report: WatchersReport
  /** Beginnings and ends that were sent: what each watcher should have seen. */
  visible: number
  answersMs: number[]
  serverCpu: number
}

export async function benchLive(options: BenchOptions): Promise<void> {
  const results: Result[] = []
  for (const rate of RATES) results.push(await measure(rate, options))
  printTable(
    `Live: from the sending of an event to its arrival at ${WATCHERS} feeds in another process, ms (changes of a call are gathered for 120 ms).`,
    [
      'events/s',
      'sent/s',
      'p50',
      'p90',
      'p99',
      'longest',
      'changes seen',
      'lost',
      'answer p50',
      'answer p99',
      'server CPU',
    ],
    results.map(({ rate, sent, report, visible, answersMs, serverCpu }) => {
      const delays = report.delaysMs
      return [
        String(rate),
        sent.toFixed(0),
        ...[0.5, 0.9, 0.99, 1].map((p) => String(quantileOfCounts(delays, p))),
        String(delays.reduce((sum, n) => sum + n, 0)),
        String(visible - report.fewest),
        quantile(answersMs, 0.5).toFixed(1),
        quantile(answersMs, 0.99).toFixed(1),
        `${(serverCpu * 100).toFixed(0)} %`,
      ]
    }),
  )
}

async function measure(rate: number, { quick, profile }: BenchOptions): Promise<Result> {
  const durationMs = quick ? 5_000 : 30_000
  const server = await ServerProcess.start({
    settings: { CALLBOOK_LOG_LEVEL: 'warn' },
    nodeOptions: profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  })
  const posts = openEventPosts(server, 64)
  let watchers: ChildProcess | null = null
  try {
    const traffic = callTraffic({ seed: rate, liveCalls: LIVE_CALLS, prefix: `live${rate}` })
    watchers = fork(join(import.meta.dirname, 'live-watchers.ts'), [server.url, server.key, String(WATCHERS)])
    await once(watchers, 'message')
    let visible = 0
    const next = () => {
      const event = traffic.next(Date.now())
      if (shows(event)) visible++
      return event
    }
    await sendSteadily(posts.post, next, rate, WARM_UP_MS)
    visible = 0
    watchers.send({ from: Date.now() })
    const cpuBefore = cpuSeconds(server.pid)
    const { sent, seconds, answersMs } = await sendSteadily(posts.post, next, rate, durationMs)
    const serverCpu = (cpuSeconds(server.pid) - cpuBefore) / seconds
    await delay(SETTLE_MS)
    watchers.send({ report: true })
    const [{ report }] = (await once(watchers, 'message')) as [{ report: WatchersReport }]
    return { rate, sent: sent / seconds, report, visible, answersMs, serverCpu }
  } finally {
    watchers?.disconnect()
    posts.close()
    await server.close()
  }
}

/** Is it a beginning or an end that the watchers must see? Internal calls are not in the feed. */
function shows(event: CallEvent): boolean {
  if (event.type === 'call-started' && event.callType === 'internal') internalCalls.add(event.callId)
  return (event.type === 'call-started' || event.type === 'call-ended') && !internalCalls.has(event.callId)
}

/** Sends events at a steady rate, whatever the answers take; resolves when all were answered. */
export async function sendSteadily(
  post: (body: Buffer) => Promise<void>,
  next: () => CallEvent,
  rate: number,
  durationMs: number,
): Promise<{ sent: number; seconds: number; answersMs: number[] }> {
  const answersMs: number[] = []
  const answers: Promise<void>[] = []
  const begin = performance.now()
  let sent = 0
  while (performance.now() - begin < durationMs) {
    const due = Math.floor(((performance.now() - begin) / 1_000) * rate) - sent
    if (due > 0) {
      const events = Array.from({ length: due }, next)
      sent += due
      const at = performance.now()
      answers.push(post(Buffer.from(JSON.stringify(events))).then(() => void answersMs.push(performance.now() - at)))
    }
    await delay(TICK_MS)
  }
  const seconds = (performance.now() - begin) / 1_000
  await Promise.all(answers)
  return { sent, seconds, answersMs }
}

function quantileOfCounts(counts: readonly number[], p: number): number {
  const wanted = counts.reduce((sum, n) => sum + n, 0) * p
  let passed = 0
  for (const [value, n] of counts.entries()) {
    passed += n
    if (passed >= wanted) return value
  }
  return Number.NaN
}

/** User and system time of a process (Linux, in ticks of 10 ms). */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}
