// The search: days by button or range, and every condition, all together. Choices apply at once, typed numbers after a
// short pause or Enter; there is no button to forget.
import DownOutlined from '@ant-design/icons-svg/es/asn/DownOutlined'
import UpOutlined from '@ant-design/icons-svg/es/asn/UpOutlined'
import { lazy, memo, type ReactNode, type Ref, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CALL_TYPES, type CallType, HANGUP_REASONS, type HangupReason } from '../../../src/calls/vocabulary.ts'
import { useOpenSession } from '../access/session-context.ts'
import { Button } from '../ui/Button.tsx'
import { Choices } from '../ui/Choices.tsx'
import { Icon } from '../ui/Icon.tsx'
import { DayChoice } from './DayChoice.tsx'
import { isAsked, isPlain, type ListSearch, MORE_CONDITIONS, plainSearch } from './list-search.ts'
import { NumberField } from './NumberField.tsx'
import type { Recent } from './recent-values.ts'
import { SearchField } from './SearchField.tsx'
import { useChoices } from './use-choices.ts'

const MoreConditions = lazy(() => import('./MoreConditions.tsx'))

interface SearchBarProps {
  search: ListSearch
  today: string
  recent: Recent
  hasCharacterKeys: boolean
  field: Ref<HTMLInputElement>
  onChange(search: ListSearch): void
  /** What stands at the end of the first line. */
  children: ReactNode
}

export const SearchBar = memo(function SearchBar({
  search,
  today,
  recent,
  hasCharacterKeys,
  field,
  onChange,
  children,
}: SearchBarProps) {
  const { t } = useTranslation()
  const { user } = useOpenSession()
  const people = useChoices(search, recent)
  const [resets, setResets] = useState(0)
  const [isMore, setMore] = useState(false)
  /** How many of the conditions behind "more" are asked for. */
  const asked = MORE_CONDITIONS.filter((condition) => isAsked(search, condition)).length
  const set = (part: Partial<ListSearch>) => onChange({ ...search, ...part })
  function reset(): void {
    // What was typed but could not be sent goes too.
    setResets(resets + 1)
    onChange(plainSearch)
  }

  return (
    <search className="search" aria-label={t('search.label')}>
      <div className="search-first">
        <DayChoice range={search.range} today={today} onChange={(range) => set({ range })} />
        <SearchField
          key={`everywhere ${resets}`}
          field={field}
          hasKey={hasCharacterKeys}
          value={search.text}
          onChange={(text) => set({ text })}
        />
        {children}
      </div>
      <div className="search-grid">
        <NumberField
          key={`caller ${resets}`}
          field="caller"
          label={t('search.caller')}
          value={search.caller}
          recent={recent}
          onChange={(caller) => set({ caller })}
        />
        <NumberField
          key={`callee ${resets}`}
          field="callee"
          label={t('search.callee')}
          value={search.callee}
          recent={recent}
          onChange={(callee) => set({ callee })}
        />
        {user.role === 'agent' ? null : (
          <Choices
            label={t('search.agent')}
            value={search.agents}
            {...people.agents}
            freeOffer={(text) => t('search.agentFree', { text })}
            onChange={(agents) => set({ agents })}
          />
        )}
        <Choices
          label={t('search.skillGroup')}
          value={search.skillGroups}
          {...people.skillGroups}
          onChange={(skillGroups) => set({ skillGroups })}
        />
        <Choices
          label={t('search.callType')}
          value={search.types}
          nameOf={(type) => t(`callType.${type as CallType}`)}
          groups={[{ label: null, offers: CALL_TYPES.map((value) => ({ value, label: t(`callType.${value}`) })) }]}
          onChange={(types) => set({ types: types as CallType[] })}
        />
        <Choices
          label={t('search.hangupReason')}
          value={search.hangupReasons}
          nameOf={(reason) => t(`hangupReason.${reason as HangupReason}`)}
          groups={[
            { label: null, offers: HANGUP_REASONS.map((value) => ({ value, label: t(`hangupReason.${value}`) })) },
          ]}
          onChange={(reasons) => set({ hangupReasons: reasons as HangupReason[] })}
        />
        <span className="search-end">
          <button type="button" className="tool-button" aria-expanded={isMore} onClick={() => setMore(!isMore)}>
            {t('callList.more.button')}
            {asked > 0 ? <span className="tool-count">{asked}</span> : null}
            {isMore ? <Icon of={UpOutlined} /> : <Icon of={DownOutlined} />}
          </button>
          <Button className="search-reset" disabled={isPlain(search)} onClick={reset}>
            {t('search.reset')}
          </Button>
        </span>
      </div>
      {isMore ? (
        <Suspense fallback={<div className="search-more" />}>
          <MoreConditions key={`more ${resets}`} search={search} recent={recent} onChange={set} />
        </Suspense>
      ) : null}
    </search>
  )
})
