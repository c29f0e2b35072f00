// A limit that can be off: a switch, and the amount beside it. Sizes are edited in the unit they are large in.

import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NumberInput } from '../ui/antd/NumberInput.ts'
import { Select } from '../ui/antd/Select.ts'
import { Switch } from '../ui/antd/Switch.ts'
import { SIZE_UNITS, type SizeUnit, unitFor } from './sizes.ts'

export function LimitRow({
  name,
  hint,
  isOn,
  mayChange,
  onSwitch,
  children,
}: {
  name: string
  hint: string
  isOn: boolean
  mayChange: boolean
  onSwitch(isOn: boolean): void
  children: ReactNode
}) {
  return (
    <div className="limit">
      <Switch checked={isOn} disabled={!mayChange} onChange={onSwitch} aria-label={name} />
      <div className="limit-name">
        <span>{name}</span>
        <span className="faint">{hint}</span>
      </div>
      <div className="limit-amount">{isOn ? children : null}</div>
    </div>
  )
}

interface AmountProps {
  name: string
  value: number
  mayChange: boolean
  onChange(value: number): void
}

export function SizeField({ name, value, mayChange, onChange }: AmountProps) {
  const { t } = useTranslation()
  const [unit, setUnit] = useState<SizeUnit>(unitFor(value))
  const set = (amount: number, inUnit: SizeUnit) => onChange(Math.max(1, Math.round(amount * SIZE_UNITS[inUnit])))
  const amount = value / SIZE_UNITS[unit]
  return (
    <>
      <NumberInput
        aria-label={name}
        min={0.001}
        max={1_000_000}
        value={Number(amount.toFixed(3))}
        disabled={!mayChange}
        onChange={(typed) => typed !== null && typed > 0 && set(typed, unit)}
      />
      <Select
        aria-label={t('retention.limit.unit', { name })}
        value={unit}
        disabled={!mayChange}
        options={Object.keys(SIZE_UNITS).map((one) => ({ value: one, label: one }))}
        onChange={(chosen: SizeUnit) => {
          setUnit(chosen)
          set(amount, chosen)
        }}
      />
    </>
  )
}

export function DaysField({ name, value, mayChange, onChange }: AmountProps) {
  const { t } = useTranslation()
  return (
    <>
      <NumberInput
        aria-label={name}
        min={1}
        max={36_500}
        precision={0}
        value={value}
        disabled={!mayChange}
        onChange={(typed) => typed !== null && onChange(typed)}
      />
      <span className="limit-unit">{t('retention.limit.days')}</span>
    </>
  )
}
