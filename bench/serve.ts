// Handing out recordings beside nginx: the same files, the same listeners, one after the other in one run. nginx knows no
// users; Callbook answers each request with its authentication, the permission to see the call, and the row of the
// recording. Recordings that are encrypted at rest are handed out in the same rounds. Then 500 listeners at the pace of speech, and what they cost the call list.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRecordingKey } from '../src/recording-keys.ts'
import { ServerProcess } from '../test/support/server-process.ts'
import { wavFile } from '../test/support/wav-files.ts'
import type { BenchOptions } from './bench-options.ts'
import { fillStore } from './fill.ts'
import { type Nginx, startNginx } from './nginx.ts'
import { median, quantile } from './quantile.ts'
import type { ServeReport, ServeWork } from './serve-clients.ts'
import { printTable, rough } from './table.ts'

const SMALL = { files: 60, seconds: 65 }
const LARGE = { files: 2, seconds: 3_750 }
const LISTENERS = 50
const AT_PACE = 500
/** 8 kHz, 16 bits, mono. */
const BYTES_PER_SECOND = 16_000
const LIST_EVERY_MS = 100
const CALLS = { full: 50_000, quick: 5_000 }

interface Target {
  name: 'nginx' | 'Callbook' | 'encrypted'
  port: number
  headers: Record<string, string>
  small: string[]
  large: string[]
}

export async function benchServe({ quick, profile }: BenchOptions): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), 'callbook-serve-'))
  const folder = join(temporary, 'data')
  let nginx: Nginx | null = null
  let server: ServerProcess | null = null
  try {
    const now = Date.now()
    const calls = quick ? CALLS.quick : CALLS.full
    await fillStore({ folder, calls, from: now - 86_400_000, to: now, zoneHours: 8, onProgress: () => undefined })
    const nodeOptions = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
    const settings = { CALLBOOK_LOG_LEVEL: 'warn' }
    server = await ServerProcess.start({ folder, settings })
    await upload(server, 'small', SMALL)
    await upload(server, 'large', LARGE)
    await server.close()
    const keys = { CALLBOOK_RECORDINGS_KEYS: makeRecordingKey().line }
    server = await ServerProcess.start({ folder, nodeOptions, settings: { ...settings, ...keys } })
    await upload(server, 'sealed-small', SMALL)
    await upload(server, 'sealed-large', LARGE)
    nginx = await startNginx({ root: join(folder, 'recordings'), temporary })
    const targets = targetsOf(server, nginx, join(folder, 'recordings'))
    await compare(targets, quick)
    await atThePaceOfSpeech(server, targets[1], quick)
  } finally {
    await nginx?.close()
    await server?.close()
    rmSync(temporary, { recursive: true, force: true })
  }
}

async function compare(targets: readonly [Target, Target, Target], quick: boolean): Promise<void> {
  const ms = quick ? 1_500 : 4_000
  const rounds = quick ? 3 : 5
  const megabyte = 1024 * 1024
  const cases: { name: string; work: (target: Target) => Partial<ServeWork> }[] = [
    { name: `whole files of 1 MB`, work: ({ small }) => ({ paths: small }) },
    {
      name: 'pieces of 1 MB of 60 MB files',
      work: ({ large }) => ({ paths: large, pieces: { bytes: megabyte, of: LARGE.seconds * BYTES_PER_SECOND } }),
    },
    {
      name: 'pieces of 64 KiB of 1 MB files',
      work: ({ small }) => ({ paths: small, pieces: { bytes: 65_536, of: SMALL.seconds * BYTES_PER_SECOND } }),
    },
  ]
  const rows: string[][] = []
  for (const { name, work } of cases) {
    const reports: Record<Target['name'], ServeReport[]> = { nginx: [], Callbook: [], encrypted: [] }
    for (let round = 0; round <= rounds; round++)
      for (const target of targets) {
        const report = await listeners({ ...workOf(target, { connections: LISTENERS, ms }), ...work(target) })
        // The first round warms up.
        if (round > 0) reports[target.name].push(report)
      }
    const rate = (of: ServeReport[]) => median(of.map(({ bytes, ms: took }) => bytes / megabyte / (took / 1_000)))
    const first = (of: ServeReport[], p: number) => median(of.map(({ firstByteMs }) => quantile(firstByteMs, p)))
    const { nginx: a, Callbook: b, encrypted: c } = reports
    const ratioOf = (some: ServeReport[], others: ServeReport[]) =>
      rough(median(some.map((report, i) => rate([report]) / rate([others[i] ?? report]))))
    rows.push([
      name,
      rough(rate(a)),
      rough(rate(b)),
      ratioOf(b, a),
      rough(rate(c)),
      ratioOf(c, b),
      ...[a, b, c].flatMap((of) => [0.5, 0.99].map((p) => rough(first(of, p)))),
    ])
    process.stderr.write('.')
  }
  process.stderr.write('\n')
  printTable(
    `Serving to ${LISTENERS} connections that stay open, MB/s and ms to the first byte, in ${rounds} rounds each, one after the other.`,
    [
      '',
      'nginx MB/s',
      'Callbook MB/s',
      'ratio',
      'encrypted MB/s',
      'of plain',
      'nginx p50',
      'nginx p99',
      'Callbook p50',
      'Callbook p99',
      'encrypted p50',
      'encrypted p99',
    ],
    rows,
  )
}

