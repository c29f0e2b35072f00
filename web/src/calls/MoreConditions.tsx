// The conditions that are asked for less often: any number, who hung up, with or without a recording, talk and waiting time.

import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RELEASING_PARTIES, type ReleasingParty } from '../../../src/calls/vocabulary.ts'
import { Choices } from '../ui/Choices.tsx'
import { TextField } from '../ui/TextField.tsx'
import type { ListSearch, SecondsRange } from './list-search.ts'
import { NumberField } from './NumberField.tsx'
import type { Recent } from './recent-values.ts'
import { readDuration, writeDuration } from './typed-duration.ts'
import { useTagChoices } from './use-choices.ts'

interface MoreConditionsProps {
  search: ListSearch
  recent: Recent
  onChange(part: Partial<ListSearch>): void
}

export default function MoreConditions({ search, recent, onChange }: MoreConditionsProps) {
  const { t } = useTranslation()
  const tags = useTagChoices(recent)
  return (
    <fieldset className="search-grid search-more" aria-label={t('callList.more.label')}>
      <NumberField
        field="number"
        label={t('callList.condition.number')}
        value={search.number}
        recent={recent}
        onChange={(number) => onChange({ number })}
      />
      <Choices
        label={t('callList.condition.tags')}
        value={search.tags}
        {...tags}
        freeOffer={(tag) => tag}
        onChange={(chosen) => onChange({ tags: chosen })}
      />
      <Choices
        label={t('callList.condition.releasedBy')}
        value={search.releasedBy}
        nameOf={(party) => t(`releasedBy.${party as ReleasingParty}`)}
        groups={[
          { label: null, offers: RELEASING_PARTIES.map((value) => ({ value, label: t(`releasedBy.${value}`) })) },
        ]}
        onChange={(releasedBy) => onChange({ releasedBy: releasedBy as ReleasingParty[] })}
      />
      <select
        className={search.recorded === null ? 'plain-select is-empty' : 'plain-select'}
        aria-label={t('callList.condition.recorded')}
        value={search.recorded === null ? '' : String(search.recorded)}
        onChange={({ target: { value } }) => onChange({ recorded: value === '' ? null : value === 'true' })}
      >
        <option value="">{t('callList.condition.recorded')}</option>
        <option value="true">{t('callList.condition.with')}</option>
        <option value="false">{t('callList.condition.without')}</option>
      </select>
      <DurationRange label={t('callList.condition.talk')} range={search.talk} onChange={(talk) => onChange({ talk })} />
      <DurationRange label={t('callList.condition.wait')} range={search.wait} onChange={(wait) => onChange({ wait })} />
    </fieldset>
  )
}

interface DurationRangeProps {
  label: string
  range: SecondsRange
  onChange(range: SecondsRange): void
}

function DurationRange({ label, range, onChange }: DurationRangeProps) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <fieldset className="duration-range" aria-labelledby={id}>
      <span id={id} className="duration-label">
        {label}
      </span>
      <DurationField
        label={t('callList.more.from', { field: label })}
        placeholder="0:00"
        seconds={range.min}
        onChange={(min) => onChange({ ...range, min })}
      />
      <span aria-hidden="true">–</span>
      <DurationField
        label={t('callList.more.to', { field: label })}
        placeholder="∞"
        seconds={range.max}
        onChange={(max) => onChange({ ...range, max })}
      />
    </fieldset>
  )
}

interface DurationFieldProps {
  label: string
  placeholder: string
  seconds: number | null
  onChange(seconds: number | null): void
}

/** Takes `90`, `1:30`, `1:02:03`; applies when it is left or Enter is pressed. */
function DurationField({ label, placeholder, seconds, onChange }: DurationFieldProps) {
  const { t } = useTranslation()
  const [text, setText] = useState(writeDuration(seconds))
  useEffect(() => setText(writeDuration(seconds)), [seconds])
  const typed = readDuration(text)

  function apply(): void {
    if (typed === 'wrong' || typed === seconds) return
    onChange(typed)
  }

  return (
    <TextField
      aria-label={label}
      aria-invalid={typed === 'wrong'}
      title={typed === 'wrong' ? t('callList.more.durationWrong') : t('callList.more.durationHint')}
      placeholder={placeholder}
      value={text}
      isWrong={typed === 'wrong'}
      maxLength={9}
      inputMode="numeric"
      autoComplete="off"
      onChange={(event) => setText(event.target.value)}
      onBlur={apply}
      onEnter={apply}
    />
  )
}
