// Making a part of a recording silent for good, over HTTP: for administrators, and keys with recordings:silence.
import { Type } from 'typebox'
import { maySeeCall } from '../access/permissions.ts'
import type { CallRecordingJson } from '../calls/call-json.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import { actorOf } from '../receipts/receipt.ts'
import type { Store } from '../store/store.ts'
import { MAX_RECORDINGS_OF_CALL } from './recording-intake.ts'
import { type SilenceNeeds, silenceRange } from './silence.ts'

const OneRecording = Type.Object({
  callId: Type.String({ minLength: 1, maxLength: 256 }),
  n: Type.Integer({ minimum: 1, maximum: MAX_RECORDINGS_OF_CALL }),
})
const Ms = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Silence = Type.Object(
  { fromMs: Ms, toMs: Ms, reason: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) },
  { additionalProperties: false },
)

export function silenceRoutes(
  needs: SilenceNeeds & { store: Pick<Store, 'calls' | 'recordings'>; clock: Clock },
): RouteSet {
  return (app) => {
    app.post(
      '/api/v1/calls/:callId/recordings/:n/silence',
      {
        config: { needs: 'recordings:silence' },
        schema: {
          summary: 'Make a part of a recording silent for good; its length stays, a receipt is kept',
          tags: ['recordings'],
          params: OneRecording,
          body: Silence,
        },
      },
      async (request): Promise<CallRecordingJson> => {
        const principal = principalOf(request)
        const { instance } = principal
        const { callId, n } = request.params
        const { fromMs, toMs, reason } = request.body
        const { calls, recordings } = needs.store
        const call = await calls.call(instance, callId)
        if (!call || !maySeeCall(principal, call)) throw new AppError('call-not-found', { callId })
        const rowOf = async () =>
          (await recordings.recording(instance, callId, n)) ??
          (call.id === callId ? null : recordings.recording(instance, call.id, n))
        const wanted = { fromMs, toMs, reason: reason.trim(), actor: actorOf(principal) }
        await silenceRange(needs, { call, rowOf }, n, wanted, instance)
        const recording = (await calls.call(instance, callId))?.recordings.find((one) => one.n === n)
        if (!recording) throw new AppError('recording-not-found', { callId, n })
        const orNull = (at: number | null) => (at === null ? null : needs.clock.write(at))
        return { ...recording, deletedAt: orNull(recording.deletedAt), heldAt: orNull(recording.heldAt) }
      },
    )
  }
}
