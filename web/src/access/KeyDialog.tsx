// A new key: what it is for, and what it may do.

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { makeKey } from '../api/accounts.ts'
import { Checkbox } from '../ui/antd/Checkbox.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { TextField } from '../ui/TextField.tsx'
import { SCOPES } from './scopes.ts'
import '../ui/form.css'

interface KeyDialogProps {
  scopeText(scope: string): string
  onMade(made: { name: string; key: string }): void
  onClose(): void
}

export function KeyDialog({ scopeText, onMade, onClose }: KeyDialogProps) {
  const { t } = useTranslation()
  const id = useId()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly string[]>(['events:write'])
  const [masksNumbers, setMasksNumbers] = useState(false)
  const make = useMutation({
    mutationFn: () =>
      makeKey({ name: name.trim(), scopes: SCOPES.filter((scope) => scopes.includes(scope)), masksNumbers }),
    onSuccess: onMade,
  })
  const isReady = name.trim() !== '' && scopes.length > 0

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (isReady && !make.isPending) make.mutate()
  }

  return (
    <Dialog title={t('settings.keys.add')} isWide onClose={onClose}>
      <form className="settings-form" onSubmit={submit} noValidate>
        <div className="form-field">
          <label htmlFor={id}>{t('settings.keys.name')}</label>
          <TextField
            id={id}
            autoFocus
            value={name}
            maxLength={64}
            placeholder={t('settings.keys.namePlaceholder')}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <fieldset className="scope-list plain-fieldset">
          <legend>{t('settings.keys.scopes')}</legend>
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              title={scope}
              checked={scopes.includes(scope)}
              onChange={(event) =>
                setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((one) => one !== scope))
              }
            >
              {scopeText(scope)}
            </Checkbox>
          ))}
        </fieldset>
        <Checkbox checked={masksNumbers} onChange={(event) => setMasksNumbers(event.target.checked)}>
          {t('settings.users.masks')}
          <span className="faint block-hint">{t('settings.users.masksHint')}</span>
        </Checkbox>
        {make.error ? (
          <p className="card-problem is-bad" role="alert">
            {problemText(make.error, t)}
          </p>
        ) : null}
        <footer className="dialog-buttons">
          <Button onClick={onClose}>{t('password.cancel')}</Button>
          <Button look="primary" type="submit" isBusy={make.isPending} disabled={!isReady}>
            {t('settings.keys.create')}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
