// What people wrote to a call, and writing more. A note may speak of one moment: a click on its time plays from there.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addNote, changeNote, type NoteJson, notesQuery, removeNote, type WrittenNote } from '../api/notes.ts'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { NoteForm } from './NoteForm.tsx'
import { NoteLine } from './NoteLine.tsx'
import './notes.css'

interface NotesSectionProps {
  callId: string
  isAdmin: boolean
  /** Where the sound of this call is just now, ms since its start; null: it does not play. */
  playheadMs: number | null
  onListen: ((atMs: number) => void) | null
}

export function NotesSection({ callId, isAdmin, playheadMs, onListen }: NotesSectionProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const notes = useQuery(notesQuery(callId))
  const [edited, setEdited] = useState<string | null>(null)
  const [removed, setRemoved] = useState<NoteJson | null>(null)
  const [problem, setProblem] = useState<unknown>(null)

  /** true: it is on disk and shown. What was typed stays where it could not be kept. */
  async function keep(work: Promise<unknown>): Promise<boolean> {
    setProblem(null)
    try {
      await work
    } catch (error) {
      setProblem(error)
      return false
    } finally {
      await client.invalidateQueries({ queryKey: ['notes', callId] })
      void client.invalidateQueries({ queryKey: ['note-tags'] })
    }
    return true
  }

  const items = notes.data?.items ?? []
  return (
    <section className="notes" aria-label={t('notes.title')}>
      <h2>
        {t('notes.title')} {items.length > 0 ? <span className="faint">{items.length}</span> : null}
      </h2>
      {notes.isError ? <p role="alert">{problemText(notes.error, t)}</p> : null}
      <ul className="plain">
        {items.map((note) =>
          edited === note.id ? (
            <li key={note.id}>
              <NoteForm
                note={note}
                momentMs={note.offsetMs}
                onSave={async (written) => {
                  const isKept = await keep(changeNote(note, written))
                  if (isKept) setEdited(null)
                  return isKept
                }}
                onCancel={() => setEdited(null)}
              />
            </li>
          ) : (
            <NoteLine
              key={note.id}
              note={note}
              mayRemove={note.isMine || isAdmin}
              onListen={onListen}
              onEdit={() => setEdited(note.id)}
              onRemove={() => setRemoved(note)}
            />
          ),
        )}
      </ul>
      {problem ? (
        <p className="notes-problem" role="alert">
          {problemText(problem, t)}
        </p>
      ) : null}
      <NoteForm momentMs={playheadMs} onSave={(written: WrittenNote) => keep(addNote(callId, written))} />
      {removed ? (
        <ConfirmDialog
          title={t('notes.removeTitle')}
          text={removed.text || removed.tags.join('、')}
          action={t('notes.remove')}
          isDangerous
          onConfirm={() => void keep(removeNote(removed))}
          onClose={() => setRemoved(null)}
        />
      ) : null}
    </section>
  )
}
