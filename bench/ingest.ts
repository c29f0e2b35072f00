// How many events a second are acknowledged, that is: on disk. Through the HTTP door of the real server in its own
// process, and through Ingest directly; each as a ratio to appending the same bytes to a file with one fdatasync a
// request, in the same round. Calls of about ten events, thousands of them live at once.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallEvent } from '../src/calls/call-event.ts'
import { DEFAULT_INSTANCE, limits } from '../src/config.ts'
import { Ingest } from '../src/ingest/ingest.ts'
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.ts'
import { type CallTraffic, callTraffic } from '../test/support/call-traffic.ts'
import { ServerProcess } from '../test/support/server-process.ts'
import type { BenchOptions } from './bench-options.ts'
import { inLanes, openEventPosts } from './event-posts.ts'
import { median } from './quantile.ts'
import { printTable, rough } from './table.ts'

const LIVE_CALLS = 5_000
const WARM_UP_EVENTS = 20_000
const SETTINGS: { batch: number; lanes: number; events: number }[] = [
  { batch: 1, lanes: 1, events: 1_500 },
  { batch: 1, lanes: 32, events: 8_000 },
  { batch: 20, lanes: 1, events: 10_000 },
  { batch: 20, lanes: 8, events: 30_000 },
  { batch: 200, lanes: 1, events: 30_000 },
  { batch: 200, lanes: 8, events: 60_000 },
  { batch: 1_000, lanes: 4, events: 60_000 },
]

interface Round {
  http: number
  direct: number
  append: number
  commits: number
}

export async function benchIngest({ quick, profile }: BenchOptions): Promise<void> {
  const rounds = quick ? 1 : 3
  const folder = mkdtempSync(join(tmpdir(), 'callbook-bench-'))
  const server = await ServerProcess.start({
    nodeOptions: profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`],
  })
  const store = await openEmbeddedStore({ folder: join(folder, 'direct') })
  const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
  const from = { instance: DEFAULT_INSTANCE, source: 'bench' }
  const results = SETTINGS.map(() => [] as Round[])
  try {
    const traffic = {
      http: callTraffic({ seed: 1, liveCalls: LIVE_CALLS, prefix: 'http' }),
      direct: callTraffic({ seed: 1, liveCalls: LIVE_CALLS, prefix: 'direct' }),
    }
    const warmUp = openEventPosts(server, 4)
    await inLanes(batchesOf(traffic.http, WARM_UP_EVENTS, 500).map(bodyOf), 4, warmUp.post)
    warmUp.close()
    await inLanes(
      batchesOf(traffic.direct, WARM_UP_EVENTS, 500),
      4,
      async (batch) => void (await ingest.append(from, batch)),
    )
    for (let round = 0; round < rounds; round++) {
      for (const [i, setting] of SETTINGS.entries()) {
        const events = quick ? setting.events / 5 : setting.events
        const bodies = batchesOf(traffic.http, events, setting.batch).map(bodyOf)
        const posts = openEventPosts(server, setting.lanes)
        const http = await secondsOf(() => inLanes(bodies, setting.lanes, posts.post))
        posts.close()
        const batches = batchesOf(traffic.direct, events, setting.batch)
        const before = ingest.figures.commits
        const direct = await secondsOf(() =>
          inLanes(batches, setting.lanes, async (batch) => void (await ingest.append(from, batch))),
        )
        const commits = ingest.figures.commits - before
        const append = await secondsOf(async () => appendSynced(join(folder, 'append'), bodies))
        results[i]?.push({
          http: events / http,
          direct: events / direct,
          append: events / append,
          commits: events / commits,
        })
      }
    }
  } finally {
    await ingest.drain()
    await store.close()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  printTable(
    `Ingest: events a second acknowledged (on disk), ${LIVE_CALLS.toLocaleString('en')} calls live, median of ${rounds} round(s). Append: the same bytes, one fdatasync a request.`,
    [
      'events a request × senders',
      'HTTP',
      'direct',
      'append',
      'HTTP ÷ append',
      'direct ÷ append',
      'events a commit (direct)',
    ],
    SETTINGS.map(({ batch, lanes }, i) => {
      const own = results[i] ?? []
      const middle = (value: (round: Round) => number) => median(own.map(value))
      return [
        `${batch} × ${lanes}`,
        rough(middle((r) => r.http)),
        rough(middle((r) => r.direct)),
        rough(middle((r) => r.append)),
        middle((r) => r.http / r.append).toFixed(2),
        middle((r) => r.direct / r.append).toFixed(2),
        rough(middle((r) => r.commits)),
      ]
    }),
  )
}

function batchesOf(traffic: CallTraffic, events: number, batch: number): CallEvent[][] {
  const now = Date.now()
  return Array.from({ length: Math.ceil(events / batch) }, () => Array.from({ length: batch }, () => traffic.next(now)))
}

const bodyOf = (batch: CallEvent[]) => Buffer.from(JSON.stringify(batch))

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1_000
}

function appendSynced(path: string, bodies: readonly Buffer[]): void {
  const file = openSync(path, 'a')
  for (const body of bodies) {
    writeSync(file, body)
    fdatasyncSync(file)
  }
  closeSync(file)
}
