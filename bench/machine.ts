// What the figures were measured on, printed above every table: without it no figure can be compared with another.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { quantile } from './quantile.ts'

const SYNCS = 200
const BLOCK = Buffer.alloc(4_096, 1)

/** @param folder where the data will lie: its disk is the one that is tried. */
export function describeMachine(folder: string): string {
  const gib = Math.round(totalmem() / 2 ** 30)
  const [load = 0] = loadavg()
  const sync = syncTimesMs(folder)
  return [
    `Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? '?'}, Linux ${release()}, ${availableParallelism()} cores (${cpus()[0]?.model ?? '?'}), ${gib} GiB`,
    `append of 4 KiB + fdatasync: p50 ${quantile(sync, 0.5).toFixed(2)} ms, p99 ${quantile(sync, 0.99).toFixed(2)} ms · load before the start ${load.toFixed(1)}`,
  ].join('\n')
}

function syncTimesMs(folder: string): number[] {
  const own = mkdtempSync(join(folder, 'callbook-sync-'))
  const file = openSync(join(own, 'file'), 'a')
  const times = Array.from({ length: SYNCS }, () => {
    const from = performance.now()
    writeSync(file, BLOCK)
    fdatasyncSync(file)
    return performance.now() - from
  })
  closeSync(file)
  rmSync(own, { recursive: true })
  return times
}
