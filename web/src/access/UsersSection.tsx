// Accounts of people, for administrators: making, changing, disabling, and a new one-time password.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeUser, type UserJson, usersQuery } from '../api/accounts.ts'
import { Answer } from '../operations/Answer.tsx'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { SecretOnce } from '../ui/SecretOnce.tsx'
import { dayOf } from '../ui/time.ts'
import { newPassword } from './new-password.ts'
import { useOpenSession } from './session-context.ts'
import { UserDialog } from './UserDialog.tsx'

type Asked = { what: 'make' } | { what: 'edit' | 'disable' | 'reset'; user: UserJson }

export function Component() {
  const { t } = useTranslation()
  const { user: me } = useOpenSession()
  const client = useQueryClient()
  const users = useQuery(usersQuery)
  const [asked, ask] = useState<Asked | null>(null)
  const [secret, setSecret] = useState<{ name: string; password: string } | null>(null)
  const renew = () => client.invalidateQueries({ queryKey: usersQuery.queryKey })
  const change = useMutation({
    mutationFn: ({ id, ...rest }: { id: string } & Parameters<typeof changeUser>[1]) => changeUser(id, rest),
    onSettled: renew,
  })
  const reset = useMutation({
    mutationFn: async (user: UserJson) => {
      const password = newPassword()
      await changeUser(user.id, { password, mustChangePassword: true })
      return { name: user.name, password }
    },
    onSuccess: setSecret,
    onSettled: renew,
  })
  const problem = change.error ?? reset.error
  const close = () => ask(null)
  return (
    <section className="operations-section" aria-label={t('settings.tab.users')}>
      <h1 className="section-title">{t('settings.tab.users')}</h1>
      <div className="settings-bar">
        <p className="section-hint">{t('settings.users.hint')}</p>
        <Button look="primary" className="is-last" onClick={() => ask({ what: 'make' })}>
          {t('settings.users.add')}
        </Button>
      </div>
      {problem ? (
        <p className="card-problem is-bad" role="alert">
          {problemText(problem, t)}
        </p>
      ) : null}
      <Answer query={users}>
        {(items) => (
          <div className="settings-table-frame">
            <table className="settings-table">
              <thead>
                <tr>
                  <th scope="col">{t('settings.users.name')}</th>
                  <th scope="col">{t('settings.users.role')}</th>
                  <th scope="col">{t('settings.users.state')}</th>
                  <th scope="col">{t('settings.users.made')}</th>
                  <th scope="col">
                    <span className="off-sight">{t('settings.users.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((user) => (
                  <UserRow
                    key={user.id}
                    user={user}
                    isMe={user.id === me.id}
                    onAsk={(what) => ask({ what, user })}
                    onEnable={() => change.mutate({ id: user.id, disabled: false })}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answer>
      {asked?.what === 'make' || asked?.what === 'edit' ? (
        <UserDialog
          user={asked.what === 'edit' ? asked.user : null}
          onDone={(made) => {
            void renew()
            close()
            if (made) setSecret(made)
          }}
          onClose={close}
        />
      ) : null}
      {asked?.what === 'disable' ? (
        <ConfirmDialog
          title={t('settings.users.disableTitle', { name: asked.user.name })}
          text={t('settings.users.disableText')}
          action={t('settings.users.disable')}
          isDangerous
          onConfirm={() => change.mutate({ id: asked.user.id, disabled: true })}
          onClose={close}
        />
      ) : null}
      {asked?.what === 'reset' ? (
        <ConfirmDialog
          title={t('settings.users.resetTitle', { name: asked.user.name })}
          text={t('settings.users.resetText')}
          action={t('settings.users.reset')}
          onConfirm={() => reset.mutate(asked.user)}
          onClose={close}
        />
      ) : null}
      {secret && !asked ? (
        <SecretOnce
          title={t('settings.users.oneTime', { name: secret.name })}
          hint={t('settings.users.oneTimeHint')}
          secret={secret.password}
          done={t('settings.done')}
          onClose={() => setSecret(null)}
        />
      ) : null}
    </section>
  )
}

interface UserRowProps {
  user: UserJson
  isMe: boolean
  onAsk(what: 'edit' | 'disable' | 'reset'): void
  onEnable(): void
}

function UserRow({ user, isMe, onAsk, onEnable }: UserRowProps) {
  const { t } = useTranslation()
  const { name, role, agentId, masksNumbers, disabledAt, mustChangePassword, createdAt } = user
  const isActive = disabledAt === null
  return (
    <tr className={isActive ? undefined : 'is-away'}>
      <th scope="row">
        {name} {isMe ? <span className="tag">{t('settings.users.you')}</span> : null}
      </th>
      <td>
        {t(`user.role.${role}`)}
        {role === 'agent' ? <span className="faint"> · {agentId ?? t('settings.users.noAgent')}</span> : null}
        {masksNumbers && role !== 'admin' ? <span className="tag">{t('settings.users.masked')}</span> : null}
      </td>
      <td>
        {t(
          !isActive
            ? 'settings.users.disabled'
            : mustChangePassword
              ? 'settings.users.mustChange'
              : 'settings.users.active',
        )}
      </td>
      <td className="tabular is-nowrap">{dayOf(createdAt)}</td>
      <td className="is-actions">
        {isMe ? null : isActive ? (
          <>
            <Button
              size="small"
              look="text"
              aria-label={t('settings.users.editOf', { name })}
              onClick={() => onAsk('edit')}
            >
              {t('settings.users.edit')}
            </Button>
            <Button
              size="small"
              look="text"
              aria-label={t('settings.users.resetOf', { name })}
              onClick={() => onAsk('reset')}
            >
              {t('settings.users.reset')}
            </Button>
            <Button
              size="small"
              look="text"
              isDanger
              aria-label={t('settings.users.disableOf', { name })}
              onClick={() => onAsk('disable')}
            >
              {t('settings.users.disable')}
            </Button>
          </>
        ) : (
          <Button size="small" look="text" aria-label={t('settings.users.enableOf', { name })} onClick={onEnable}>
            {t('settings.users.enable')}
          </Button>
        )}
      </td>
    </tr>
  )
}
