// The shape of a recording's sound over HTTP: peaks as BBC audiowaveform's JSON or .dat, for a picture as wide as asked,
// and who talked when. Whoever may hear the recording may see it.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { maySeeCall } from '../access/permissions.ts'
import type { CallSummary } from '../calls/call.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { isNotModified } from './byte-range.ts'
import { MAX_RECORDINGS_OF_CALL } from './recording-intake.ts'
import { coarser, peaksToDat, peaksToJson } from './sound/peaks.ts'
import { readSound } from './sound/sound.ts'
import type { SoundReader } from './sound/sound-reader.ts'
import { customerChannel, type StereoSides, talkToJson } from './talk-json.ts'

export interface PeaksRoutesNeeds {
  store: Pick<Store, 'calls' | 'recordings'>
  sounds: Pick<SoundReader, 'soundOf'>
  sides: StereoSides
}

const OneRecording = Type.Object({
  callId: Type.String({ minLength: 1, maxLength: 256 }),
  n: Type.Integer({ minimum: 1, maximum: MAX_RECORDINGS_OF_CALL }),
})
const PeaksQuery = Type.Object({
  format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('dat')])),
  /** No more points than this; default: all there are (20 a second). */
  points: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
})
/** Raised when what is heard, or how it is told, changes. */
const VERSION = 1

export function peaksRoutes(needs: PeaksRoutesNeeds): RouteSet {
  return (app) => {
    app.route({
      method: ['GET', 'HEAD'],
      url: '/api/v1/calls/:callId/recordings/:n/peaks',
      exposeHeadRoute: false,
      config: { needs: 'recordings:read' },
      schema: {
        summary: 'Peaks of a recording (BBC audiowaveform, JSON or .dat version 2) and who talked when',
        tags: ['recordings'],
        params: OneRecording,
        querystring: PeaksQuery,
      },
      handler: async (request, reply) => {
        const { callId, n } = request.params
        const { format = 'json', points } = request.query
        const { call, row } = await heardBy(needs, request, callId, n)
        const customer = customerChannel(call, needs.sides(row))
        const etag = `"${row.sha256.slice(0, 32)}-${VERSION}-${format}-${points ?? 'all'}-${customer}"`
        reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'Authorization, Cookie' })
        const lastModified = new Date(row.storedAt).toUTCString()
        const conditions = { ifNoneMatch: request.headers['if-none-match'], ifModifiedSince: undefined }
        if (isNotModified(conditions, { etag, lastModified })) return reply.code(304).send()
        const file = await needs.sounds.soundOf(row)
        const sound = file && readSound(file)
        if (!sound) throw new AppError('peaks-not-available', { callId: call.id, n })
        const peaks = points === undefined ? sound.peaks : coarser(sound.peaks, points)
        if (format === 'dat') return reply.type('application/octet-stream').send(Buffer.from(peaksToDat(peaks)))
        return { ...peaksToJson(peaks), talk: sound.talk && talkToJson(sound.talk, customer) }
      },
    })
  }
}

/** @throws AppError call-not-found, recording-not-found */
async function heardBy(
  { store }: PeaksRoutesNeeds,
  request: FastifyRequest,
  callId: string,
  n: number,
): Promise<{ call: CallSummary; row: RecordingRow }> {
  const principal = principalOf(request)
  const found = await store.recordings.recordingOf(principal.instance, callId, n)
  if (!found || !maySeeCall(principal, found.call)) throw new AppError('call-not-found', { callId })
  const { call, row } = found
  if (row?.state !== 'available') throw new AppError('recording-not-found', { callId, n })
  return { call, row }
}
