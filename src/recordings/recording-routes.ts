// Recordings over HTTP: hear or save one (GET, HEAD), hand one in (PUT), and see which files were kept aside. Permission
// and answers stand here; recording-download.ts and recording-upload.ts do the work.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { maySeeCall } from '../access/permissions.ts'
import type { StoredCall } from '../calls/call.ts'
import type { CallRecordingJson } from '../calls/call-json.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import type { RecordingWatchState } from './intake-status.ts'
import { type DownloadNeeds, etagOf, sendRecording } from './recording-download.ts'
import { MAX_RECORDINGS_OF_CALL, type RecordingIntake } from './recording-intake.ts'
import { readOn, takeUpload } from './recording-upload.ts'
import { isPlayable, type SoundDecoder } from './sound/sound-decoder.ts'
import type { UploadParts } from './upload-parts.ts'

export interface RecordingRoutesNeeds extends DownloadNeeds {
  store: Pick<Store, 'calls' | 'recordings'>
  intake: RecordingIntake
  parts: UploadParts
  decoder: Pick<SoundDecoder, 'ffmpeg'>
  limits: { recordingBytes: number; recordingUploads: number }
  /** The states of the watched folders of an instance. */
  watched(instance: string): RecordingWatchState[]
}

const OneRecording = Type.Object({
  callId: Type.String({ minLength: 1, maxLength: 256 }),
  n: Type.Integer({ minimum: 1, maximum: MAX_RECORDINGS_OF_CALL }),
})
const DownloadQuery = Type.Object({ download: Type.Optional(Type.String({ maxLength: 10 })) })
const RECORDING_URL = '/api/v1/calls/:callId/recordings/:n'

export function recordingRoutes(needs: RecordingRoutesNeeds): RouteSet {
  return (app) => {
    // An upload is a stream, whatever it is called; and a JSON body has no business here.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    let uploads = 0

    app.route({
      method: ['GET', 'HEAD'],
      url: RECORDING_URL,
      exposeHeadRoute: false,
      config: { needs: 'recordings:read' },
      schema: {
        summary: 'A recording as WAV, whole or a range of it; `?download` to save it under a telling name',
        tags: ['recordings'],
        params: OneRecording,
        querystring: DownloadQuery,
      },
      handler: async (request, reply) => {
        const { callId, n } = request.params
        const principal = principalOf(request)
        const found = await needs.store.recordings.recordingOf(principal.instance, callId, n)
        if (!found || !maySeeCall(principal, found.call)) throw new AppError('call-not-found', { callId })
        return sendRecording(needs, { ...found, n, asFile: isAsked(request.query.download) }, request, reply)
      },
    })

    app.put(
      RECORDING_URL,
      {
        config: { needs: 'recordings:write' },
        bodyLimit: needs.limits.recordingBytes,
        schema: {
          summary:
            'Hand in a recording: a WAV as the body, or a part of it (Content-Range, Repr-Digest); the same bytes again change nothing',
          tags: ['recordings'],
          params: OneRecording,
        },
      },
      async (request, reply) => {
        if (uploads >= needs.limits.recordingUploads) throw new AppError('store-busy')
        uploads++
        try {
          const call = await visibleCall(needs, request, request.params.callId)
          const { instance } = principalOf(request)
          const taken = await takeUpload(needs, request, { instance, callId: call.id, n: request.params.n })
          if ('receivedBytes' in taken) {
            reply.code(202).header('upload-offset', taken.receivedBytes)
            return taken
          }
          const { row, created } = taken
          reply.code(created ? 201 : 200).header('etag', etagOf(row))
          if (created) reply.header('location', locationOf(row))
          return recordingToJson(row)
        } catch (cause) {
          if (cause instanceof AppError && cause.code === 'upload-offset-wrong')
            reply.header('upload-offset', String(cause.details.offset))
          if (!(await readOn(request))) reply.header('connection', 'close')
          throw cause
        } finally {
          uploads--
        }
      },
    )

    const asideSchema = {
      summary:
        'Watched folders, files in them that could not be taken in, and compressed recordings that wait for ffmpeg',
      tags: ['recordings'],
    }
    app.get(
      '/api/v1/recordings/aside',
      { config: { needs: 'recordings:read' }, schema: asideSchema },
      async (request) => {
        const { instance, role } = principalOf(request)
        if (role === 'agent') throw new AppError('not-allowed', { needs: 'the role manager' })
        const { write } = needs.clock
        const [files, conversions, ffmpeg] = await Promise.all([
          needs.store.recordings.filesAside(instance),
          needs.store.recordings.conversionCounts(instance),
          needs.decoder.ffmpeg(),
        ])
        return {
          conversions: { ...conversions, canDecode: ffmpeg !== null },
          items: files.map((file) => ({ ...file, since: write(file.since) })),
          folders: needs.watched(instance).map((state) => ({
            ...state,
            since: write(state.since),
            lastTakenAt: state.lastTakenAt === null ? null : write(state.lastTakenAt),
          })),
        }
      },
    )
  }
}

/** @throws AppError call-not-found, also for a call that this principal may not know of. */
async function visibleCall(needs: RecordingRoutesNeeds, request: FastifyRequest, callId: string): Promise<StoredCall> {
  const principal = principalOf(request)
  const call = await needs.store.calls.call(principal.instance, callId)
  if (!call || !maySeeCall(principal, call)) throw new AppError('call-not-found', { callId })
  return call
}

function locationOf(row: RecordingRow): string {
  return `/api/v1/calls/${encodeURIComponent(row.callId)}/recordings/${row.n}`
}

function recordingToJson(row: RecordingRow): Omit<CallRecordingJson, 'pauses' | 'silenced'> {
  const { n, state, durationMs, sizeBytes, channels, sha256 } = row
  const playable = row.conversion === null || isPlayable(row)
  const deleted = { deletedAt: null, deletedBecause: null, deletedRule: null, deletedLimit: null }
  return {
    n,
    state,
    durationMs,
    sizeBytes,
    channels,
    sha256,
    playable,
    ...deleted,
    heldAt: null,
    heldBy: null,
    holdReason: null,
  }
}

function isAsked(value: string | undefined): boolean {
  return value !== undefined && value !== '0' && value !== 'false'
}
