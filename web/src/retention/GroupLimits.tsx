// The limits of one skill group: an age of its own or as the others, and a size of its own.
import CloseOutlined from '@ant-design/icons-svg/es/asn/CloseOutlined'
import { useTranslation } from 'react-i18next'
import type { SkillGroupLimits } from '../../../src/retention/policy.ts'
import { Select } from '../ui/antd/Select.ts'
import { Switch } from '../ui/antd/Switch.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { DaysField, SizeField } from './LimitFields.tsx'

const FIRST_CAPACITY = 100e9
const FIRST_DAYS = 90
type AgeChoice = 'inherit' | 'never' | 'own'

export function GroupLimits({
  group,
  name,
  general,
  mayChange,
  onChange,
}: {
  group: SkillGroupLimits
  name: string
  /** The age that holds for all. */
  general: number | null
  mayChange: boolean
  /** null: no limits of its own any more. */
  onChange(group: SkillGroupLimits | null): void
}) {
  const { t } = useTranslation()
  const { id, ageDays, capacityBytes = null } = group
  const choice: AgeChoice = ageDays === undefined ? 'inherit' : ageDays === null ? 'never' : 'own'
  const set = (age: number | null | undefined, capacity: number | null) =>
    onChange({
      id,
      ...(age === undefined ? {} : { ageDays: age }),
      ...(capacity === null ? {} : { capacityBytes: capacity }),
    })
  const choose = (next: AgeChoice) =>
    set(next === 'inherit' ? undefined : next === 'never' ? null : (ageDays ?? general ?? FIRST_DAYS), capacityBytes)
  const ageName = t('retention.group.age', { name })
  const capacityName = t('retention.group.capacity', { name })
  return (
    <div className="group-limits">
      <strong className="group-name">{name}</strong>
      <div className="limit-amount">
        <Select
          aria-label={ageName}
          value={choice}
          disabled={!mayChange}
          popupMatchSelectWidth={false}
          options={(['inherit', 'own', 'never'] as const).map((value) => ({
            value,
            label: t(`retention.group.${value}`),
          }))}
          onChange={choose}
        />
        {typeof ageDays === 'number' ? (
          <DaysField
            name={t('retention.group.days', { name })}
            value={ageDays}
            mayChange={mayChange}
            onChange={(days) => set(days, capacityBytes)}
          />
        ) : null}
      </div>
      <div className="limit-amount">
        <Switch
          size="small"
          aria-label={capacityName}
          checked={capacityBytes !== null}
          disabled={!mayChange}
          onChange={(isOn) => set(ageDays, isOn ? FIRST_CAPACITY : null)}
        />
        {capacityBytes === null ? (
          <span className="faint">{t('retention.group.noCapacity')}</span>
        ) : (
          <SizeField
            name={capacityName}
            value={capacityBytes}
            mayChange={mayChange}
            onChange={(bytes) => set(ageDays, bytes)}
          />
        )}
      </div>
      {mayChange ? (
        <Button
          look="text"
          size="small"
          icon={<Icon of={CloseOutlined} />}
          aria-label={t('retention.group.remove', { name })}
          onClick={() => onChange(null)}
        />
      ) : null}
    </div>
  )
}
