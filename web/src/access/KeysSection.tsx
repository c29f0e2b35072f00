// Keys of programs, for administrators. A key is shown once, when it is made.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type KeyJson, keysQuery, revokeKey } from '../api/accounts.ts'
import type { Messages } from '../i18n/zh-CN.ts'
import { Answer } from '../operations/Answer.tsx'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { SecretOnce } from '../ui/SecretOnce.tsx'
import { clockOf, dayOf } from '../ui/time.ts'
import { KeyDialog } from './KeyDialog.tsx'
import { SCOPES, scopeKey } from './scopes.ts'

type Scope = keyof Messages['settings']['keys']['scope']

export function Component() {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const keys = useQuery(keysQuery)
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<{ name: string; key: string } | null>(null)
  const [leaving, setLeaving] = useState<KeyJson | null>(null)
  const renew = () => client.invalidateQueries({ queryKey: keysQuery.queryKey })
  const revoke = useMutation({ mutationFn: revokeKey, onSettled: renew })
  const scopeText = (scope: string) =>
    i18n.exists(`settings.keys.scope.${scopeKey(scope)}`) ? t(`settings.keys.scope.${scopeKey(scope) as Scope}`) : scope
  return (
    <section className="operations-section" aria-label={t('settings.tab.keys')}>
      <h1 className="section-title">{t('settings.tab.keys')}</h1>
      <div className="settings-bar">
        <p className="section-hint">{t('settings.keys.hint')}</p>
        <Button look="primary" className="is-last" onClick={() => setMaking(true)}>
          {t('settings.keys.add')}
        </Button>
      </div>
      {revoke.error ? (
        <p className="card-problem is-bad" role="alert">
          {problemText(revoke.error, t)}
        </p>
      ) : null}
      <Answer query={keys}>
        {(items) => {
          const alive = items.filter(({ revokedAt }) => revokedAt === null)
          const gone = items.filter(({ revokedAt }) => revokedAt !== null)
          return (
            <>
              {alive.length === 0 ? (
                <Notice title={t('settings.keys.empty')} hint={t('settings.keys.emptyHint')} />
              ) : (
                <div className="settings-table-frame">
                  <table className="settings-table">
                    <thead>
                      <tr>
                        <th scope="col">{t('settings.keys.name')}</th>
                        <th scope="col">{t('settings.keys.scopes')}</th>
                        <th scope="col">{t('settings.keys.made')}</th>
                        <th scope="col">{t('settings.keys.used')}</th>
                        <th scope="col">
                          <span className="off-sight">{t('settings.users.actions')}</span>
                        </th>
                      </tr>
                    </thead>
                    <tbody>
                      {alive.map((key) => (
                        <tr key={key.id}>
                          <th scope="row">{key.name}</th>
                          <td>
                            <span className="key-scopes" title={key.scopes.join(', ')}>
                              {SCOPES.every((scope) => key.scopes.includes(scope))
                                ? t('settings.keys.all')
                                : key.scopes.map(scopeText).join(' · ')}
                            </span>
                            {key.masksNumbers ? <span className="tag">{t('settings.users.masked')}</span> : null}
                          </td>
                          <td className="tabular is-nowrap">{dayOf(key.createdAt)}</td>
                          <td className="tabular is-nowrap">
                            {key.lastUsedAt ? (
                              `${dayOf(key.lastUsedAt)} ${clockOf(key.lastUsedAt).slice(0, 5)}`
                            ) : (
                              <span className="faint">{t('settings.keys.never')}</span>
                            )}
                          </td>
                          <td className="is-actions">
                            <Button
                              size="small"
                              look="text"
                              isDanger
                              aria-label={t('settings.keys.revokeOf', { name: key.name })}
                              onClick={() => setLeaving(key)}
                            >
                              {t('settings.keys.revoke')}
                            </Button>
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              )}
              {gone.length > 0 ? (
                <details className="revoked-keys">
                  <summary>{t('settings.keys.revoked', { n: gone.length })}</summary>
                  <ul className="plain lines">
                    {gone.map((key) => (
                      <li key={key.id} className="line">
                        <span className="line-main">{key.name}</span>
                        <span className="faint tabular">
                          {t('settings.keys.revokedAt', { time: dayOf(key.revokedAt ?? '') })}
                        </span>
                      </li>
                    ))}
                  </ul>
                </details>
              ) : null}
            </>
          )
        }}
      </Answer>
      {isMaking ? (
        <KeyDialog
          scopeText={scopeText}
          onMade={(key) => {
            void renew()
            setMaking(false)
            setMade(key)
          }}
          onClose={() => setMaking(false)}
        />
      ) : null}
      {made ? (
        <SecretOnce
          title={t('settings.keys.once', { name: made.name })}
          hint={t('settings.keys.onceHint')}
          secret={made.key}
          done={t('settings.done')}
          onClose={() => setMade(null)}
        />
      ) : null}
      {leaving ? (
        <ConfirmDialog
          title={t('settings.keys.revokeTitle', { name: leaving.name })}
          text={t('settings.keys.revokeText')}
          action={t('settings.keys.revoke')}
          isDangerous
          onConfirm={() => revoke.mutate(leaving.id)}
          onClose={() => setLeaving(null)}
        />
      ) : null}
    </section>
  )
}
