// One agent or skill group: the name is a field, kept when it is left or Enter is pressed; Escape takes back what was typed.

import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { PeopleKind, PersonJson } from '../api/people.ts'
import { Button } from '../ui/Button.tsx'
import { TextField } from '../ui/TextField.tsx'
import { dayOf } from '../ui/time.ts'

interface PersonRowProps {
  kind: PeopleKind
  person: PersonJson
  /** null: may only look. */
  onGive: ((name: string | null, isHidden: boolean) => void) | null
}

const NAME_CHARACTERS = 60

export function PersonRow({ kind, person, onGive }: PersonRowProps) {
  const { t, i18n } = useTranslation()
  const { id, name, pbxName, givenName, hidden, firstSeenAt, lastSeenAt, calls, isMore } = person
  const [typed, setTyped] = useState(givenName ?? '')
  const shown = name ?? id
  const number = calls.toLocaleString(i18n.language)
  const counted = isMore ? t('settings.people.moreThan', { n: number }) : number
  const search = new URLSearchParams({ range: '30d', [kind === 'agents' ? 'agent' : 'skillGroup']: id })

  function keep(): void {
    const wanted = typed.trim()
    if (wanted === (givenName ?? '')) setTyped(givenName ?? '')
    else onGive?.(wanted === '' ? null : wanted, hidden)
  }

  return (
    <tr>
      <th scope="row" className="mono">
        {id}
      </th>
      <td className="person-name">
        {onGive ? (
          <TextField
            value={typed}
            maxLength={NAME_CHARACTERS}
            aria-label={t('settings.people.nameOf', { id })}
            placeholder={pbxName ?? t('settings.people.namePlaceholder')}
            onChange={(event) => setTyped(event.target.value)}
            onBlur={keep}
            onEnter={(field) => field.blur()}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setTyped(givenName ?? '')
            }}
          />
        ) : (
          shown
        )}
        {givenName !== null && pbxName !== null && pbxName !== givenName ? (
          <span className="faint">{t('settings.people.pbxSays', { name: pbxName })}</span>
        ) : null}
      </td>
      <td className="tabular is-nowrap">{firstSeenAt ? dayOf(firstSeenAt) : '–'}</td>
      <td className="tabular is-nowrap">{lastSeenAt ? dayOf(lastSeenAt) : '–'}</td>
      <td className="is-number tabular">
        {calls > 0 ? (
          <Link to={`/calls?${search}`} aria-label={`${counted} · ${t('settings.people.callsOf', { name: shown })}`}>
            {counted}
          </Link>
        ) : (
          <span className="is-away">0</span>
        )}
      </td>
      {onGive ? (
        <td className="is-actions">
          <Button
            size="small"
            look="text"
            aria-label={t(hidden ? 'settings.people.unhideOf' : 'settings.people.hideOf', { name: shown })}
            onClick={() => onGive(givenName, !hidden)}
          >
            {t(hidden ? 'settings.people.unhide' : 'settings.people.hide')}
          </Button>
        </td>
      ) : null}
    </tr>
  )
}