async function atThePaceOfSpeech(server: ServerProcess, target: Target, quick: boolean): Promise<void> {
  const ms = quick ? 10_000 : 30_000
  const pieceBytes = 64 * 1024
  const everyMs = (pieceBytes / BYTES_PER_SECOND) * 1_000
  await listPages(server, 2_000)
  const alone = await listPages(server, ms)
  const work = workOf(target, { connections: AT_PACE, ms: ms + everyMs })
  const listening = listeners({
    ...work,
    paths: target.large,
    everyMs,
    pieces: { bytes: pieceBytes, of: LARGE.seconds * BYTES_PER_SECOND },
  })
  const beside = await listPages(server, ms)
  const report = await listening
  printTable(
    `${AT_PACE} listeners at the pace of speech (pieces of 64 KiB), and the call list beside them: pages of 50, one every ${LIST_EVERY_MS} ms.`,
    ['', 'p50 ms', 'p99 ms', 'answers'],
    [
      ['list alone', rough(quantile(alone, 0.5)), rough(quantile(alone, 0.99)), String(alone.length)],
      ['list beside', rough(quantile(beside, 0.5)), rough(quantile(beside, 0.99)), String(beside.length)],
      [
        'first byte of a piece',
        rough(quantile(report.firstByteMs, 0.5)),
        rough(quantile(report.firstByteMs, 0.99)),
        String(report.answers),
      ],
    ],
  )
  if (report.refused > 0) throw new Error(`${report.refused} pieces were refused`)
}

async function listPages(server: ServerProcess, ms: number): Promise<number[]> {
  const times: number[] = []
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const begin = performance.now()
    const answer = await server.api('/calls?limit=50')
    await answer.arrayBuffer()
    if (answer.status !== 200) throw new Error(`the list answers ${answer.status}`)
    const took = performance.now() - begin
    times.push(took)
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, LIST_EVERY_MS - took)))
  }
  return times
}

function workOf(target: Target, { connections, ms }: { connections: number; ms: number }): ServeWork {
  const { port, headers } = target
  return { port, headers, paths: [], connections, pieces: null, everyMs: 0, ms }
}

async function listeners(work: ServeWork): Promise<ServeReport> {
  const child = fork(join(import.meta.dirname, 'serve-clients.ts'))
  child.send(work)
  const [report] = (await once(child, 'message')) as [ServeReport]
  child.disconnect()
  await once(child, 'exit')
  if (report.refused > 0) throw new Error(`${report.refused} requests were refused`)
  return report
}

async function upload(server: ServerProcess, name: string, { files, seconds }: typeof SMALL): Promise<void> {
  const startedAt = Date.now() - 3_600_000
  const events = Array.from({ length: files }, (_, i) => [
    {
      id: 's',
      callId: `${name}-${i}`,
      at: startedAt,
      type: 'call-started',
      callType: 'inbound',
      customer: '13800138000',
    },
    { id: 'e', callId: `${name}-${i}`, at: startedAt + 60_000, type: 'call-ended' },
  ]).flat()
  const headers = { 'content-type': 'application/json' }
  const told = await server.api('/events', { method: 'POST', headers, body: JSON.stringify(events) })
  if (told.status !== 200) throw new Error(`events: ${told.status}`)
  const body = wavFile({ seconds })
  for (let i = 0; i < files; i++) {
    const answer = await server.api(`/calls/${name}-${i}/recordings/1`, {
      method: 'PUT',
      headers: { 'content-type': 'audio/wav' },
      body,
    })
    if (answer.status !== 201) throw new Error(`upload: ${answer.status} ${await answer.text()}`)
  }
}

function targetsOf(server: ServerProcess, nginx: Nginx, root: string): [Target, Target, Target] {
  const stored = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.wav'))
  const paths = (name: string) => stored.filter((path) => path.includes(`/${name}-`)).map((path) => `/${path}`)
  const routes = (name: string, files: number) =>
    Array.from({ length: files }, (_, i) => `/api/v1/calls/${name}-${i}/recordings/1`)
  const own = { port: server.port, headers: { authorization: `Bearer ${server.key}` } }
  return [
    { name: 'nginx', port: nginx.port, headers: {}, small: paths('small'), large: paths('large') },
    { ...own, name: 'Callbook', small: routes('small', SMALL.files), large: routes('large', LARGE.files) },
    {
      ...own,
      name: 'encrypted',
      small: routes('sealed-small', SMALL.files),
      large: routes('sealed-large', LARGE.files),
    },
  ]
}
