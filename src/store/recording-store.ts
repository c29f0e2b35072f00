// The part of the store's port that keeps recordings: their rows, and files that could not be taken in. Imported through
// store.ts.
import type { CallSummary } from '../calls/call.ts'

export type StorageName = 'folder' | 's3'
/** Where the audio of a recording lies. The call's record says the rest. */
export interface RecordingRow {
  instance: string
  callId: string
  n: number
  state: 'available' | 'deleted' | 'missing' | 'damaged'
  /** Which storage its files lie in. */
  storage: StorageName
  /** The id of the key its file is encrypted with, as far as is known (the file says it for certain); null: it is not. */
  keyId: string | null
  /** Its key there, with `/`. Made by Callbook, never from input. */
  path: string
  durationMs: number
  sizeBytes: number
  channels: number
  sampleRate: number
  /** WAVE format tag: 1 PCM, 3 float, 6 A-law, 7 µ-law… */
  format: number
  bitsPerSample: number
  /** Offset of the first audio byte, and how many audio bytes there are. */
  dataOffset: number
  dataBytes: number
  /** false: the file's own header is wrong (the PBX crashed); it is handed out with a new one in front of its audio. */
  headerSound: boolean
  /** Of the stored file. */
  sha256: string
  /** Of the file as it came, where the stored one was made from it (compressed audio became PCM); null: it is the stored one. */
  originalSha256: string | null
  /**
   * What still keeps the audio from being played: `awaited`: it is compressed, and there was nothing to decode it yet;
   * `failed`: it could not be decoded. null: nothing.
   */
  conversion: 'awaited' | 'failed' | null
  /** Its peaks lie beside it (`made`), cannot be made (`failed`), or were not made yet. */
  sound: 'made' | 'failed' | null
  /** Who talked how long, where each party has a channel of its own and the peaks are made. */
  talk: RecordingTalk | null
  /** The call's start, by which retention goes. */
  callStartedAt: number
  storedAt: number
  /** Which file of which watched folder it came from; null: uploaded. Keeps a file from being taken in twice. */
  origin: string | null
}

/** Milliseconds of talk by channel, of both at once, of neither. */
export interface RecordingTalk {
  channelMs: [first: number, second: number]
  overlapMs: number
  silenceMs: number
}

export interface RecordingStore {
  recording(instance: string, callId: string, n: number): Promise<RecordingRow | null>
  /**
   * Recording `n` of a call as its record counts them, with the call: all that handing it out takes, in one question.
   * Follows merges; an id that a call had before a merge finds its own recordings too. `row` is null where there is no file.
   */
  recordingOf(
    instance: string,
    callId: string,
    n: number,
  ): Promise<{ call: CallSummary; row: RecordingRow | null } | null>
  recordingByOrigin(instance: string, origin: string): Promise<RecordingRow | null>
  recordingsOfCall(instance: string, callId: string): Promise<RecordingRow[]>
  /** Rows whose call is not there; at most `limit`. */
  recordingsWithoutCall(instance: string, limit: number): Promise<RecordingRow[]>
  /** Available ones that can be played and whose sound was not looked at yet, newest first; at most `limit`. */
  recordingsWithoutSound(instance: string, limit: number): Promise<RecordingRow[]>
  /** Available ones that wait for their conversion (or failed in it), newest first; at most `limit`. */
  recordingsInConversion(instance: string, conversion: 'awaited' | 'failed', limit: number): Promise<RecordingRow[]>
  /** How many of each there are; past 100,000 it is not counted further. */
  conversionCounts(instance: string): Promise<{ awaited: number; failed: number }>
  /** Notes what was heard, unless the recording has other bytes by now. */
  noteSound(instance: string, heard: HeardRecording): Promise<void>
  /** Those not deleted, by the start of their calls, after `after`; at most `limit`. */
  recordingsFrom(
    instance: string,
    choice: RecordingChoice,
    after: RecordingRow | null,
    limit: number,
  ): Promise<RecordingRow[]>
  recordingsCount(instance: string, choice: RecordingChoice): Promise<{ recordings: number; bytes: number }>
  /** The ids of the keys by which files of recordings not deleted are encrypted; null: there are some that are not. */
  keysInUse(instance: string): Promise<(string | null)[]>
  /** Those in a storage under a key, not deleted, that were stored and last looked at before an instant, longest ago first; at most `limit`. */
  recordingsToVerify(
    instance: string,
    of: Pick<RecordingRow, 'storage' | 'keyId'>,
    before: number,
    limit: number,
  ): Promise<RecordingRow[]>
  /** Its bytes were held against its hash at this instant, whatever came out. */
  noteVerified(row: RecordingRow, at: number): Promise<void>
  /** Its bytes could not be read just now: in the order of those to be verified it stands as if looked at `as`. */
  noteUnread(row: RecordingRow, as: number): Promise<void>
  /**
   * Says that the files lie in another storage now, or under another key, where they were told to be arriving. What lay in
   * the old storage is loose.
   * false: the row is not as it was, or the copy's time is up: it stays as it is.
   */
  noteMoved(row: RecordingRow, to: Pick<RecordingRow, 'storage' | 'keyId'>, now: number): Promise<boolean>
  /**
   * A copy is about to be made that a row will point to before `dueAt`; after that it counts as loose.
   * false: what lay there before is not removed yet.
   */
  noteArriving(file: LooseFile, dueAt: number): Promise<boolean>
  /** No row points to it: it is to be removed, with all beside it. Rows that turn to another file tell of the old one by themselves. */
  noteLoose(file: LooseFile): Promise<void>
  /** No copy is being made: what was arriving counts as loose. For whoever alone makes copies. */
  giveUpArriving(instance: string): Promise<void>
  /** Takes loose files on, to remove them; others do not get them for ten minutes. `path` null: whichever; at most `limit`. */
  takeLoose(
    of: Pick<LooseFile, 'instance' | 'storage'> & { path: string | null },
    now: number,
    limit: number,
  ): Promise<LooseFile[]>
  /** What was taken on is gone for good. */
  looseRemoved(files: LooseFile[]): Promise<void>
  /** Files that could not be taken in (no WAV, no call yet): kept aside, counted, shown. */
  putAside(instance: string, file: FileAside): Promise<void>
  filesAside(instance: string): Promise<FileAside[]>
  forgetAside(instance: string, origin: string): Promise<void>
}

/** The file of a recording (and all beside it) that no row points to. */
export type LooseFile = Pick<RecordingRow, 'instance' | 'storage' | 'path'>

/** By the start of the call (both ends included) and by storage; null: all. `keyId`: only those under this key (null: plain). */
export interface RecordingChoice {
  from: number | null
  to: number | null
  storage: StorageName | null
  keyId?: string | null
}

export interface HeardRecording extends Pick<RecordingRow, 'callId' | 'n' | 'sha256' | 'talk'> {
  sound: 'made' | 'failed'
}

export interface FileAside {
  origin: string
  /** An error code: `not-a-wav`, `call-not-found`… */
  because: string
  detail: string
  since: number
}
