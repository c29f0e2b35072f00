// The limits, as they are set or as they are being changed. Changing them here does nothing yet: the rehearsal below says
// what they would do, and saving is there.
import PlusOutlined from '@ant-design/icons-svg/es/asn/PlusOutlined'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { RetentionPolicy } from '../../../src/retention/policy.ts'
import type { RetentionJson } from '../../../src/retention/retention-json.ts'
import { skillGroupsQuery } from '../api/calls.ts'
import { Select } from '../ui/antd/Select.ts'
import { Icon } from '../ui/Icon.tsx'
import { dayOf } from '../ui/time.ts'
import { GroupLimits } from './GroupLimits.tsx'
import { DaysField, LimitRow, SizeField } from './LimitFields.tsx'
import { actorName } from './sizes.ts'

const FIRST_CAPACITY = 500e9
const FIRST_DAYS = 90
const FIRST_FREE = 20e9

export function PolicyForm({
  policy,
  isChanged,
  mayChange,
  state,
  onChange,
}: {
  policy: RetentionPolicy
  isChanged: boolean
  mayChange: boolean
  state: RetentionJson
  onChange(policy: RetentionPolicy): void
}) {
  const { t } = useTranslation()
  const groups = useQuery(skillGroupsQuery).data?.items ?? []
  const set = (part: Partial<RetentionPolicy>) => onChange({ ...policy, ...part })
  const limited = new Set(policy.skillGroups.map(({ id }) => id))
  const nameOf = (id: string) => groups.find((group) => group.id === id)?.name ?? id
  const rows = [
    { key: 'ageDays', first: FIRST_DAYS, Field: DaysField },
    { key: 'capacityBytes', first: FIRST_CAPACITY, Field: SizeField },
    { key: 'minFreeBytes', first: FIRST_FREE, Field: SizeField },
  ] as const
  return (
    <section className="card" aria-label={t('retention.limit.title')}>
      <header className="card-head">
        <h2>{t('retention.limit.title')}</h2>
        <span className="faint">{isChanged ? t('retention.limit.unsaved') : lastChange()}</span>
      </header>
      <div className="limits">
        {rows.map(({ key, first, Field }) => {
          const name = t(`retention.limit.${key}`)
          const value = policy[key]
          return (
            <LimitRow
              key={key}
              name={name}
              hint={t(`retention.limit.${key}Hint`)}
              isOn={value !== null}
              mayChange={mayChange}
              onSwitch={(isOn) => set({ [key]: isOn ? (state[key] ?? first) : null })}
            >
              <Field name={name} value={value ?? first} mayChange={mayChange} onChange={(to) => set({ [key]: to })} />
            </LimitRow>
          )
        })}
      </div>
      {policy.skillGroups.map((group) => (
        <GroupLimits
          key={group.id}
          group={group}
          name={nameOf(group.id)}
          general={policy.ageDays}
          mayChange={mayChange}
          onChange={(to) =>
            set({
              skillGroups: policy.skillGroups.flatMap((one) => (one.id !== group.id ? [one] : to === null ? [] : [to])),
            })
          }
        />
      ))}
      {mayChange && groups.some(({ id }) => !limited.has(id)) ? (
        <Select<string | null>
          className="group-add"
          aria-label={t('retention.group.add')}
          placeholder={
            <>
              <Icon of={PlusOutlined} /> {t('retention.group.add')}
            </>
          }
          value={null}
          variant="borderless"
          popupMatchSelectWidth={false}
          options={groups
            .filter(({ id }) => !limited.has(id))
            .map(({ id, name }) => ({ value: id, label: name ?? id }))}
          onChange={(id) => id !== null && set({ skillGroups: [...policy.skillGroups, { id, ageDays: FIRST_DAYS }] })}
        />
      ) : null}
      {mayChange ? null : <p className="faint">{t('operations.readOnly')}</p>}
    </section>
  )

  function lastChange(): string {
    if (state.changedAt === null || state.changedBy === null) return t('retention.limit.neverSet')
    const who = actorName(state.changedBy) ?? t('retention.actor.commandLine')
    return t('retention.limit.changed', { day: dayOf(state.changedAt), who })
  }
}
