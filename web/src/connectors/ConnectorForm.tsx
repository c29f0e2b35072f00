// The settings of a connection: to be tried out first, then saved, after which it runs at once. In the guide and in the
// dialog of a connection that is there.

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { saveConnector } from '../api/connectors.ts'
import { connectorsQuery } from '../api/operations.ts'
import { Checkbox } from '../ui/antd/Checkbox.ts'
import { Select } from '../ui/antd/Select.ts'
import { Button } from '../ui/Button.tsx'
import { PasswordField } from '../ui/PasswordField.tsx'
import { problemText } from '../ui/problem-text.ts'
import { TextField } from '../ui/TextField.tsx'
import { type ConnectorDraft, type DraftMistake, type LeftSide, mistakeIn, wishOf } from './connector-draft.ts'
import { TestResult } from './TestResult.tsx'
import { useConnectorTest } from './use-connector-test.ts'
import '../ui/form.css'
import './connectors.css'

interface ConnectorFormProps {
  draft: ConnectorDraft
  onChange(draft: ConnectorDraft): void
  /** The connection that is changed; null: a new one. */
  changed: string | null
  /** A secret is kept already. */
  hasSecret?: boolean
  onSaved(name: string): void
  onCancel?(): void
}

const LEFT: readonly LeftSide[] = ['customer', 'agent', 'caller']
const LISTS = ['agents', 'trunks', 'externalTrunks', 'virtualNumbers'] as const

export function ConnectorForm({ draft, onChange, changed, hasSecret = false, onSaved, onCancel }: ConnectorFormProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const test = useConnectorTest()
  const [mistake, setMistake] = useState<DraftMistake | null>(null)
  const save = useMutation({
    mutationFn: () => saveConnector(changed, wishOf(draft)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: connectorsQuery.queryKey })
      client.removeQueries({ queryKey: ['doctor', draft.name.trim()] })
      onSaved(draft.name.trim())
    },
  })
  const isAsterisk = draft.type === 'asterisk'
  const set = (part: Partial<ConnectorDraft>) => {
    setMistake(null)
    // What was found holds for what was tried.
    test.reset()
    save.reset()
    onChange({ ...draft, ...part })
  }
  const attempt = (work: () => void) => {
    const wrong = mistakeIn(draft, hasSecret)
    setMistake(wrong)
    if (wrong === null) work()
  }
  const problem = mistake ? t(`connect.form.${mistake}`) : problemOf(save.error ?? test.error)

  function submit(event: FormEvent): void {
    event.preventDefault()
    attempt(() => save.mutate())
  }

  function problemOf(error: unknown): string | null {
    return error ? problemText(error, t) : null
  }

  return (
    <form className="connector-form" onSubmit={submit} noValidate aria-label={t('connect.form.title')}>
      <div className="form-grid">
        <Field label={t('connect.form.name')} hint={changed === null ? t('connect.form.nameHint') : null}>
          {(id, hint) => (
            <TextField
              id={id}
              aria-describedby={hint}
              value={draft.name}
              maxLength={64}
              disabled={changed !== null}
              onChange={(event) => set({ name: event.target.value })}
            />
          )}
        </Field>
        <div className="form-pair">
          <Field label={t('connect.form.host')}>
            {(id) => (
              <TextField
                id={id}
                value={draft.host}
                maxLength={255}
                onChange={(event) => set({ host: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('connect.form.port')}>
            {(id) => (
              <TextField
                id={id}
                value={draft.port}
                maxLength={5}
                inputMode="numeric"
                onChange={(event) => set({ port: event.target.value })}
              />
            )}
          </Field>
        </div>
        {isAsterisk ? (
          <Field label={t('connect.form.username')}>
            {(id) => (
              <TextField
                id={id}
                value={draft.username}
                maxLength={128}
                autoComplete="off"
                onChange={(event) => set({ username: event.target.value })}
              />
            )}
          </Field>
        ) : null}
        <Field label={t('connect.form.secret')}>
          {(id) => (
            <PasswordField
              id={id}
              value={draft.secret}
              maxLength={512}
              autoComplete="new-password"
              placeholder={hasSecret ? t('connect.form.secretKept') : ''}
              onChange={(event) => set({ secret: event.target.value })}
            />
          )}
        </Field>
        <Field label={t('connect.form.folder')} hint={t('connect.form.folderHint')} isWide>
          {(id, hint) => (
            <TextField
              id={id}
              aria-describedby={hint}
              className="mono"
              value={draft.folder}
              maxLength={1000}
              placeholder={isAsterisk ? '/var/spool/asterisk/monitor' : '/var/lib/freeswitch/recordings'}
              onChange={(event) => set({ folder: event.target.value })}
            />
          )}
        </Field>
      </div>
      <details className="form-more">
        <summary>{t('connect.form.more')}</summary>
        <p className="faint">{t('connect.form.listHint')}</p>
        <div className="form-grid">
          {LISTS.map((list) => (
            <Field key={list} label={t(`connect.form.${list}`)}>
              {(id) => (
                <TextField
                  id={id}
                  className="mono"
                  value={draft[list]}
                  onChange={(event) => set({ [list]: event.target.value })}
                />
              )}
            </Field>
          ))}
          <Field label={t('connect.form.names')} hint={t('connect.form.namesHint')}>
            {(id, hint) => (
              <TextField
                id={id}
                aria-describedby={hint}
                className="mono"
                value={draft.names}
                maxLength={200}
                onChange={(event) => set({ names: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('connect.form.left')}>
            {(id) => (
              <Select<LeftSide>
                id={id}
                value={draft.left}
                options={LEFT.map((side) => ({ value: side, label: t(`connect.form.leftChoice.${side}`) }))}
                onChange={(left) => set({ left })}
              />
            )}
          </Field>
          {isAsterisk ? (
            <Checkbox checked={draft.isPlain} onChange={(event) => set({ isPlain: event.target.checked })}>
              {t('connect.form.plain')}
            </Checkbox>
          ) : null}
        </div>
      </details>
      {problem ? (
        <p className="card-problem is-bad" role="alert">
          {problem}
        </p>
      ) : null}
      <div className="form-end">
        <Button
          // Its name stays, whatever turns beside it.
          aria-label={t('connect.form.test')}
          isBusy={test.isPending}
          onClick={() => attempt(() => test.mutate(wishOf(draft)))}
        >
          {t('connect.form.test')}
        </Button>
        <Button look="primary" type="submit" isBusy={save.isPending}>
          {changed === null ? t('connect.form.connect') : t('connect.form.save')}
        </Button>
        {onCancel ? <Button onClick={onCancel}>{t('connect.form.cancel')}</Button> : null}
        <span className="faint">{test.isPending ? t('connect.form.testing') : t('connect.form.kept')}</span>
      </div>
      {test.data ? <TestResult findings={test.data.findings} /> : null}
    </form>
  )
}

interface FieldProps {
  label: string
  hint?: string | null
  isWide?: boolean
  children(id: string, hintId: string | undefined): ReactNode
}

function Field({ label, hint = null, isWide = false, children }: FieldProps) {
  const id = useId()
  const hintId = `${id}-hint`
  return (
    <div className={isWide ? 'form-field is-wide' : 'form-field'}>
      <label htmlFor={id}>{label}</label>
      {children(id, hint === null ? undefined : hintId)}
      {hint === null ? null : (
        <span id={hintId} className="faint">
          {hint}
        </span>
      )}
    </div>
  )
}
