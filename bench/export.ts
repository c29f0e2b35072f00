// How fast the calls of a search become a file, how much memory that takes, and what it does to those who search meanwhile:
// through the real server in its own process. As a ratio to copying the finished file with fsync on the same disk.
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { ExportJson } from '../src/exports/export-json.ts'
import { askForExport, exportEnded, oneExport } from '../test/support/exported.ts'
import { ServerProcess } from '../test/support/server-process.ts'
import type { BenchOptions } from './bench-options.ts'
import { fillStore } from './fill.ts'
import { quantile } from './quantile.ts'
import { printTable, rough } from './table.ts'

const DAYS = 30
const DAY_MS = 86_400_000
const MB = 1_000_000

export async function benchExport({ quick }: BenchOptions): Promise<void> {
  const calls = quick ? 20_000 : 300_000
  const folder = mkdtempSync(join(tmpdir(), 'callbook-bench-'))
  const to = Date.now()
  await fillStore({
    folder,
    calls,
    from: to - (DAYS - 1) * DAY_MS,
    to,
    zoneHours: 8,
    onProgress: (done) => process.stderr.write(`\rfilling: ${done.toLocaleString('en')} calls`),
  })
  process.stderr.write('\n')
  const server = await ServerProcess.start({ folder })
  const api = (path: string, init?: RequestInit) => server.api(path, init)
  const rows: string[][] = []
  try {
    const search = { from: String(to - (DAYS - 1) * DAY_MS + 3_600_000) }
    await pageTimes(server, 2_000)
    const alone = await pageTimes(server, 3_000)
    for (const [name, wanted] of [
      ['CSV, all 33 columns', { kind: 'csv' }],
      [
        'CSV, 8 columns',
        { kind: 'csv', columns: 'id,startedAt,type,caller,callee,agent,talk,hangupReason'.split(',') },
      ],
      ['XLSX, all 33 columns', { kind: 'xlsx' }],
    ] as const) {
      const before = memoryMb(server, 'VmRSS')
      writeFileSync(`/proc/${server.pid}/clear_refs`, '5')
      const cpuBefore = cpuSeconds(server)
      const { id } = await askForExport(api, { ...wanted, search }, {})
      const meanwhile: number[] = []
      while (isUnfinished(await oneExport(api, id, {}))) meanwhile.push(...(await pageTimes(server, 300)))
      const done = await exportEnded(api, id, {})
      const cpu = cpuSeconds(server) - cpuBefore
      const grown = memoryMb(server, 'VmHWM') - before
      const seconds = (Date.parse(done.endedAt ?? '') - Date.parse(done.startedAt ?? '')) / 1_000
      const copy = copySeconds(join(folder, 'exports', `${id}.${done.kind}`))
      rows.push([
        name,
        done.done.toLocaleString('en'),
        rough(done.done / seconds),
        rough(done.done / cpu),
        rough(done.sizeBytes / MB / seconds),
        rough(seconds / copy),
        `${grown}`,
        (quantile(meanwhile, 0.5) / quantile(alone, 0.5)).toFixed(2),
        (quantile(meanwhile, 0.99) / quantile(alone, 0.99)).toFixed(2),
      ])
      await server.api(`/exports/${id}`, { method: 'DELETE' })
    }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  printTable(
    `Export: all calls of ${DAYS} days into one file, in the background. Pages: a page of 50 through HTTP while it is made ÷ alone. CPU: of the whole server, pages included. Copy: writing the finished file once more with fsync.`,
    ['file', 'calls', 'calls/s', 'calls/CPU s', 'MB/s', 'time ÷ copy', 'memory grew, MB', 'page p50 ÷', 'page p99 ÷'],
    rows,
  )
}

function isUnfinished({ state }: ExportJson): boolean {
  return state === 'waiting' || state === 'running'
}

/** Pages asked for one after the other, with pauses, for so long; ms. */
async function pageTimes(server: ServerProcess, forMs: number): Promise<number[]> {
  const times: number[] = []
  for (const end = performance.now() + forMs; performance.now() < end; await delay(10)) {
    const begin = performance.now()
    await (await server.api('/calls?limit=50')).arrayBuffer()
    times.push(performance.now() - begin)
  }
  return times
}

function memoryMb({ pid }: ServerProcess, field: 'VmRSS' | 'VmHWM'): number {
  const kb = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round((Number(kb) * 1_024) / MB)
}

/** Of all the server's threads so far (proc(5): utime and stime, in hundredths). */
function cpuSeconds({ pid }: ServerProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function copySeconds(path: string): number {
  const bytes = readFileSync(path)
  const begin = performance.now()
  const file = openSync(`${path}.copy`, 'w')
  for (let at = 0; at < bytes.length; at += 262_144) writeSync(file, bytes, at, Math.min(262_144, bytes.length - at))
  fsyncSync(file)
  closeSync(file)
  const seconds = (performance.now() - begin) / 1_000
  rmSync(`${path}.copy`)
  return seconds
}
