// Holds: a recording that retention passes by until it is released (a complaint, a dispute). Placing and releasing are
// events of the call, so its record says who and why; the row that retention goes by follows in the same transaction.
import type { CallRecording, StoredCall } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import { AppError } from '../errors.ts'
import type { NewReceipt } from '../receipts/receipt.ts'
import type { Store } from '../store/store.ts'
import { RETENTION_SOURCE, type RetentionIngest } from './sweep.ts'
import type { InTurn } from './turns.ts'

export interface HoldNeeds {
  store: Pick<Store, 'calls'>
  ingest: RetentionIngest
  inTurn: InTurn
  now(): number
}

export interface WantedHold {
  instance: string
  callId: string
  n: number
  /** As receipts name who acts. */
  actor: string
}

/** Holds it, or changes why; the recording as it then is. @throws AppError call-not-found, recording-not-found, -gone, -not-available */
export async function placeHold(needs: HoldNeeds, hold: WantedHold, reason: string): Promise<CallRecording> {
  return needs.inTurn(hold.instance, async () => {
    const { call, recording } = await recordingOf(needs, hold)
    if (recording.state === 'deleted')
      throw new AppError('recording-gone', {
        callId: call.id,
        n: hold.n,
        because: recording.deletedBecause ?? 'no reason was kept',
      })
    if (recording.state === 'recording')
      throw new AppError('recording-not-available', { callId: call.id, n: hold.n, state: recording.state })
    await tell(needs, keptAs(hold, call, recording), 'held', reason)
    return (await recordingOf(needs, hold)).recording
  })
}

/** Releases it; nothing happens where it is not held. @throws AppError call-not-found, recording-not-found */
export async function releaseHold(needs: HoldNeeds, hold: WantedHold): Promise<CallRecording> {
  return needs.inTurn(hold.instance, async () => {
    const { call, recording } = await recordingOf(needs, hold)
    if (recording.heldAt === null) return recording
    await tell(needs, keptAs(hold, call, recording), 'released', recording.holdReason ?? '')
    return (await recordingOf(needs, hold)).recording
  })
}

/** What came before its call was merged into another goes by the call and number it had. */
function keptAs(hold: WantedHold, call: StoredCall, { n, of }: CallRecording): WantedHold {
  return { ...hold, callId: of?.callId ?? call.id, n: of?.n ?? n }
}

async function tell(needs: HoldNeeds, hold: WantedHold, what: 'held' | 'released', reason: string): Promise<void> {
  const { instance, callId, n, actor } = hold
  const at = needs.now()
  const event: CallEvent = {
    id: `recording-${what}:${n}:${at}`,
    callId,
    at,
    type: `recording-${what}`,
    n,
    actor,
    reason,
  }
  const kind = what === 'held' ? 'hold-placed' : 'hold-released'
  const receipt: NewReceipt = { instance, at, actor, body: { kind, callId, n, reason } }
  await needs.ingest.append({ instance, source: RETENTION_SOURCE }, [event], [], [receipt])
}

async function recordingOf(
  { store }: HoldNeeds,
  { instance, callId, n }: WantedHold,
): Promise<{ call: StoredCall; recording: CallRecording }> {
  const call = await store.calls.call(instance, callId)
  if (!call) throw new AppError('call-not-found', { callId })
  const recording = call.recordings.find((one) => one.n === n)
  if (!recording) throw new AppError('recording-not-found', { callId, n })
  return { call, recording }
}
