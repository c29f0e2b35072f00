// Rows of recordings and of files kept aside, in SQL.
import type { FileAside, HeardRecording, RecordingChoice, RecordingRow } from '../store.ts'
import type { Database, Row } from './database.ts'
import { isArriving } from './loose-file-sql.ts'

const COLUMNS = [
  'state',
  'storage',
  'path',
  'duration_ms',
  'size_bytes',
  'channels',
  'sample_rate',
  'format',
  'bits_per_sample',
  'data_offset',
  'data_bytes',
  'header_sound',
  'sha256',
  'call_started_at',
  'stored_at',
  'origin',
  'original_sha256',
  'conversion',
  'sound',
  'talk',
  'key_id',
]
/** What says how and where a file lies. */
const PLACE = ['storage', 'key_id']
/**
 * A row that is there is changed and not made anew: sums, holds and the skill group (of the call) hang on it. What was
 * deleted stays so, whoever worked on its file meanwhile; and what was moved to another storage stays there, unless it
 * comes with another file.
 */
const UPSERT = `
  INSERT INTO recording (instance, call_id, n, group_id, ${COLUMNS.join(', ')})
  VALUES (?, ?, ?, coalesce((SELECT json_extract(record, '$.skillGroup.id') FROM call WHERE instance = ? AND id = ?), ''),
    ${COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (instance, call_id, n) DO UPDATE SET ${COLUMNS.map((column) => `${column} = ${PLACE.includes(column) ? placeOf(column) : `excluded.${column}`}`).join(', ')}
    WHERE recording.state <> 'deleted' OR excluded.state = 'deleted'`

function placeOf(column: string): string {
  return `CASE WHEN excluded.path = recording.path AND excluded.stored_at = recording.stored_at
    THEN recording.${column} ELSE excluded.${column} END`
}

/** @throws AppError recording-held: it is to be marked deleted, and may not be. */
export function writeRecording(db: Database, row: RecordingRow): void {
  // One file of a watched folder is one recording: the row it came under before gives way.
  if (row.origin !== null)
    db.run(
      'DELETE FROM recording WHERE instance = ? AND origin = ? AND (call_id <> ? OR n <> ?)',
      row.instance,
      row.origin,
      row.callId,
      row.n,
    )
  db.run(
    UPSERT,
    row.instance,
    row.callId,
    row.n,
    row.instance,
    row.callId,
    row.state,
    row.storage,
    row.path,
    row.durationMs,
    row.sizeBytes,
    row.channels,
    row.sampleRate,
    row.format,
    row.bitsPerSample,
    row.dataOffset,
    row.dataBytes,
    row.headerSound ? 1 : 0,
    row.sha256,
    row.callStartedAt,
    row.storedAt,
    row.origin,
    row.originalSha256,
    row.conversion,
    row.sound,
    row.talk && JSON.stringify(row.talk),
    row.keyId ?? '',
  )
  if (row.origin !== null) forgetAside(db, row.instance, row.origin)
}

export function recording(db: Database, instance: string, callId: string, n: number): RecordingRow | null {
  const row = db.get('SELECT * FROM recording WHERE instance = ? AND call_id = ? AND n = ?', instance, callId, n)
  return row ? toRecording(row) : null
}

export function recordingByOrigin(db: Database, instance: string, origin: string): RecordingRow | null {
  const row = db.get('SELECT * FROM recording WHERE instance = ? AND origin = ?', instance, origin)
  return row ? toRecording(row) : null
}

export function recordingsOfCall(db: Database, instance: string, callId: string): RecordingRow[] {
  return db
    .all('SELECT * FROM recording WHERE instance = ? AND call_id = ? ORDER BY n', instance, callId)
    .map(toRecording)
}

export function recordingsWithoutCall(db: Database, instance: string, limit: number): RecordingRow[] {
  return db
    .all(
      `SELECT r.* FROM recording r LEFT JOIN call c ON c.instance = r.instance AND c.id = r.call_id
         WHERE r.instance = ? AND c.id IS NULL LIMIT ?`,
      instance,
      limit,
    )
    .map(toRecording)
}

export function recordingsWithoutSound(db: Database, instance: string, limit: number): RecordingRow[] {
  return db
    .all(
      `SELECT * FROM recording WHERE instance = ? AND sound IS NULL AND conversion IS NULL AND state = 'available'
         ORDER BY stored_at DESC LIMIT ?`,
      instance,
      limit,
    )
    .map(toRecording)
}

