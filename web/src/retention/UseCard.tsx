// What is there, against what may be: the space that recordings take, how much of it is held, what comes in, and when the
// capacity is used up.
import { useTranslation } from 'react-i18next'
import type { RetentionJson } from '../../../src/retention/retention-json.ts'
import { dayOf } from '../ui/time.ts'
import { sizeText } from './sizes.ts'

export function UseCard({ state }: { state: RetentionJson }) {
  const { t, i18n } = useTranslation()
  const size = (bytes: number) => sizeText(bytes, i18n.language)
  const number = new Intl.NumberFormat(i18n.language)
  const { use, inflow, capacityBytes, ageDays } = state
  const whole = Math.max(capacityBytes ?? 0, use.bytes, 1)
  const part = (bytes: number) => (bytes / whole) * 1000
  return (
    <section className="card" aria-label={t('retention.use.title')}>
      <div className="use-head">
        <p className="use-amount tabular">
          <strong>{size(use.bytes)}</strong>
          <span>
            {capacityBytes === null
              ? t('retention.use.noCapacity')
              : t('retention.use.ofCapacity', { capacity: size(capacityBytes) })}
          </span>
        </p>
        <p className="use-outlook">{outlook()}</p>
      </div>
      {capacityBytes === null ? null : (
        <svg className="use-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
          <rect className="use-room" width="1000" height="10" />
          <rect className={use.bytes > capacityBytes ? 'use-over' : 'use-taken'} width={part(use.bytes)} height="10" />
          <rect className="use-held" width={part(use.heldBytes)} height="10" />
        </svg>
      )}
      <dl className="card-numbers">
        <Fact name={t('retention.use.recordings')} value={number.format(use.recordings)} />
        <Fact
          name={t('retention.use.held')}
          value={
            use.heldRecordings === 0
              ? '0'
              : t('retention.amount', { n: number.format(use.heldRecordings), size: size(use.heldBytes) })
          }
        />
        <Fact
          name={t('retention.use.inflow')}
          value={inflow ? t('retention.use.perDay', { size: size(inflow.bytesPerDay) }) : t('retention.use.none')}
        />
        <Fact
          name={t('retention.use.free')}
          value={use.freeBytes === null ? t('retention.use.unknown') : size(use.freeBytes)}
        />
      </dl>
    </section>
  )

  function outlook(): string {
    if (capacityBytes === null) return ageDays === null ? t('retention.use.forever') : ''
    if (use.bytes >= capacityBytes) return t('retention.use.full')
    if (!inflow) return ''
    if (state.fullAt === null) return t('retention.use.neverFull')
    return t('retention.use.fullAt', { day: dayOf(state.fullAt) })
  }
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className="tabular">{value}</dd>
    </div>
  )
}
