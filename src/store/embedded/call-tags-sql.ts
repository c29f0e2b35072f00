// The tags of calls, in SQL: of their notes, and of the notes of calls merged into them. Kept beside the notes, so that a
// search finds them; a call whose tags change gets a new change number, since lists and feeds must hear of it.
import type { CallSummary } from '../../calls/call.ts'
import { tagKey } from '../../calls/call-search.ts'
import type { Note, TagChange } from '../../notes/note.ts'
import type { Database, Row } from './database.ts'

/** For a query of `call`: its tags as a JSON array; null: none. */
export const TAGS_OF_CALL = `(SELECT nullif(json_group_array(tag), '[]') FROM (
  SELECT min(tag) AS tag FROM call_tag INDEXED BY call_tag_of_call WHERE call_tag.instance = call.instance
    AND call_tag.call_id IN (SELECT call.id UNION ALL SELECT part.id FROM call AS part INDEXED BY call_merged
      WHERE part.instance = call.instance AND part.merged_into = call.id)
  GROUP BY tag_key ORDER BY tag_key))`

export function readTags({ tags }: Row): Pick<CallSummary, 'tags'> {
  return typeof tags === 'string' ? { tags: JSON.parse(tags) as string[] } : {}
}

export function tagsOfCall(db: Database, instance: string, id: string): string[] {
  const row = db.get(`SELECT ${TAGS_OF_CALL} AS tags FROM call WHERE instance = ? AND id = ?`, instance, id)
  return row ? (readTags(row).tags ?? []) : []
}

/** Writes what `change` does to notes, their tags with it, and tells of the call if its tags are others then. */
export function withTags(
  db: Database,
  { instance, callId, id }: Pick<Note, 'instance' | 'callId' | 'id'>,
  tags: readonly string[],
  change: () => void,
): TagChange | null {
  const call = survivorId(db, instance, callId)
  const before = call === null ? [] : tagsOfCall(db, instance, call)
  change()
  db.run('DELETE FROM call_tag WHERE instance = ? AND call_id = ? AND note_id = ?', instance, callId, id)
  for (const tag of tags)
    db.run(
      'INSERT OR REPLACE INTO call_tag (instance, tag_key, call_id, note_id, tag) VALUES (?, ?, ?, ?, ?)',
      ...[instance, tagKey(tag), callId, id, tag],
    )
  if (call === null || JSON.stringify(tagsOfCall(db, instance, call)) === JSON.stringify(before)) return null
  return { call: renumbered(db, instance, call), before }
}

/** The call that this one is part of, or itself; null: there is none. */
function survivorId(db: Database, instance: string, id: string): string | null {
  const row = db.get('SELECT coalesce(merged_into, id) AS id FROM call WHERE instance = ? AND id = ?', instance, id)
  return row ? String(row.id) : null
}

function renumbered(db: Database, instance: string, id: string): CallSummary {
  const seq = db.get('UPDATE instance SET seq = seq + 1 WHERE id = ? RETURNING seq', instance)?.seq
  const row = db.get(
    `UPDATE call SET seq = ? WHERE instance = ? AND id = ? RETURNING record, ${TAGS_OF_CALL} AS tags`,
    ...[Number(seq), instance, id],
  )
  if (!row) throw new Error(`the call ${id} has gone meanwhile`)
  return { ...(JSON.parse(String(row.record)) as CallSummary), ...readTags(row), seq: Number(seq) }
}
