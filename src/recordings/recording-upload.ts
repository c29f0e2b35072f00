// One upload (PUT): reads the request's headers and streams its body into the intake. Called by recording-routes.ts.
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { bareEncodingOfType } from './bare-audio.ts'
import { announcedDigests } from './content-digest.ts'
import type { RecordingIntake, TakenRecording } from './recording-intake.ts'
import { type Progress, takePart } from './resumable-upload.ts'
import type { UploadParts } from './upload-parts.ts'

const AUDIO_TYPES = new Set([
  'audio/wav',
  'audio/x-wav',
  'audio/wave',
  'audio/vnd.wave',
  'audio/x-pn-wav',
  'application/octet-stream',
])
/** After a refusal this much of the upload is still read, so that a client that only reads when it has sent gets its answer. */
const READ_ON_BYTES = 32 * 1024 * 1024
const READ_ON_MS = 5_000

export interface UploadNeeds {
  intake: RecordingIntake
  parts: UploadParts
  store: { recordings: Pick<Store['recordings'], 'recording'> }
  limits: { recordingBytes: number }
}

/**
 * A whole recording, or a part of one (Content-Range).
 * @throws AppError what the intake throws; unsupported-media-type and bad-request for headers that do not fit;
 * upload-offset-wrong
 */
export async function takeUpload(
  { intake, parts, store, limits }: UploadNeeds,
  request: FastifyRequest,
  { instance, callId, n }: { instance: string; callId: string; n: number },
): Promise<TakenRecording | Progress> {
  const { headers } = request
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  // Without a type it is taken for what the address says; whether it is a WAV is seen soon enough.
  const bare = type === undefined ? null : bareEncodingOfType(type)
  if (type !== undefined && !bare && !AUDIO_TYPES.has(type))
    throw new AppError('unsupported-media-type', {
      expected: 'audio/wav or application/octet-stream; without a header audio/PCMA, PCMU, GSM or G722',
    })
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw new AppError('unsupported-media-type', { expected: 'the WAV itself, without Content-Encoding' })
  const length = headers['content-length']
  const expectedBytes = length === undefined ? null : Number(length)
  const range = headers['content-range']
  if (range !== undefined) {
    const present = () => store.recordings.recording(instance, callId, n)
    const body = uploadedBytes(request, expectedBytes)
    const given = { headers: { ...headers, 'content-range': range }, body }
    const needs = { parts, intake, present, limitBytes: limits.recordingBytes }
    return takePart(needs, { instance, callId, n, bare }, given)
  }
  return intake.take({
    instance,
    callId,
    n,
    audio: uploadedBytes(request, expectedBytes),
    expectedBytes,
    digests: [...announcedDigests(headers), ...announcedDigests({ 'content-digest': headers['repr-digest'] })],
    bare,
    origin: null,
  })
}

/** The body, piece by piece; a client that goes away in the middle is its mistake, not ours. */
async function* uploadedBytes(request: FastifyRequest, expected: number | null): AsyncGenerator<Uint8Array> {
  let received = 0
  try {
    // destroyOnReturn: a refusal in the middle must still be able to answer on this connection.
    for await (const piece of request.raw.iterator({ destroyOnReturn: false })) {
      const bytes: Uint8Array = piece
      received += bytes.length
      yield bytes
    }
  } catch (cause) {
    throw new AppError('recording-incomplete', { received, expected: expected ?? 'all' }, { cause })
  }
}

/** Reads on for a moment after a refusal. false: there was more, so the connection is to be closed after the answer. */
export async function readOn(request: FastifyRequest): Promise<boolean> {
  const { raw } = request
  if (raw.readableEnded || raw.destroyed) return true
  let more = 0
  const done = new AbortController()
  const stop = () => done.abort()
  raw.on('data', (piece: Uint8Array) => {
    more += piece.length
    if (more > READ_ON_BYTES) stop()
  })
  raw.once('end', stop).once('error', stop).once('close', stop)
  raw.resume()
  await delay(READ_ON_MS, undefined, { signal: done.signal }).catch(() => undefined)
  return raw.readableEnded
}
