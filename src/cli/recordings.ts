// `callbook recordings`: holds stored files against their hashes, and moves them between storages; both beside a running
// server.
import { clockIn } from '../calls/instant.ts'
import { DEFAULT_INSTANCE, limits, readConfig } from '../config.ts'
import { AppError } from '../errors.ts'
import { Ingest } from '../ingest/ingest.ts'
import { type MoveOutcome, moveRecording, settleMoves } from '../recordings/move-recordings.ts'
import { isFileFailure } from '../recordings/storage/recording-storage.ts'
import { openStorages } from '../recordings/storage/storages.ts'
import { isAsItWas, type Verification, verifyRecording } from '../recordings/verify-recording.ts'
import type { RecordingChoice, StorageName } from '../store/store.ts'
import { instantOf } from './instant-option.ts'
import { alone, moveSpool } from './moving.ts'
import { printJson, printLine, say } from './print.ts'
import { startProgress } from './progress.ts'
import { rowsOf, rowsOfCall } from './stored-rows.ts'
import { withStore } from './with-store.ts'

/** Told one by one; more are counted. */
const MOST_TOLD = 10_000

interface VerifyCommand {
  call?: string
  from?: string
  to?: string
  instance?: string
  json?: boolean
}

type Problem = { callId: string; n: number } & Pick<Verification, 'outcome' | 'original' | 'expectedSha256' | 'sha256'>

/** Exit code 1 where any is missing or damaged. */
export async function runRecordingsVerify(options: VerifyCommand): Promise<void> {
  const { call, instance = DEFAULT_INSTANCE, json } = options
  const config = readConfig()
  await withStore(async (store) => {
    const clock = clockIn(config.timeZone)
    const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
    const storages = openStorages(config, moveSpool(config))
    const needs = { store, ingest, storages, now: Date.now }
    const choice: RecordingChoice = {
      from: options.from === undefined ? null : instantOf(options.from, clock, { endOfDay: false }),
      to: options.to === undefined ? null : instantOf(options.to, clock, { endOfDay: true }),
      storage: null,
    }
    const rows = call === undefined ? rowsOf(store, instance, choice) : rowsOfCall(store, instance, call)
    const total = call === undefined ? await store.recordings.recordingsCount(instance, choice) : null
    const found = { intact: 0, missing: 0, damaged: 0, changedMeanwhile: 0, originalsNotIntact: 0, locked: 0 }
    const problems: Problem[] = []
    let bytes = 0
    const progress = startProgress(() => ({ part: bytes / (total?.bytes || 1), text: `${looked()} recordings` }))
    const looked = () => found.intact + found.missing + found.damaged
    try {
      for await (const row of rows) {
        const verification = await verifyRecording(needs, row).catch(unlessLocked)
        bytes += row.sizeBytes
        if (verification === 'locked') {
          found.locked++
          continue
        }
        if (!verification) found.changedMeanwhile++
        else found[verification.outcome]++
        if (!verification || isAsItWas(verification)) continue
        const { outcome, original, expectedSha256, sha256 } = verification
        if (original !== null && original !== 'intact') found.originalsNotIntact++
        if (problems.length < MOST_TOLD)
          problems.push({ callId: row.callId, n: row.n, outcome, original, expectedSha256, sha256 })
      }
    } finally {
      progress.end()
      await ingest.drain()
      storages.close()
    }
    if (json) printJson({ looked: looked(), ...found, problems })
    else {
      for (const { callId, n, outcome, original } of problems)
        printLine(`${callId} ${n} ${outcome}${original === null ? '' : `, original ${original}`}`)
      say(`${looked()} recordings: ${found.intact} intact, ${found.missing} missing, ${found.damaged} damaged.`)
      if (found.locked > 0) say(`${found.locked} are encrypted with a key that is not there: callbook recordings keys`)
      if (found.originalsNotIntact > 0)
        say(`${found.originalsNotIntact} files as they came, kept beside, are missing or damaged.`)
    }
    if (found.missing + found.damaged + found.originalsNotIntact + found.locked > 0) process.exitCode = 1
  })
}

function unlessLocked(cause: unknown): 'locked' {
  if (isFileFailure(cause, 'recording-key-missing')) return 'locked'
  throw cause
}

interface MoveCommand {
  to: StorageName
  instance?: string
  dryRun?: boolean
  json?: boolean
}

/** Exit code 1 where any could not be moved. */
export async function runRecordingsMove({
  to,
  instance = DEFAULT_INSTANCE,
  dryRun = false,
  json,
}: MoveCommand): Promise<void> {
  const config = readConfig()
  await withStore(async (store) => {
    const spool = moveSpool(config)
    const storages = openStorages(config, spool)
    try {
      const target = storages.all.find(({ name }) => name === to)
      if (!target) throw new AppError('config-invalid', { detail: 'there is no bucket: set CALLBOOK_RECORDINGS_URL' })
      const choice: RecordingChoice = { from: null, to: null, storage: to === 's3' ? 'folder' : 's3' }
      const total = await store.recordings.recordingsCount(instance, choice)
      const done = { moved: 0, movedBytes: 0, missing: 0, damaged: 0, changed: 0, locked: 0 }
      if (!dryRun) {
        const release = await alone(config, 'Moving or rekeying recordings')
        const needs = { store, storages, spool, now: Date.now }
        await spool.clear()
        await settleMoves(needs, instance)
        const progress = startProgress(() => ({
          part: done.movedBytes / (total.bytes || 1),
          text: `${done.moved} of ${total.recordings} recordings moved`,
        }))
        try {
          for await (const row of rowsOf(store, instance, choice)) {
            const outcome: MoveOutcome = await moveRecording(needs, row, target)
            done[outcome]++
            if (outcome === 'moved') done.movedBytes += row.sizeBytes
          }
        } finally {
          progress.end()
          await release()
        }
      }
      if (json) printJson({ to, dryRun, recordings: total.recordings, bytes: total.bytes, ...done })
      else if (dryRun) say(`${total.recordings} recordings (${total.bytes} bytes) would be moved.`)
      else {
        const { moved, movedBytes, missing, damaged, changed, locked } = done
        say(
          `${moved} recordings (${movedBytes} bytes) moved; ${missing} missing, ${damaged} damaged, ${changed} changed meanwhile.`,
        )
        if (locked > 0) say(`${locked} are encrypted with a key that is not there: callbook recordings keys`)
      }
      if (done.missing + done.damaged + done.locked > 0) process.exitCode = 1
    } finally {
      storages.close()
    }
  })
}
