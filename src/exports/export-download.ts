// One download of an export (GET, HEAD): conditions and ranges, so that a download that broke off goes on where it was.
// Called by export-routes.ts, which has asked for permission already.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { clockIn } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf } from '../http/app.ts'
import { actorOf } from '../receipts/receipt.ts'
import { type ByteRange, ifRangeHolds, isNotModified, parseRange } from '../recordings/byte-range.ts'
import { dispositionOf } from '../recordings/download-name.ts'
import type { OpenAudio } from '../recordings/stored-audio.ts'
import type { ExportRow, ReceiptStore } from '../store/store.ts'
import { audioZip } from './audio-download.ts'
import type { ExportFiles } from './export-files.ts'
import { fileName, plainFileName } from './export-json.ts'
import type { Exports } from './exports.ts'

export interface ExportDownloadNeeds {
  files: ExportFiles
  exports: Pick<Exports, 'spoil'>
  openAudio: OpenAudio
  receipts: Pick<ReceiptStore, 'appendReceipts'>
  now(): number
}

/** What is handed out: any range of it is the same bytes at any time. */
interface Download {
  sizeBytes: number
  contentType: string
  stream(range: ByteRange): Readable
}

/** @throws AppError export-not-ready, export-gone, export-failed…, range-not-satisfiable */
export async function sendExport(
  needs: ExportDownloadNeeds,
  row: ExportRow,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const download = await downloadOf(needs, row)
  const validators = { etag: `"${row.id}"`, lastModified: new Date(row.endedAt ?? row.createdAt).toUTCString() }
  reply.headers({
    etag: validators.etag,
    'last-modified': validators.lastModified,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    vary: 'Authorization, Cookie',
  })
  const { headers, method } = request
  const conditions = { ifNoneMatch: headers['if-none-match'], ifModifiedSince: headers['if-modified-since'] }
  if (isNotModified(conditions, validators)) return reply.code(304).send()
  const ifRange = Array.isArray(headers['if-range']) ? headers['if-range'][0] : headers['if-range']
  // Range is defined for GET alone (RFC 9110 §14.2).
  const asked = method === 'GET' && ifRangeHolds(ifRange, validators) ? headers.range : undefined
  const range = parseRange(asked, download.sizeBytes)
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${download.sizeBytes}`)
    throw new AppError('range-not-satisfiable', { sizeBytes: download.sizeBytes })
  }
  const { first, last } = range === 'whole' ? { first: 0, last: download.sizeBytes - 1 } : range
  const clock = clockIn(row.timeZone)
  reply.headers({
    'content-type': download.contentType,
    'content-length': last - first + 1,
    'content-disposition': dispositionOf(fileName(row, clock), plainFileName(row, clock), 'attachment'),
  })
  if (range !== 'whole') reply.code(206).header('content-range', `bytes ${first}-${last}/${download.sizeBytes}`)
  if (method === 'HEAD') return reply.send()
  if (row.kind === 'audio') await tellOfDownload(needs, row, request, { bytes: last - first + 1 })
  return reply.send(download.stream({ first, last }))
}

/** On record before the first byte leaves: audio that has left does not come back. */
async function tellOfDownload(
  { receipts, now }: ExportDownloadNeeds,
  row: ExportRow,
  request: FastifyRequest,
  { bytes }: { bytes: number },
): Promise<void> {
  const { id: exportId, instance } = row
  const actor = actorOf(principalOf(request))
  await receipts.appendReceipts([{ instance, at: now(), actor, body: { kind: 'audio-downloaded', exportId, bytes } }])
}

async function downloadOf(needs: ExportDownloadNeeds, row: ExportRow): Promise<Download> {
  const { files, now, exports, openAudio } = needs
  if (row.state === 'waiting' || row.state === 'running') throw new AppError('export-not-ready', { id: row.id })
  if (row.state === 'failed') throw new AppError('export-failed', { id: row.id, failure: row.failure })
  if (row.state !== 'done' || (row.expiresAt ?? 0) <= now()) throw new AppError('export-gone', { id: row.id })
  const path = files.pathOf(row)
  const found = await stat(path).catch((cause: Error) => {
    throw new AppError('export-gone', { id: row.id }, { cause })
  })
  const contentType = CONTENT_TYPES[row.kind]
  if (row.kind === 'audio') {
    const onChanged = () => exports.spoil(row, 'export-changed')
    return { contentType, ...(await audioZip(path, { instance: row.instance, openAudio, onChanged })) }
  }
  return {
    sizeBytes: found.size,
    contentType,
    stream: ({ first, last }) => createReadStream(path, { start: first, end: last, highWaterMark: PIECE_BYTES }),
  }
}

const PIECE_BYTES = 128 * 1024
const CONTENT_TYPES: Record<ExportRow['kind'], string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  audio: 'application/zip',
}
