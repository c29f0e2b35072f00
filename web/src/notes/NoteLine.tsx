// One note as it is read: who, when, of which moment, the words and the tags.
import { useTranslation } from 'react-i18next'
import type { NoteJson } from '../api/notes.ts'
import { clockOf, dayOf, durationText } from '../ui/time.ts'

interface NoteLineProps {
  note: NoteJson
  mayRemove: boolean
  onListen: ((atMs: number) => void) | null
  onEdit(): void
  onRemove(): void
}

export function NoteLine({ note, mayRemove, onListen, onEdit, onRemove }: NoteLineProps) {
  const { t } = useTranslation()
  const { offsetMs } = note
  return (
    <li className="note">
      <p className="note-head">
        <strong>{note.author}</strong>
        <time className="tabular faint" dateTime={note.at}>
          {dayOf(note.at)} {clockOf(note.at)}
        </time>
        {note.editedAt !== null ? <span className="faint">{t('notes.edited')}</span> : null}
        <span className="note-actions">
          {note.isMine ? (
            <button type="button" className="note-action" onClick={onEdit}>
              {t('notes.edit')}
            </button>
          ) : null}
          {mayRemove ? (
            <button type="button" className="note-action" onClick={onRemove}>
              {t('notes.remove')}
            </button>
          ) : null}
        </span>
      </p>
      {note.text === '' ? null : (
        <p className="note-text">
          {offsetMs === null ? null : onListen ? (
            <button
              type="button"
              className="note-moment tabular"
              title={t('flow.listen')}
              onClick={() => onListen(offsetMs)}
            >
              {durationText(offsetMs)}
            </button>
          ) : (
            <span className="note-moment tabular">{durationText(offsetMs)}</span>
          )}
          {note.text}
        </p>
      )}
      {note.tags.length === 0 ? null : (
        <p className="note-tags">
          {note.tags.map((tag) => (
            <span key={tag} className="note-tag">
              {tag}
            </span>
          ))}
        </p>
      )}
    </li>
  )
}
