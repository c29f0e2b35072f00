// Makes a call's record and a recording's row say what its file is found to be. Called where files are opened and where
// they are verified.
import type { CallEvent } from '../calls/call-event.ts'
import type { RecordingRow, Store } from '../store/store.ts'
import { RECORDINGS_SOURCE, type RecordingIngest } from './recording-ingest.ts'
import { storedEvent } from './recording-intake.ts'

export type FileState = 'available' | 'missing' | 'damaged'

export interface FileStateNeeds {
  store: Pick<Store, 'recordings'>
  ingest: RecordingIngest
  now(): number
}

/**
 * Resolves when row and event are on disk; nothing to do where the row says so already, or is not the one that was
 * looked at any more (deleted, replaced, moved meanwhile). Says whether it was still the same.
 */
export async function tellFileState(
  needs: FileStateNeeds,
  row: RecordingRow,
  { state, because }: { state: FileState; because: string },
): Promise<boolean> {
  const present = await needs.store.recordings.recording(row.instance, row.callId, row.n)
  if (!present || present.state === 'deleted' || !hasSameFile(present, row)) return false
  if (present.state === state) return true
  const from = { instance: row.instance, source: RECORDINGS_SOURCE }
  await needs.ingest.append(from, [eventOf(present, { state, because, at: needs.now() })], [{ ...present, state }])
  return true
}

function eventOf(
  row: RecordingRow,
  { state, because, at }: { state: FileState; because: string; at: number },
): CallEvent {
  const { callId, n } = row
  if (state === 'available') return storedEvent(row, at)
  const type = state === 'missing' ? 'recording-missing' : 'recording-damaged'
  return { id: `${type}:${n}:${at}`, callId, at, type, n, because }
}

function hasSameFile(one: RecordingRow, other: RecordingRow): boolean {
  return one.storage === other.storage && one.path === other.path && one.sha256 === other.sha256
}
