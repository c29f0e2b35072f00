// Writing a note, or changing one. Ctrl+Enter saves; what was typed is kept until it is on disk.
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type NoteJson, noteTagsQuery, type WrittenNote } from '../api/notes.ts'
import { Select } from '../ui/antd/Select.ts'
import { Button } from '../ui/Button.tsx'
import { durationText } from '../ui/time.ts'

/** As the server has it. */
const MAX_TEXT = 2_000
const MAX_TAGS = 8

interface NoteFormProps {
  /** The one that is changed; none: a new one. */
  note?: NoteJson
  /** The moment it may speak of, ms since the call's start; null: none is to be had. */
  momentMs: number | null
  /** false: it could not be kept. */
  onSave(written: WrittenNote): Promise<boolean>
  onCancel?(): void
}

export function NoteForm({ note, momentMs, onSave, onCancel }: NoteFormProps) {
  const { t } = useTranslation()
  const knownTags = useQuery(noteTagsQuery)
  const [text, setText] = useState(note?.text ?? '')
  const [tags, setTags] = useState<string[]>(note?.tags ?? [])
  const [ofMoment, setOfMoment] = useState<number | null>(note?.offsetMs ?? null)
  const [isSaving, setSaving] = useState(false)
  const momentId = useId()
  const isEmpty = text.trim() === '' && tags.length === 0
  const offered = ofMoment ?? (momentMs === null ? null : Math.round(momentMs))

  async function save(): Promise<void> {
    if (isEmpty || isSaving) return
    setSaving(true)
    const isKept = await onSave({ text, tags, offsetMs: ofMoment })
    setSaving(false)
    if (!isKept || note) return
    setText('')
    setTags([])
    setOfMoment(null)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      void save()
    } else if (event.key === 'Escape' && onCancel) {
      // The note is left, not the call.
      event.stopPropagation()
      onCancel()
    }
  }

  return (
    <form
      className="note-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <textarea
        aria-label={t('notes.text')}
        placeholder={t('notes.placeholder')}
        rows={text === '' && !note ? 1 : 3}
        maxLength={MAX_TEXT}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="note-form-line">
        <Select
          mode="tags"
          className="note-form-tags"
          aria-label={t('notes.tags')}
          placeholder={t('notes.tags')}
          maxCount={MAX_TAGS}
          value={tags}
          options={(knownTags.data?.items ?? []).map((tag) => ({ value: tag, label: tag }))}
          notFoundContent={t('notes.tagHint')}
          onChange={(chosen: string[]) => setTags(chosen)}
        />
        {offered === null ? null : (
          <label className="note-form-moment" htmlFor={momentId}>
            <input
              id={momentId}
              type="checkbox"
              checked={ofMoment !== null}
              onChange={(event) => setOfMoment(event.target.checked ? offered : null)}
            />
            <span className="tabular">{t('notes.atMoment', { time: durationText(offered) })}</span>
          </label>
        )}
        {onCancel ? <Button onClick={onCancel}>{t('notes.cancel')}</Button> : null}
        <Button type="submit" look={isEmpty ? 'plain' : 'primary'} disabled={isEmpty} isBusy={isSaving}>
          {t('notes.save')}
        </Button>
      </div>
    </form>
  )
}
