// `POST /calls/{id}/recordings/{n}/verify`: reads the whole file again and says whether it is the one that was taken in.
// Whoever may hear a recording may ask.
import { Type } from 'typebox'
import { maySeeCall } from '../access/permissions.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import { MAX_RECORDINGS_OF_CALL } from './recording-intake.ts'
import { rowToHear } from './recording-row.ts'
import { type Verification, type VerifyNeeds, verifyRecording } from './verify-recording.ts'

export interface VerifyRoutesNeeds extends VerifyNeeds {
  clock: Clock
  limits: { recordingVerifications: number }
}

/** Instants as ISO 8601 with zone. */
export type VerificationJson = Omit<Verification, 'storedAt' | 'verifiedAt'> & { storedAt: string; verifiedAt: string }

const OneRecording = Type.Object({
  callId: Type.String({ minLength: 1, maxLength: 256 }),
  n: Type.Integer({ minimum: 1, maximum: MAX_RECORDINGS_OF_CALL }),
})

export function verifyRoutes(needs: VerifyRoutesNeeds): RouteSet {
  return (app) => {
    let running = 0
    app.post(
      '/api/v1/calls/:callId/recordings/:n/verify',
      {
        config: { needs: 'recordings:read' },
        schema: {
          summary: 'Reads a recording again and holds it against the hash it was taken in with',
          tags: ['recordings'],
          params: OneRecording,
        },
      },
      async (request): Promise<VerificationJson> => {
        const { callId, n } = request.params
        const principal = principalOf(request)
        const found = await needs.store.recordings.recordingOf(principal.instance, callId, n)
        if (!found || !maySeeCall(principal, found.call)) throw new AppError('call-not-found', { callId })
        if (running >= needs.limits.recordingVerifications) throw new AppError('store-busy')
        running++
        try {
          const verification = await verifyRecording(needs, rowToHear({ ...found, n }))
          if (!verification) throw new AppError('call-changed', { callId })
          const { storedAt, verifiedAt } = verification
          return { ...verification, storedAt: needs.clock.write(storedAt), verifiedAt: needs.clock.write(verifiedAt) }
        } finally {
          running--
        }
      },
    )
  }
}
