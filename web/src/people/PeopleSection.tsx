// Agents and skill groups: who is known, when they were seen, and what they are called here.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { givePersonName, PAGE_PEOPLE, type PeopleKind, type PersonJson, peopleQuery } from '../api/people.ts'
import { Answer } from '../operations/Answer.tsx'
import { RadioGroup } from '../ui/antd/RadioGroup.ts'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { TextField } from '../ui/TextField.tsx'
import { PersonRow } from './PersonRow.tsx'
import './people.css'

const KINDS: readonly PeopleKind[] = ['agents', 'skill-groups']

export function Component() {
  const { t, i18n } = useTranslation()
  const { scopes } = useOpenSession()
  const client = useQueryClient()
  const [kind, setKind] = useState<PeopleKind>('agents')
  const [text, setText] = useState('')
  const [hidden, setHidden] = useState(false)
  const [page, setPage] = useState(1)
  const query = useQuery(peopleQuery({ kind, text: text.trim(), hidden, page }))
  const give = useMutation({
    mutationFn: ({ id, name, isHidden }: { id: string; name: string | null; isHidden: boolean }) =>
      givePersonName(kind, id, { name, hidden: isHidden }),
    // Names stand everywhere: whatever was asked for is asked for again.
    onSuccess: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'preferences',
      }),
  })
  const mayName = scopes.includes('names:write')
  const number = (n: number) => n.toLocaleString(i18n.language)
  const from = (change: () => void) => {
    setPage(1)
    give.reset()
    change()
  }
  return (
    <section className="operations-section" aria-label={t('settings.tab.people')}>
      <h1 className="section-title">{t('settings.tab.people')}</h1>
      <p className="section-hint">
        {mayName ? `${t('settings.people.hint')} ${t('settings.people.hideHint')}` : t('operations.readOnly')}
      </p>
      <div className="settings-bar">
        <RadioGroup
          optionType="button"
          buttonStyle="solid"
          aria-label={t('settings.people.kind')}
          value={kind}
          options={KINDS.map((one) => ({
            value: one,
            label: t(one === 'agents' ? 'settings.people.agents' : 'settings.people.groups'),
          }))}
          onChange={(event) => from(() => setKind(event.target.value))}
        />
        <RadioGroup
          optionType="button"
          buttonStyle="solid"
          value={hidden}
          options={[false, true].map((one) => ({
            value: one,
            label: t(one ? 'settings.people.hidden' : 'settings.people.shown'),
          }))}
          onChange={(event) => from(() => setHidden(event.target.value))}
        />
        <TextField
          className="find"
          onClear={() => from(() => setText(''))}
          aria-label={t('settings.people.find')}
          placeholder={t('settings.people.find')}
          value={text}
          maxLength={100}
          onChange={(event) => from(() => setText(event.target.value))}
        />
        <p className={give.error ? 'toolbar-result is-bad' : 'toolbar-result'} role={give.error ? 'alert' : 'status'}>
          {give.error
            ? problemText(give.error, t)
            : give.data
              ? t('settings.people.saved', { name: give.data.name ?? give.data.id })
              : ''}
        </p>
      </div>
      <Answer query={query}>
        {({ items, total, days }) =>
          total === 0 ? (
            <Nobody kind={kind} isSearched={text.trim() !== ''} isHidden={hidden} />
          ) : (
            <>
              <div className="settings-table-frame">
                <table className="settings-table people-table">
                  <thead>
                    <tr>
                      <th scope="col">{t('settings.people.id')}</th>
                      <th scope="col">{t('settings.people.name')}</th>
                      <th scope="col">{t('settings.people.firstSeen')}</th>
                      <th scope="col">{t('settings.people.lastSeen')}</th>
                      <th scope="col" className="is-number">
                        {t('settings.people.calls', { days })}
                      </th>
                      {mayName ? (
                        <th scope="col">
                          <span className="off-sight">{t('settings.people.actions')}</span>
                        </th>
                      ) : null}
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((person: PersonJson) => (
                      <PersonRow
                        key={`${kind} ${person.id} ${person.givenName ?? ''}`}
                        kind={kind}
                        person={person}
                        onGive={mayName ? (name, isHidden) => give.mutate({ id: person.id, name, isHidden }) : null}
                      />
                    ))}
                  </tbody>
                </table>
              </div>
              <div className="pages">
                <span className="faint tabular">{t('settings.people.total', { n: number(total) })}</span>
                {total > PAGE_PEOPLE ? (
                  <>
                    <Button size="small" disabled={page === 1} onClick={() => setPage(page - 1)}>
                      {t('settings.people.previous')}
                    </Button>
                    <span className="tabular">
                      {t('settings.people.page', { page, pages: Math.ceil(total / PAGE_PEOPLE) })}
                    </span>
                    <Button size="small" disabled={page * PAGE_PEOPLE >= total} onClick={() => setPage(page + 1)}>
                      {t('settings.people.next')}
                    </Button>
                  </>
                ) : null}
              </div>
            </>
          )
        }
      </Answer>
    </section>
  )
}

function Nobody({ kind, isSearched, isHidden }: { kind: PeopleKind; isSearched: boolean; isHidden: boolean }) {
  const { t } = useTranslation()
  if (isSearched) return <Notice title={t('settings.people.none')} />
  if (isHidden) return <Notice title={t('settings.people.noneHidden')} hint={t('settings.people.hideHint')} />
  return (
    <Notice
      title={t(kind === 'agents' ? 'settings.people.empty' : 'settings.people.emptyGroups')}
      hint={t('settings.people.emptyHint')}
    />
  )
}