export function recordingsInConversion(
  db: Database,
  instance: string,
  conversion: 'awaited' | 'failed',
  limit: number,
): RecordingRow[] {
  return db
    .all(
      `SELECT * FROM recording WHERE instance = ? AND conversion = ? AND conversion IS NOT NULL AND state = 'available'
         ORDER BY stored_at DESC LIMIT ?`,
      instance,
      conversion,
      limit,
    )
    .map(toRecording)
}

const MOST_COUNTED = 100_000

export function conversionCounts(db: Database, instance: string): { awaited: number; failed: number } {
  const count = (conversion: 'awaited' | 'failed') =>
    Number(
      db.get(
        `SELECT count(*) AS many FROM (SELECT 1 FROM recording
           WHERE instance = ? AND conversion = ? AND conversion IS NOT NULL AND state = 'available' LIMIT ?)`,
        instance,
        conversion,
        MOST_COUNTED,
      )?.many ?? 0,
    )
  return { awaited: count('awaited'), failed: count('failed') }
}

export function noteSound(db: Database, instance: string, { callId, n, sha256, sound, talk }: HeardRecording): void {
  db.run(
    'UPDATE recording SET sound = ?, talk = ? WHERE instance = ? AND call_id = ? AND n = ? AND sha256 = ?',
    sound,
    talk && JSON.stringify(talk),
    instance,
    callId,
    n,
    sha256,
  )
}

const CHOSEN = `instance = ? AND state <> 'deleted' AND call_started_at BETWEEN ? AND ? AND (? IS NULL OR storage = ?)`

/** Apart, so that its index is used. */
function withKey({ keyId }: RecordingChoice): string {
  return keyId === undefined ? CHOSEN : `${CHOSEN} AND key_id = ?`
}

function chosen(instance: string, { from, to, storage, keyId }: RecordingChoice): (string | number | null)[] {
  const key = keyId === undefined ? [] : [keyId ?? '']
  return [instance, from ?? Number.MIN_SAFE_INTEGER, to ?? Number.MAX_SAFE_INTEGER, storage, storage, ...key]
}

export function recordingsFrom(
  db: Database,
  instance: string,
  choice: RecordingChoice,
  after: RecordingRow | null,
  limit: number,
): RecordingRow[] {
  const from = after ? Math.max(after.callStartedAt, choice.from ?? Number.MIN_SAFE_INTEGER) : choice.from
  return db
    .all(
      `SELECT * FROM recording WHERE ${withKey(choice)} AND (call_started_at, call_id, n) > (?, ?, ?)
         ORDER BY call_started_at, call_id, n LIMIT ?`,
      ...chosen(instance, { ...choice, from }),
      after?.callStartedAt ?? Number.MIN_SAFE_INTEGER,
      after?.callId ?? '',
      after?.n ?? 0,
      limit,
    )
    .map(toRecording)
}

export function recordingsCount(
  db: Database,
  instance: string,
  choice: RecordingChoice,
): { recordings: number; bytes: number } {
  const row = db.get(
    `SELECT count(*) recordings, coalesce(sum(size_bytes), 0) bytes FROM recording WHERE ${withKey(choice)}`,
    ...chosen(instance, choice),
  )
  return { recordings: Number(row?.recordings), bytes: Number(row?.bytes) }
}

/** By key id; one step of the index for each, however many recordings there are. */
export function keysInUse(db: Database, instance: string): (string | null)[] {
  const keys: (string | null)[] = []
  let found = smallestKey(db, instance, '>=', '')
  while (found !== null) {
    keys.push(found === '' ? null : found)
    found = smallestKey(db, instance, '>', found)
  }
  return keys
}

function smallestKey(db: Database, instance: string, than: '>' | '>=', keyId: string): string | null {
  const row = db.get(
    `SELECT key_id FROM recording INDEXED BY recording_by_key WHERE instance = ? AND key_id ${than} ?
       AND state <> 'deleted' ORDER BY key_id LIMIT 1`,
    instance,
    keyId,
  )
  return row ? String(row.key_id) : null
}

export function recordingsToVerify(
  db: Database,
  instance: string,
  { storage, keyId }: Pick<RecordingRow, 'storage' | 'keyId'>,
  before: number,
  limit: number,
): RecordingRow[] {
  return db
    .all(
      `SELECT * FROM recording WHERE instance = ? AND storage = ? AND key_id = ? AND state <> 'deleted'
         AND coalesce(looked_at, stored_at) < ? ORDER BY coalesce(looked_at, stored_at) LIMIT ?`,
      instance,
      storage,
      keyId ?? '',
      before,
      limit,
    )
    .map(toRecording)
}

