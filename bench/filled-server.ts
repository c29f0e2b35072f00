// A server on a store of a million calls over 30 days, with events coming in, and one reader who asks it: what the
// benchmarks of reading stand on.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { callTraffic } from '../test/support/call-traffic.ts'
import { ServerProcess } from '../test/support/server-process.ts'
import type { BenchOptions } from './bench-options.ts'
import { openEventPosts } from './event-posts.ts'
import { fillStore } from './fill.ts'
import { rough } from './table.ts'

const CALLS = 1_000_000
const QUICK_CALLS = 50_000
export const DAYS = 30
export const EVENTS_PER_SECOND = 200
const DAY_MS = 86_400_000
/** Each case asks so many times, or for so long. */
const SAMPLES = { full: 60, quick: 10 }
const CASE_MS = { full: 15_000, quick: 3_000 }

/** Starts everything, hands it to `work`, and takes it down again. */
export async function withFilledServer(
  { quick, keep, profile }: BenchOptions,
  work: (filled: { server: ServerProcess; ask: Reader; calls: number }) => Promise<void>,
): Promise<void> {
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'callbook-filled-'))
  const calls = quick ? QUICK_CALLS : CALLS
  const mark = join(folder, `filled-with-${calls}`)
  if (!existsSync(mark)) {
    await fill(folder, calls)
    writeFileSync(mark, '')
  }
  const nodeOptions = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const server = await ServerProcess.start({ folder, nodeOptions })
  const stop = new AbortController()
  const incoming = keepEventsComing(server, stop.signal)
  try {
    await work({ server, ask: reader(server), calls })
  } finally {
    stop.abort()
    await incoming
    await server.close()
    if (keep === null) rmSync(folder, { recursive: true, force: true })
  }
}

async function fill(folder: string, calls: number): Promise<void> {
  const to = Date.now()
  const begin = performance.now()
  await fillStore({
    folder,
    calls,
    from: to - DAYS * DAY_MS,
    to,
    zoneHours: 8,
    onProgress: (done) => process.stderr.write(`\rfilling: ${done.toLocaleString('en')} calls`),
  })
  process.stderr.write(` in ${rough((performance.now() - begin) / 1_000)} s\n`)
}

/** Times of `ask`, which gives its own time back, ms. The first, with cold caches, is not counted. */
export async function sample(ask: () => Promise<number>, quick: boolean): Promise<number[]> {
  const [most, longestMs] = quick ? [SAMPLES.quick, CASE_MS.quick] : [SAMPLES.full, CASE_MS.full]
  const times: number[] = []
  await ask()
  const end = performance.now() + longestMs
  while (times.length < 3 || (times.length < most && performance.now() < end)) times.push(await ask())
  return times
}

export interface Reader {
  /** How long the whole answer took, ms. */
  (path: string): Promise<number>
  text(path: string): Promise<string>
}

/** One reader on one connection that stays open. */
function reader({ url, key }: { url: string; key: string }): Reader {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { hostname, port } = new URL(url)
  const headers = { authorization: `Bearer ${key}` }
  const text = (path: string) =>
    new Promise<string>((resolve, reject) => {
      const asked = request({ agent, hostname, port, path: `/api/v1${path}`, headers }, (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('error', reject)
        answer.on('end', () => {
          const body = Buffer.concat(pieces).toString('utf8')
          if (answer.statusCode === 200) resolve(body)
          else reject(new Error(`${path}: ${answer.statusCode} ${body.slice(0, 500)}`))
        })
      })
      asked.on('error', reject)
      asked.end()
    })
  const timed = async (path: string) => {
    const begin = performance.now()
    await text(path)
    return performance.now() - begin
  }
  return Object.assign(timed, { text })
}

async function keepEventsComing(server: ServerProcess, signal: AbortSignal): Promise<void> {
  const posts = openEventPosts(server, 8)
  const traffic = callTraffic({ seed: 9, liveCalls: 1_000, prefix: `now-${Date.now()}` })
  const begin = performance.now()
  let sent = 0
  const answers = new Set<Promise<void>>()
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - begin) / 1_000) * EVENTS_PER_SECOND) - sent
    sent += due
    if (due > 0) {
      const events = Array.from({ length: due }, () => traffic.next(Date.now()))
      const answer = posts.post(Buffer.from(JSON.stringify(events))).finally(() => answers.delete(answer))
      answers.add(answer)
    }
    await delay(20)
  }
  await Promise.all(answers)
  posts.close()
}
