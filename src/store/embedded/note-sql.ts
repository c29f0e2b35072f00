// People's notes on calls, in SQL.
import type { Note, TagChange } from '../../notes/note.ts'
import { withTags } from './call-tags-sql.ts'
import type { Database, Row } from './database.ts'

export function addNote(db: Database, note: Note, most: number): 'too-many' | TagChange | null {
  return db.transaction(() => {
    const row = db.get('SELECT count(*) AS n FROM note WHERE instance = ? AND call_id = ?', note.instance, note.callId)
    if (Number(row?.n) >= most) return 'too-many'
    const { instance, callId, id, offsetMs, text, tags, author, authorId, at, editedAt } = note
    return withTags(db, note, tags, () => {
      db.run(
        `INSERT INTO note (instance, call_id, id, offset_ms, text, tags, author, author_id, at, edited_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[instance, callId, id, offsetMs, text, JSON.stringify(tags), author, authorId, at, editedAt],
      )
      noteTags(db, instance, tags, at)
    })
  })
}

export function changeNote(db: Database, note: Note): TagChange | null {
  const { instance, id, offsetMs, text, tags, at, editedAt } = note
  return db.transaction(() => {
    // Perhaps of another call than it says, or gone: what is kept counts.
    const kept = db.get('SELECT call_id FROM note WHERE instance = ? AND id = ?', instance, id)
    if (!kept) return null
    return withTags(db, { ...note, callId: String(kept.call_id) }, tags, () => {
      db.run(
        'UPDATE note SET offset_ms = ?, text = ?, tags = ?, edited_at = ? WHERE instance = ? AND id = ?',
        ...[offsetMs, text, JSON.stringify(tags), editedAt, instance, id],
      )
      noteTags(db, instance, tags, editedAt ?? at)
    })
  })
}

export function removeNote(db: Database, instance: string, id: string): TagChange | null {
  return db.transaction(() => {
    const kept = db.get('SELECT call_id FROM note WHERE instance = ? AND id = ?', instance, id)
    if (!kept) return null
    return withTags(db, { instance, id, callId: String(kept.call_id) }, [], () => {
      db.run('DELETE FROM note WHERE instance = ? AND id = ?', instance, id)
    })
  })
}

/** Of a call and of those merged into it, oldest first. */
export function notes(db: Database, instance: string, callId: string): Note[] {
  return db
    .all(
      `SELECT * FROM note WHERE instance = ? AND call_id IN
         (SELECT ? UNION SELECT id FROM call WHERE instance = ? AND merged_into = ?)
       ORDER BY at, id LIMIT 1000`,
      ...[instance, callId, instance, callId],
    )
    .map(toNote)
}

export function tags(db: Database, instance: string, limit: number): string[] {
  return db
    .all('SELECT tag FROM note_tag WHERE instance = ? ORDER BY used_at DESC, tag LIMIT ?', instance, limit)
    .map(({ tag }) => String(tag))
}

function noteTags(db: Database, instance: string, used: readonly string[], at: number): void {
  for (const tag of used)
    db.run('INSERT OR REPLACE INTO note_tag (instance, tag, used_at) VALUES (?, ?, ?)', instance, tag, at)
}

function toNote(row: Row): Note {
  return {
    instance: String(row.instance),
    id: String(row.id),
    callId: String(row.call_id),
    offsetMs: row.offset_ms === null ? null : Number(row.offset_ms),
    text: String(row.text),
    tags: JSON.parse(String(row.tags)) as string[],
    author: String(row.author),
    authorId: String(row.author_id),
    at: Number(row.at),
    editedAt: row.edited_at === null ? null : Number(row.edited_at),
  }
}
