// What to export: the calls as a workbook or a CSV, or their audio. How many there are is said before, and the file is made
// in the background: the dialog closes, and the tray on top of the page shows how far it is.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, Fragment, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import type { CallCount } from '../api/calls.ts'
import { beginExport, type ExportJson, exportsQuery } from '../api/exports.ts'
import type { Language } from '../i18n/first-language.ts'
import { Button } from '../ui/Button.tsx'
import { problemText } from '../ui/problem-text.ts'
import { ColumnChoice } from './ColumnChoice.tsx'
import { openTray } from './open-tray.ts'
import '../ui/dialog.css'
import './export-dialog.css'

interface ExportDialogProps {
  criteria: string
  count: CallCount | null
  onClose(): void
}

const KINDS = ['xlsx', 'csv', 'audio'] as const

export default function ExportDialog({ criteria, count, onClose }: ExportDialogProps) {
  const { t, i18n } = useTranslation()
  const { scopes } = useOpenSession()
  const client = useQueryClient()
  const dialog = useRef<HTMLDialogElement>(null)
  const ids = { title: useId(), kind: useId() }
  const [kind, setKind] = useState<ExportJson['kind']>('xlsx')
  const [plain, setPlain] = useState(false)
  const [columns, setColumns] = useState<string[]>([])
  const language = i18n.language as Language
  const begin = useMutation({
    mutationFn: beginExport,
    onSuccess: async () => {
      onClose()
      await client.invalidateQueries({ queryKey: exportsQuery.queryKey })
      openTray()
    },
  })

  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Closed rather than only taken away: the focus goes back to where it was.
    return () => shown?.close()
  }, [])

  function submit(event: FormEvent): void {
    event.preventDefault()
    begin.mutate({ kind, criteria, language, columns: kind === 'audio' ? [] : columns, plain })
  }

  return (
    <dialog ref={dialog} className="dialog export-dialog" aria-labelledby={ids.title} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={ids.title}>{t('exports.title')}</h2>
        <p className="dialog-text">{count === null ? '' : countText(count)}</p>
        <fieldset className="export-kinds">
          <legend className="off-sight">{t('exports.kindLabel')}</legend>
          {KINDS.filter((one) => one !== 'audio' || scopes.includes('recordings:read')).map((one) => (
            <Fragment key={one}>
              <label className="export-kind">
                <input type="radio" name={ids.kind} checked={kind === one} onChange={() => setKind(one)} />
                <span>
                  <span className="export-kind-name">{t(`exports.kind.${one}`)}</span>
                  <span className="export-kind-hint">{t(`exports.kindHint.${one}`)}</span>
                </span>
              </label>
              {one === 'csv' && kind === 'csv' ? (
                <label className="export-plain">
                  <input type="checkbox" checked={plain} onChange={(event) => setPlain(event.target.checked)} />
                  <span>
                    {t('exports.plain')}
                    <span className="export-kind-hint">{t('exports.plainHint')}</span>
                  </span>
                </label>
              ) : null}
            </Fragment>
          ))}
        </fieldset>
        {kind === 'audio' ? null : <ColumnChoice language={language} chosen={columns} onChange={setColumns} />}
        {begin.error ? (
          <p className="export-problem" role="alert">
            {problemText(begin.error, t)}
          </p>
        ) : null}
        <footer className="dialog-buttons">
          <Button onClick={onClose}>{t('password.cancel')}</Button>
          <Button look="primary" type="submit" isBusy={begin.isPending}>
            {t('exports.begin')}
          </Button>
        </footer>
      </form>
    </dialog>
  )

  function countText({ count, exact }: CallCount): string {
    const formatted = count.toLocaleString(i18n.language)
    return exact ? t('exports.count', { count, formatted }) : t('exports.countAtLeast', { formatted })
  }
}
