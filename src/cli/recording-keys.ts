// `callbook recordings key`, `keys`, `rekey`: the keys by which recordings are encrypted at rest. Prints a key only when it
// was asked to make one.
import { appendFile, chmod } from 'node:fs/promises'
import { DEFAULT_INSTANCE, instancesOf, readConfig } from '../config.ts'
import { makeRecordingKey } from '../recording-keys.ts'
import { type KeyUse, keysOf } from '../recordings/key-use.ts'
import { settleMoves } from '../recordings/move-recordings.ts'
import { type RekeyOutcome, rekeyRecording } from '../recordings/rekey-recordings.ts'
import { openStorages } from '../recordings/storage/storages.ts'
import type { RecordingChoice } from '../store/store.ts'
import { writeBytes } from './amounts.ts'
import { alone, moveSpool } from './moving.ts'
import { printJson, printLine, printTable, say } from './print.ts'
import { startProgress } from './progress.ts'
import { rowsOf } from './stored-rows.ts'
import { withStore } from './with-store.ts'

interface KeyCommand {
  file?: string
}

/** A new key on standard output; with `--file` as the last line of that file, which only its owner may read then. */
export async function runRecordingsKey({ file }: KeyCommand): Promise<void> {
  const { id, line } = makeRecordingKey()
  const day = new Date().toISOString().slice(0, 10)
  const text = `${line}  # ${day} ${id}\n`
  if (file === undefined) {
    process.stdout.write(text)
    return
  }
  await appendFile(file, text, { mode: 0o600, flush: true })
  await chmod(file, 0o600)
  say(`Key ${id} is the newest in ${file}. Keep a copy of the file apart from the recordings, then restart Callbook.`)
}

interface KeysCommand {
  json?: boolean
}

/** Exit code 1 where recordings name a key that is not there. */
export async function runRecordingsKeys({ json }: KeysCommand): Promise<void> {
  const config = readConfig()
  await withStore(async (store) => {
    const keys = await keysOf(store, { keys: config.recordingKeys, instances: instancesOf(config) })
    if (json) printJson({ keys })
    else
      printTable(
        ['key', 'state', 'recordings', 'bytes'],
        keys.map((one) => [one.keyId ?? 'none', stateOf(one), String(one.recordings), writeBytes(one.bytes)]),
      )
    if (keys.some(({ isThere }) => !isThere)) process.exitCode = 1
  })
}

function stateOf({ keyId, isThere, isNewest }: KeyUse): string {
  if (!isThere) return 'NOT THERE'
  if (isNewest) return keyId === null ? 'new ones are not encrypted' : 'new ones'
  return keyId === null ? 'not encrypted' : 'read only'
}

interface RekeyCommand {
  instance?: string
  dryRun?: boolean
  json?: boolean
}

/** Exit code 1 where any could not be given the newest key. */
export async function runRecordingsRekey({
  instance = DEFAULT_INSTANCE,
  dryRun = false,
  json,
}: RekeyCommand): Promise<void> {
  const config = readConfig()
  const newest = config.recordingKeys.newest?.id ?? null
  await withStore(async (store) => {
    const others = (await store.recordings.keysInUse(instance)).filter((keyId) => keyId !== newest)
    const choices = others.map((keyId): RecordingChoice => ({ from: null, to: null, storage: null, keyId }))
    const counts = await Promise.all(choices.map((choice) => store.recordings.recordingsCount(instance, choice)))
    const recordings = counts.reduce((sum, one) => sum + one.recordings, 0)
    const bytes = counts.reduce((sum, one) => sum + one.bytes, 0)
    const done = { rekeyed: 0, rekeyedBytes: 0, missing: 0, damaged: 0, changed: 0, locked: 0 }
    if (!dryRun) {
      const release = await alone(config, 'Moving or rekeying recordings')
      const spool = moveSpool(config)
      await spool.clear()
      const storages = openStorages(config, spool)
      const needs = { store, storages, now: Date.now }
      const progress = startProgress(() => ({
        part: done.rekeyedBytes / (bytes || 1),
        text: `${done.rekeyed} of ${recordings} recordings`,
      }))
      try {
        await settleMoves(needs, instance)
        for (const choice of choices)
          for await (const row of rowsOf(store, instance, choice)) {
            const outcome: RekeyOutcome = await rekeyRecording(needs, row)
            done[outcome]++
            if (outcome === 'rekeyed') done.rekeyedBytes += row.sizeBytes
          }
      } finally {
        progress.end()
        await release()
        storages.close()
      }
    }
    if (json) return printJson({ keyId: newest, dryRun, recordings, bytes, ...done })
    const become = newest === null ? 'decrypted' : `encrypted with key ${newest}`
    if (dryRun) return say(`${recordings} recordings (${bytes} bytes) would be ${become}.`)
    const { rekeyed, rekeyedBytes, missing, damaged, changed, locked } = done
    say(
      `${rekeyed} recordings (${rekeyedBytes} bytes) ${become}; ${missing} missing, ${damaged} damaged, ${changed} changed meanwhile.`,
    )
    if (locked > 0)
      printLine(`${locked} recordings are encrypted with a key that is not there: callbook recordings keys`)
    if (missing + damaged + locked > 0) process.exitCode = 1
  })
}
