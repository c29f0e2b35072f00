// The child of retention.test.ts: stores some recordings, then sweeps and dies by its own hand at a step, the way kill -9
// does: nothing is finished, nothing is flushed. Steps are counted before and after every write of the sweep (its commit,
// the removal of each WAV, the note that files are gone).
//   node sweeper.ts FOLDER STEP    0: never dies

import { limits } from '../../src/config.ts'
import { Ingest } from '../../src/ingest/ingest.ts'
import { folderStorage } from '../../src/recordings/storage/folder-storage.ts'
import { recordingKey } from '../../src/recordings/storage/recording-key.ts'
import type { RecordingStorage } from '../../src/recordings/storage/recording-storage.ts'
import { putBytes, spoolIn } from '../../src/recordings/storage/spool.ts'
import { recordingsFolder } from '../../src/recordings/storage/storages.ts'
import { sweep } from '../../src/retention/sweep.ts'
import { takeTurns } from '../../src/retention/turns.ts'
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts'
import { keptRecording } from '../support/kept-recordings.ts'

const [folder = '', step] = process.argv.slice(2)
const KEPT = 4
const FRESH = 6
const SIZE = 1_000
const instance = 'default'
const store = await openEmbeddedStore({ folder, readers: 1 })
const recordings = recordingsFolder({ dataFolder: folder })
const storage = folderStorage(recordings)
const ingest = new Ingest({ calls: store.calls, publish: () => undefined, limits })

await fill(FRESH)
await sweepUntil(Number(step))
await store.close()

async function fill(count: number): Promise<void> {
  const spool = spoolIn(`${recordings}/.spool/test`)
  const now = Date.now()
  for (let i = 0; i < count; i++) {
    const callId = `call-${now}-${i}`
    const path = recordingKey({ instance, day: '2026-11-23', callId, n: 1 })
    const { row, events } = keptRecording({ instance, callId, path, startedAt: now + i, sizeBytes: SIZE })
    await putBytes({ storage, spool }, path, Buffer.alloc(SIZE, i))
    await ingest.append({ instance, source: 'test' }, events, [row])
  }
  const policy = { capacityBytes: KEPT * SIZE, ageDays: null, minFreeBytes: null, skillGroups: [] }
  await store.retention.saveRetentionPolicy(instance, { policy, changedAt: now, changedBy: 'system' }, [])
}

function sweepUntil(step: number) {
  let steps = 0
  const at = () => {
    steps++
    if (steps === step) process.kill(process.pid, 'SIGKILL')
  }
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    at()
    const result = await work()
    at()
    return result
  }
  const dying: RecordingStorage = {
    ...storage,
    remove: (key) => (key.endsWith('.wav') ? around(() => storage.remove(key)) : storage.remove(key)),
  }
  const retention = {
    ...store.retention,
    recordingsRemoved: (...args: Parameters<typeof store.retention.recordingsRemoved>) =>
      around(() => store.retention.recordingsRemoved(...args)),
  }
  const needs = {
    store: { retention, recordings: store.recordings },
    ingest: { append: (...args: Parameters<Ingest['append']>) => around(() => ingest.append(...args)) },
    storages: { home: dying, all: [dying], of: () => dying },
    timeZone: 'Asia/Shanghai',
    now: Date.now,
    inTurn: takeTurns(),
    batch: 4,
  }
  return sweep(needs, instance, { actor: 'system' })
}
