// Makes a part of a recording silent for good (a card number that was said): the same length, the same timing, nothing to
// be heard. A new file takes the old one's place; row, event and receipt are committed together (replace-recording.ts). What
// the PBX keeps in its own folder is not touched. Called by silence-routes.ts.
import { createHash } from 'node:crypto'
import type { StoredCall } from '../calls/call.ts'
import { AppError } from '../errors.ts'
import type { NewReceipt } from '../receipts/receipt.ts'
import type { RecordingRow } from '../store/store.ts'
import { type KeyedTurns, turnOf } from './keyed-turns.ts'
import { type ReplaceNeeds, replaceRecording } from './replace-recording.ts'
import { silentByte } from './sound/samples.ts'
import { needsDecoding } from './sound/sound-decoder.ts'
import { onDisk } from './storage/disk-problem.ts'
import type { OpenedFile } from './storage/recording-storage.ts'
import type { Spool, SpoolFile } from './storage/spool.ts'

export interface SilenceNeeds extends ReplaceNeeds {
  spool: Pick<Spool, 'newFile'>
  inTurn: KeyedTurns
  now(): number
  /** Told after the commit. */
  stored(row: RecordingRow): void
}

export interface WantedSilence {
  /** From the beginning of the recording. */
  fromMs: number
  toMs: number
  reason: string
  /** As receipts name who acts. */
  actor: string
}

/**
 * The recording as it then is: whole samples of the range are overwritten in every channel.
 * @throws AppError recording-not-found, recording-not-available, recording-not-converted, recording-is-held, bad-request,
 * recording-missing; store-unavailable when storage or store fail (the old one stays as it was).
 */
export async function silenceRange(
  needs: SilenceNeeds,
  { call, rowOf }: { call: StoredCall; rowOf(): Promise<RecordingRow | null> },
  n: number,
  wanted: WantedSilence,
  instance: string,
): Promise<RecordingRow> {
  return needs.inTurn(turnOf(instance, call.id), async () => {
    const row = await rowOf()
    if (!row) throw new AppError('recording-not-found', { callId: call.id, n })
    checkWanted(call, row, wanted)
    const file = await needs.storages.of(row).open(row.path)
    if (file?.sizeBytes !== row.sizeBytes) {
      await file?.close()
      throw new AppError('recording-missing', { callId: call.id, n })
    }
    const spooled = await onDisk(needs.spool.newFile())
    try {
      const sha256 = await copySilenced(file, spooled, { ...bytesOf(row, wanted), filler: silentByte(row) })
      return sha256 === row.sha256 ? row : await settle(needs, { row, spooled, sha256, wanted })
    } finally {
      await file.close()
      await spooled.discard()
    }
  })
}

function checkWanted(call: StoredCall, row: RecordingRow, { fromMs, toMs }: WantedSilence): void {
  const of = { callId: call.id, n: row.n }
  if (row.state !== 'available') throw new AppError('recording-not-available', { ...of, state: row.state })
  if (row.conversion !== null || needsDecoding(row)) throw new AppError('recording-not-converted', of)
  const told = call.recordings.find((recording) => recording.n === row.n)
  if (told && told.heldAt !== null) throw new AppError('recording-is-held', of)
  if (fromMs >= toMs || fromMs >= row.durationMs)
    throw new AppError('bad-request', {
      detail: `From ${fromMs} to ${toMs} ms is no part of a recording of ${row.durationMs} ms.`,
    })
}

interface Span {
  from: number
  to: number
}

/** Where in the file the range lies: whole frames, rather one more than one less. */
function bytesOf(row: RecordingRow, { fromMs, toMs }: WantedSilence): Span {
  const blockAlign = row.channels * (row.bitsPerSample / 8)
  const frames = Math.floor(row.dataBytes / blockAlign)
  const first = Math.floor((fromMs * row.sampleRate) / 1000)
  const end = Math.min(frames, Math.ceil((toMs * row.sampleRate) / 1000))
  return { from: row.dataOffset + first * blockAlign, to: row.dataOffset + end * blockAlign }
}

/** The new file's SHA-256. */
async function copySilenced(
  file: OpenedFile,
  spooled: SpoolFile,
  { from, to, filler }: Span & { filler: number },
): Promise<string> {
  const hash = createHash('sha256')
  let at = 0
  for await (const read of file.read({ offset: 0, length: file.sizeBytes })) {
    const piece = read.slice()
    if (at < to && at + piece.length > from) piece.fill(filler, Math.max(0, from - at), Math.min(piece.length, to - at))
    hash.update(piece)
    for (let done = 0; done < piece.length; )
      done += (await onDisk(spooled.file.write(piece, done, piece.length - done, at + done))).bytesWritten
    at += piece.length
  }
  if (at !== file.sizeBytes) throw new AppError('store-unavailable', { detail: 'a recording could not be read whole' })
  return hash.digest('hex')
}

async function settle(
  needs: SilenceNeeds,
  { row, spooled, sha256, wanted }: { row: RecordingRow; spooled: SpoolFile; sha256: string; wanted: WantedSilence },
): Promise<RecordingRow> {
  const { instance, callId, n, sizeBytes } = row
  const { fromMs, toMs, reason, actor } = wanted
  const at = needs.now()
  const body = { callId, n, fromMs, toMs, sha256Before: row.sha256, sha256After: sha256, because: reason }
  const receipt: NewReceipt = { instance, at, actor, body: { kind: 'range-silenced', ...body } }
  const replaced = await replaceRecording(needs, row, {
    // What it was made from said what is to be heard no more, and goes with the old file.
    row: { ...row, sha256, originalSha256: null, sound: null, talk: null },
    events: () => [
      {
        id: `recording-silenced:${n}:${sha256.slice(0, 16)}:${at}`,
        callId,
        at,
        type: 'recording-silenced',
        n,
        fromMs,
        toMs,
        because: reason,
        sizeBytes,
        sha256,
      },
    ],
    receipts: [receipt],
    put: (path) => needs.storages.home.put(path, spooled.path, { sizeBytes, sha256 }),
  })
  if (!replaced) throw new AppError('recording-not-available', { callId, n, state: 'another by now' })
  needs.stored(replaced)
  return replaced
}
