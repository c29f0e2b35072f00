// What a sweep costs that deletes 1,000 recordings, where 10,000 are kept and where a million are: real store, real ingest,
// real files of those that go. The two stores take turns, so that a busy machine is busy for both. Recordings that are
// kept are rows alone, without their calls: what retention walks past or does not.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallEvent } from '../src/calls/call-event.ts'
import { DEFAULT_INSTANCE, limits } from '../src/config.ts'
import { Ingest } from '../src/ingest/ingest.ts'
import { folderStorage } from '../src/recordings/storage/folder-storage.ts'
import { recordingKey } from '../src/recordings/storage/recording-key.ts'
import { recordingsFolder } from '../src/recordings/storage/storages.ts'
import { sweep } from '../src/retention/sweep.ts'
import { takeTurns } from '../src/retention/turns.ts'
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.ts'
import type { RecordingRow, Store } from '../src/store/store.ts'
import { keptRecording } from '../test/support/kept-recordings.ts'
import type { BenchOptions } from './bench-options.ts'
import { quantile } from './quantile.ts'
import { printTable, rough } from './table.ts'

const DELETED = 1_000
const ROUNDS = 3
const SIZE = 4_096
const BATCH = 5_000
const GOING_BATCH = 200
const DAY = '2026-01-01'
const T0 = Date.parse('2026-01-01T00:00:00Z')
const instance = DEFAULT_INSTANCE

export async function benchRetention({ quick }: BenchOptions): Promise<void> {
  const sizes = [10_000, quick ? 100_000 : 1_000_000]
  const folders = sizes.map(() => mkdtempSync(join(tmpdir(), 'callbook-retention-')))
  const stores = await Promise.all(folders.map((folder) => openEmbeddedStore({ folder, readers: 1 })))
  const times = sizes.map((): { sweep: number[]; plan: number[]; rehearsal: number[] } => ({
    sweep: [],
    plan: [],
    rehearsal: [],
  }))
  try {
    for (const [i, store] of stores.entries()) await fill(store, folders[i] ?? '', sizes[i] ?? 0)
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [i, store] of stores.entries()) {
        const took = await measure(store, folders[i] ?? '')
        // The first, with cold caches, is not counted.
        if (round > 0) for (const name of ['sweep', 'plan', 'rehearsal'] as const) times[i]?.[name].push(took[name])
      }
    }
  } finally {
    for (const store of stores) await store.close()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  }
  const median = (i: number, name: 'sweep' | 'plan' | 'rehearsal') => quantile(times[i]?.[name] ?? [], 0.5)
  printTable(
    `Retention: deleting ${DELETED.toLocaleString('en')} recordings (rows, calls' records, receipts, files), median of ${ROUNDS}`,
    ['recordings kept', 'sweep ms', 'plan of the first 100, ms', 'rehearsal ms', 'sweep ÷ first row'],
    sizes.map((size, i) => [
      size.toLocaleString('en'),
      rough(median(i, 'sweep')),
      rough(median(i, 'plan')),
      rough(median(i, 'rehearsal')),
      rough(median(i, 'sweep') / median(0, 'sweep')),
    ]),
  )
}

/** The oldest, which go in the rounds, have calls and files; the others are rows. */
async function fill(store: Store, folder: string, recordings: number): Promise<void> {
  const going = DELETED * (ROUNDS + 1)
  const root = recordingsFolder({ dataFolder: folder })
  const ingest = new Ingest({ calls: store.calls, publish: () => undefined, limits })
  const bytes = Buffer.alloc(SIZE, 7)
  let rows: RecordingRow[] = []
  let told: CallEvent[] = []
  mkdirSync(join(root, instance, DAY), { recursive: true })
  for (let i = 0; i < recordings; i++) {
    const callId = `call-${i}`
    const path = recordingKey({ instance, day: DAY, callId, n: 1 })
    const { row, events } = keptRecording({ instance, callId, path, startedAt: T0 + i * 1_000, sizeBytes: SIZE })
    if (i < going) {
      writeFileSync(join(root, path), bytes)
      told.push(...events)
    }
    rows.push(row)
    if (rows.length < (i < going ? GOING_BATCH : BATCH) && i < recordings - 1) continue
    if (told.length > 0) await ingest.append({ instance, source: 'bench' }, told, rows)
    else await store.calls.commit([], rows)
    told = []
    rows = []
    process.stderr.write(`\rfilling: ${(i + 1).toLocaleString('en')} recordings`)
  }
  process.stderr.write('\n')
}

async function measure(store: Store, folder: string): Promise<{ sweep: number; plan: number; rehearsal: number }> {
  const present = (await store.retention.recordingTotals(instance)).reduce((sum, { bytes }) => sum + bytes, 0)
  const policy = { capacityBytes: present - DELETED * SIZE, ageDays: null, minFreeBytes: null, skillGroups: [] }
  const moment = { now: Date.now(), timeZone: 'Asia/Shanghai', freeBytes: null }
  const plan = await timed(() => store.retention.planDeletions(instance, policy, moment, 100))
  const rehearsal = await timed(() => store.retention.rehearseRetention(instance, policy, moment))
  await store.retention.saveRetentionPolicy(instance, { policy, changedAt: moment.now, changedBy: 'system' }, [])
  const storage = folderStorage(recordingsFolder({ dataFolder: folder }))
  const needs = {
    store,
    ingest: new Ingest({ calls: store.calls, publish: () => undefined, limits }),
    storages: { home: storage, all: [storage], of: () => storage },
    timeZone: moment.timeZone,
    now: Date.now,
    inTurn: takeTurns(),
  }
  const took = await timed(async () => {
    const { recordings } = await sweep(needs, instance, { actor: 'system' })
    if (recordings !== DELETED) throw new Error(`${recordings} recordings were deleted`)
  })
  return { sweep: took, plan, rehearsal }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now()
  await work()
  return performance.now() - begin
}
