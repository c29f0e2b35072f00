// A new account, or an account's role and agent number. The password of a new one is made up by the server.

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeUser, makeUser, type Role, type UserJson } from '../api/accounts.ts'
import { Checkbox } from '../ui/antd/Checkbox.ts'
import { RadioGroup } from '../ui/antd/RadioGroup.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { TextField } from '../ui/TextField.tsx'
import '../ui/form.css'

const ROLES: readonly Role[] = ['agent', 'manager', 'admin']

interface UserDialogProps {
  /** null: a new one. */
  user: UserJson | null
  onDone(made: { name: string; password: string } | null): void
  onClose(): void
}

export function UserDialog({ user, onDone, onClose }: UserDialogProps) {
  const { t } = useTranslation()
  const ids = { name: useId(), agent: useId(), hint: useId() }
  const [name, setName] = useState(user?.name ?? '')
  const [role, setRole] = useState<Role>(user?.role ?? 'agent')
  const [agentId, setAgentId] = useState(user?.agentId ?? '')
  const [masksNumbers, setMasksNumbers] = useState(user?.masksNumbers ?? false)
  const save = useMutation({
    mutationFn: async () => {
      const own = {
        role,
        agentId: role === 'agent' && agentId.trim() !== '' ? agentId.trim() : null,
        // Administrators see all there is.
        masksNumbers: masksNumbers && role !== 'admin',
      }
      if (user) {
        await changeUser(user.id, own)
        return null
      }
      const made = await makeUser({ name: name.trim(), ...own })
      return { name: made.name, password: made.oneTimePassword ?? '' }
    },
    onSuccess: onDone,
  })

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (name.trim() !== '' && !save.isPending) save.mutate()
  }

  return (
    <Dialog title={user ? t('settings.users.editOf', { name: user.name }) : t('settings.users.add')} onClose={onClose}>
      <form className="settings-form" onSubmit={submit} noValidate>
        {user ? null : (
          <div className="form-field">
            <label htmlFor={ids.name}>{t('settings.users.name')}</label>
            <TextField
              id={ids.name}
              autoFocus
              autoComplete="off"
              value={name}
              maxLength={64}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
        )}
        <RadioGroup
          optionType="button"
          buttonStyle="solid"
          aria-label={t('settings.users.role')}
          value={role}
          options={ROLES.map((one) => ({ value: one, label: t(`user.role.${one}`) }))}
          onChange={(event) => setRole(event.target.value)}
        />
        {role === 'agent' ? (
          <div className="form-field">
            <label htmlFor={ids.agent}>{t('settings.users.agent')}</label>
            <TextField
              id={ids.agent}
              aria-describedby={ids.hint}
              value={agentId}
              maxLength={128}
              onChange={(event) => setAgentId(event.target.value)}
            />
            <span id={ids.hint} className="faint">
              {t('settings.users.agentHint')}
            </span>
          </div>
        ) : null}
        {role === 'admin' ? null : (
          <Checkbox checked={masksNumbers} onChange={(event) => setMasksNumbers(event.target.checked)}>
            {t('settings.users.masks')}
            <span className="faint block-hint">{t('settings.users.masksHint')}</span>
          </Checkbox>
        )}
        {save.error ? (
          <p className="card-problem is-bad" role="alert">
            {problemText(save.error, t)}
          </p>
        ) : null}
        <footer className="dialog-buttons">
          <Button onClick={onClose}>{t('password.cancel')}</Button>
          <Button look="primary" type="submit" isBusy={save.isPending} disabled={name.trim() === ''}>
            {user ? t('password.save') : t('settings.users.create')}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}