export function noteVerified(db: Database, { instance, callId, n, sha256 }: RecordingRow, at: number): void {
  db.run(
    'UPDATE recording SET verified_at = ?, looked_at = ? WHERE instance = ? AND call_id = ? AND n = ? AND sha256 = ?',
    at,
    at,
    instance,
    callId,
    n,
    sha256,
  )
}

export function noteUnread(db: Database, { instance, callId, n }: RecordingRow, as: number): void {
  db.run('UPDATE recording SET looked_at = ? WHERE instance = ? AND call_id = ? AND n = ?', as, instance, callId, n)
}

export function noteMoved(
  db: Database,
  row: RecordingRow,
  to: Pick<RecordingRow, 'storage' | 'keyId'>,
  now: number,
): boolean {
  const { storage } = to
  return db.transaction(() => {
    const { instance, path } = row
    if (!isArriving(db, { instance, storage, path }, now) || !moveRow(db, row, to)) return false
    db.run('DELETE FROM loose_file WHERE instance = ? AND storage = ? AND path = ?', instance, storage, path)
    return true
  })
}

function moveRow(db: Database, row: RecordingRow, to: Pick<RecordingRow, 'storage' | 'keyId'>): boolean {
  const moved = db.get(
    `UPDATE recording SET storage = ?, key_id = ? WHERE instance = ? AND call_id = ? AND n = ? AND storage = ? AND path = ?
       AND sha256 = ? AND state = ? AND sound IS ? RETURNING n`,
    to.storage,
    to.keyId ?? '',
    row.instance,
    row.callId,
    row.n,
    row.storage,
    row.path,
    row.sha256,
    row.state,
    row.sound,
  )
  return moved !== undefined
}

/** How many files may be kept in view; older ones give way (they still lie in their folder). */
const FILES_ASIDE = 10_000

export function putAside(db: Database, instance: string, file: FileAside): void {
  db.run(
    'INSERT OR REPLACE INTO file_aside (instance, origin, because, detail, since) VALUES (?, ?, ?, ?, ?)',
    instance,
    file.origin,
    file.because,
    file.detail,
    file.since,
  )
  db.run(
    `DELETE FROM file_aside WHERE instance = ? AND origin IN
       (SELECT origin FROM file_aside WHERE instance = ? ORDER BY since DESC LIMIT -1 OFFSET ?)`,
    instance,
    instance,
    FILES_ASIDE,
  )
}

export function filesAside(db: Database, instance: string): FileAside[] {
  return db.all('SELECT * FROM file_aside WHERE instance = ? ORDER BY since DESC LIMIT 1000', instance).map((row) => ({
    origin: String(row.origin),
    because: String(row.because),
    detail: String(row.detail),
    since: Number(row.since),
  }))
}

export function forgetAside(db: Database, instance: string, origin: string): void {
  db.run('DELETE FROM file_aside WHERE instance = ? AND origin = ?', instance, origin)
}

export function toRecording(row: Row): RecordingRow {
  return {
    instance: String(row.instance),
    callId: String(row.call_id),
    n: Number(row.n),
    state: String(row.state) as RecordingRow['state'],
    storage: String(row.storage) as RecordingRow['storage'],
    path: String(row.path),
    durationMs: Number(row.duration_ms),
    sizeBytes: Number(row.size_bytes),
    channels: Number(row.channels),
    sampleRate: Number(row.sample_rate),
    format: Number(row.format),
    bitsPerSample: Number(row.bits_per_sample),
    dataOffset: Number(row.data_offset),
    dataBytes: Number(row.data_bytes),
    headerSound: row.header_sound === 1,
    sha256: String(row.sha256),
    callStartedAt: Number(row.call_started_at),
    storedAt: Number(row.stored_at),
    origin: row.origin === null ? null : String(row.origin),
    originalSha256: row.original_sha256 === null ? null : String(row.original_sha256),
    conversion: row.conversion as RecordingRow['conversion'],
    sound: row.sound as RecordingRow['sound'],
    keyId: row.key_id === '' ? null : String(row.key_id),
    talk: row.talk === null ? null : (JSON.parse(String(row.talk)) as RecordingRow['talk']),
  }
}
