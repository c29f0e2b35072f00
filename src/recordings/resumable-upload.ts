// An upload in parts (PUT with Content-Range, RFC 9110 §14.5): each part says where it belongs and which whole it is of
// (Repr-Digest, RFC 9530), so that a sender whose connection broke asks how far it came and goes on from there. Called by
// recording-upload.ts.
import { AppError } from '../errors.ts'
import type { RecordingRow } from '../store/store.ts'
import type { BareEncoding } from './bare-audio.ts'
import { type AnnouncedDigest, announcedDigests } from './content-digest.ts'
import type { RecordingIntake, TakenRecording } from './recording-intake.ts'
import type { PartedUpload, UploadParts } from './upload-parts.ts'

/** What is there of an upload that is not whole yet. */
export interface Progress {
  receivedBytes: number
  totalBytes: number
}

interface ContentRange {
  /** null: `bytes *\/total`, the question how far the upload is. */
  part: { offset: number; length: number } | null
  totalBytes: number
}

type Headers = Record<string, string | string[] | undefined>

/** @throws AppError bad-request */
export function readContentRange(header: string): ContentRange {
  const [, range, total] = /^bytes (\*|\d{1,15}-\d{1,15})\/(\d{1,15})$/.exec(header.trim()) ?? []
  const totalBytes = Number(total)
  const [first, last] = (range ?? '').split('-').map(Number)
  const isQuestion = range === '*'
  const isSound = isQuestion || (first !== undefined && last !== undefined && first <= last && last < totalBytes)
  if (range === undefined || totalBytes === 0 || !isSound)
    throw new AppError('bad-request', { detail: 'Content-Range is not of the form bytes 0-999/5000 or bytes */5000.' })
  if (isQuestion) return { part: null, totalBytes }
  return { part: { offset: first ?? 0, length: (last ?? 0) - (first ?? 0) + 1 }, totalBytes }
}

/**
 * Takes one part, or the question; the last one hands the whole to the intake.
 * @throws AppError what `UploadParts` and the intake throw; bad-request for headers that do not fit
 */
export async function takePart(
  needs: {
    parts: UploadParts
    intake: RecordingIntake
    /** The recording as it is now. */
    present(): Promise<RecordingRow | null>
    limitBytes: number
  },
  { bare, ...target }: { instance: string; callId: string; n: number; bare: BareEncoding | null },
  { headers, body }: { headers: Headers & { 'content-range': string }; body: AsyncIterable<Uint8Array> },
): Promise<TakenRecording | Progress> {
  const { part, totalBytes } = readContentRange(headers['content-range'])
  if (totalBytes > needs.limitBytes) throw new AppError('recording-too-large', { limit: needs.limitBytes })
  const whole = announcedDigests({ 'content-digest': headers['repr-digest'] }).find((d) => d.algorithm === 'sha256')
  if (!whole)
    throw new AppError('bad-request', {
      detail: 'Parts need the digest of the whole: Repr-Digest: sha-256=:<base64>:.',
    })
  const upload: PartedUpload = { ...target, sha256: Buffer.from(whole.expected).toString('hex'), totalBytes }
  const present = await needs.present()
  // The answer to the last part may have been lost.
  const isThere = present?.sha256 === upload.sha256 || present?.originalSha256 === upload.sha256
  if (present?.state === 'available' && isThere) return { row: present, created: false }
  const receivedBytes = part
    ? await needs.parts.add(upload, { ...part, bytes: body, digests: announcedDigests(headers) })
    : await needs.parts.received(upload)
  if (receivedBytes < totalBytes) return { receivedBytes, totalBytes }
  return finish(needs, upload, { whole, bare })
}

async function finish(
  { parts, intake }: { parts: UploadParts; intake: RecordingIntake },
  upload: PartedUpload,
  { whole, bare }: { whole: AnnouncedDigest; bare: BareEncoding | null },
): Promise<TakenRecording> {
  const { instance, callId, n, totalBytes } = upload
  try {
    const audio = parts.read(upload)
    const taken = await intake.take({
      instance,
      callId,
      n,
      audio,
      expectedBytes: totalBytes,
      digests: [whole],
      bare,
      origin: null,
    })
    await parts.discard(upload)
    return taken
  } catch (cause) {
    // While the disk or the store is away the parts stay; what is refused would be refused again.
    const isAway = !(cause instanceof AppError) || cause.code === 'store-unavailable' || cause.code === 'store-busy'
    if (!isAway) await parts.discard(upload)
    throw cause
  }
}
