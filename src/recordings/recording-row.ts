// The row of a recording that may be heard, or why there is none.
import type { CallSummary } from '../calls/call.ts'
import { AppError } from '../errors.ts'
import type { RecordingRow } from '../store/store.ts'

/** `row`: null where there is no file. @throws AppError recording-not-found, -not-available, -gone, -missing */
export function rowToHear({ call, n, row }: { call: CallSummary; n: number; row: RecordingRow | null }): RecordingRow {
  if (!row) throw absentRecording(call, n)
  if (row.state === 'deleted') throw goneRecording(call, n)
  return row
}

/** There is no file: the call's record knows whether there was to be one. */
function absentRecording(call: CallSummary, n: number): AppError {
  const told = call.recordings.find((recording) => recording.n === n)
  if (told?.state === 'deleted') return goneRecording(call, n)
  if (told?.state === 'missing') return new AppError('recording-missing', { callId: call.id, n })
  if (told) return new AppError('recording-not-available', { callId: call.id, n, state: told.state })
  return new AppError('recording-not-found', { callId: call.id, n })
}

function goneRecording(call: CallSummary, n: number): AppError {
  const told = call.recordings.find((recording) => recording.n === n)
  return new AppError('recording-gone', { callId: call.id, n, because: told?.deletedBecause ?? 'no reason was kept' })
}
