// One download (GET, HEAD): finds the file of a recording, answers conditions and ranges, and keeps the call's record
// true when the file is not there. Called by recording-routes.ts, which has asked for permission already.
import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { maskCall } from '../access/masked-numbers.ts'
import { maySeeNumbers } from '../access/permissions.ts'
import type { CallSummary } from '../calls/call.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf } from '../http/app.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { ifRangeHolds, isNotModified, isOutdated, parseRange } from './byte-range.ts'
import { downloadOf } from './download.ts'
import { contentDisposition } from './download-name.ts'
import { tellFileState } from './file-state.ts'
import type { RecordingIngest } from './recording-ingest.ts'
import { rowToHear } from './recording-row.ts'
import { isFileFailure, type OpenedFile, type Storages } from './storage/recording-storage.ts'
import { openDownload } from './write-download.ts'

export interface DownloadNeeds {
  store: Pick<Store, 'recordings'>
  ingest: RecordingIngest
  storages: Pick<Storages, 'of'>
  clock: Clock
  now(): number
}

export interface WantedRecording {
  call: CallSummary
  n: number
  /** null: there is no file of it. */
  row: RecordingRow | null
  /** To be saved rather than played. */
  asFile: boolean
}

/**
 * @throws AppError recording-not-found, -not-available, -gone, -missing, -damaged, precondition-failed,
 * range-not-satisfiable, store-unavailable, recording-key-missing.
 */
export async function sendRecording(
  needs: DownloadNeeds,
  wanted: WantedRecording,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { call, n } = wanted
  const row = rowToHear(wanted)
  // Code without a header is no WAV, and nothing is there to make one of it yet.
  if (row.conversion !== null && row.dataOffset === 0)
    throw new AppError('recording-not-converted', { callId: call.id, n })
  const file = await openRecording(needs, row)
  try {
    const download = downloadOf(row)
    const validators = { etag: etagOf(row), lastModified: new Date(row.storedAt).toUTCString() }
    reply.headers({
      etag: validators.etag,
      'last-modified': validators.lastModified,
      'accept-ranges': 'bytes',
      // Stored by the listener's browser only, and asked for again: permission may have ended.
      'cache-control': 'private, no-cache',
      vary: 'Authorization, Cookie',
    })
    const { headers, method } = request
    const still = { ifMatch: headers['if-match'], ifUnmodifiedSince: headers['if-unmodified-since'] }
    if (isOutdated(still, validators)) throw new AppError('precondition-failed')
    const conditions = { ifNoneMatch: headers['if-none-match'], ifModifiedSince: headers['if-modified-since'] }
    if (isNotModified(conditions, validators)) return reply.code(304).send()
    // Range is defined for GET alone (RFC 9110 §14.2).
    const asked = method === 'GET' && ifRangeHolds(firstOf(headers['if-range']), validators) ? headers.range : undefined
    const range = parseRange(asked, download.sizeBytes)
    if (range === 'unsatisfiable') {
      reply.header('content-range', `bytes */${download.sizeBytes}`)
      throw new AppError('range-not-satisfiable', { sizeBytes: download.sizeBytes })
    }
    const { first, last } = range === 'whole' ? { first: 0, last: download.sizeBytes - 1 } : range
    const disposition = wanted.asFile ? 'attachment' : 'inline'
    reply.headers({
      'content-type': 'audio/wav',
      'content-length': last - first + 1,
      'content-disposition': contentDisposition(maySeeNumbers(principalOf(request)) ? call : maskCall(call), n, {
        write: needs.clock.write,
        disposition,
      }),
    })
    if (range !== 'whole') reply.code(206).header('content-range', `bytes ${first}-${last}/${download.sizeBytes}`)
    if (method === 'HEAD') return reply.send()
    const writer = await openDownload(file, download, { first, last }).catch((cause) => tellDamaged(needs, row, cause))
    // From here on the answer is ours: Fastify still sees its end and logs it.
    reply.hijack()
    const { raw, statusCode } = reply
    await writer
      .writeTo(raw, () => raw.writeHead(statusCode, reply.getHeaders() as OutgoingHttpHeaders))
      .catch(async (err) => {
        request.log.warn({ err }, 'a recording broke off while it was sent')
        await tellDamaged(needs, row, err).catch(() => undefined)
      })
    return reply
  } finally {
    await file.close()
  }
}

/**
 * Opens the file of a recording and sees that it is as long as it was. One that is not there makes the recording
 * `missing`, one of another length `damaged`; one that is there again makes it `available`.
 * @throws AppError recording-missing, recording-damaged; store-unavailable when the storage itself is away.
 */
async function openRecording(needs: DownloadNeeds, row: RecordingRow): Promise<OpenedFile> {
  const { callId, n } = row
  // Only its hash can tell that a damaged one is right again: verify-recording.ts.
  if (row.state === 'damaged') throw new AppError('recording-damaged', { callId, n })
  const opened = needs.storages.of(row).open(row.path)
  const file = await opened.catch((cause: unknown) => tellDamaged(needs, row, cause))
  if (file?.sizeBytes === row.sizeBytes) {
    if (row.state === 'missing') await tellFileState(needs, row, { state: 'available', because: '' })
    return file
  }
  await file?.close()
  const state = file ? 'damaged' : 'missing'
  const because = file ? `its file has ${file.sizeBytes} of ${row.sizeBytes} bytes` : 'its file is not there'
  if (!(await tellFileState(needs, row, { state, because }))) {
    // Moved to another storage between the two looks, most likely.
    const present = await needs.store.recordings.recording(row.instance, callId, n)
    if (present && present.state !== 'deleted' && present.storage !== row.storage) return openRecording(needs, present)
  }
  throw new AppError(`recording-${state}`, { callId, n })
}

/** What was encrypted and cannot be decrypted any more was changed: its record says so. @throws recording-damaged; else `cause` */
async function tellDamaged(needs: DownloadNeeds, row: RecordingRow, cause: unknown): Promise<never> {
  if (!isFileFailure(cause, 'file-damaged')) throw cause
  await tellFileState(needs, row, { state: 'damaged', because: 'the bytes of its file were changed' })
  throw new AppError('recording-damaged', { callId: row.callId, n: row.n }, { cause })
}

/** Strong: a file's bytes never change under its hash, and a repaired one is always repaired alike. */
export function etagOf(row: RecordingRow): string {
  return row.headerSound ? `"${row.sha256}"` : `"${row.sha256}-repaired"`
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
