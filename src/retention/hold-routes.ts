// Holding and releasing a recording over HTTP: for managers and administrators, and keys with recordings:hold.
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { maySeeCall } from '../access/permissions.ts'
import type { CallRecording } from '../calls/call.ts'
import type { CallRecordingJson } from '../calls/call-json.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import { actorOf } from '../receipts/receipt.ts'
import { type HoldNeeds, placeHold, releaseHold, type WantedHold } from './holds.ts'

const OneRecording = Type.Object({
  callId: Type.String({ minLength: 1, maxLength: 256 }),
  n: Type.Integer({ minimum: 1, maximum: 99 }),
})
const Hold = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' }) },
  { additionalProperties: false },
)
const HOLD_URL = '/api/v1/calls/:callId/recordings/:n/hold'

export function holdRoutes(needs: HoldNeeds & { clock: Clock }): RouteSet {
  const { write } = needs.clock
  const toJson = ({ of: _, ...recording }: CallRecording): CallRecordingJson => ({
    ...recording,
    deletedAt: recording.deletedAt === null ? null : write(recording.deletedAt),
    heldAt: recording.heldAt === null ? null : write(recording.heldAt),
  })

  async function wanted(request: FastifyRequest, callId: string, n: number): Promise<WantedHold> {
    const principal = principalOf(request)
    const call = await needs.store.calls.call(principal.instance, callId)
    if (!call || !maySeeCall(principal, call)) throw new AppError('call-not-found', { callId })
    return { instance: principal.instance, callId: call.id, n, actor: actorOf(principal) }
  }

  return (app) => {
    app.put(
      HOLD_URL,
      {
        config: { needs: 'recordings:hold' },
        schema: {
          summary: 'Hold a recording: retention passes it by until it is released',
          tags: ['recordings'],
          params: OneRecording,
          body: Hold,
        },
      },
      async (request) => {
        const { callId, n } = request.params
        return toJson(await placeHold(needs, await wanted(request, callId, n), request.body.reason.trim()))
      },
    )

    app.delete(
      HOLD_URL,
      {
        config: { needs: 'recordings:hold' },
        schema: { summary: 'Release a held recording', tags: ['recordings'], params: OneRecording },
      },
      async (request) => {
        const { callId, n } = request.params
        return toJson(await releaseHold(needs, await wanted(request, callId, n)))
      },
    )
  }
}
