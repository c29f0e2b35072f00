// A call type with its small drawing: which way the call went.
import type { TFunction } from 'i18next'
import type { CallType } from '../../../src/calls/vocabulary.ts'

const DRAWINGS: Readonly<Record<CallType, string>> = {
  inbound: 'M11 3L4 10M4 5v5h5',
  outbound: 'M3 11l7-7M5 4h5v5',
  'back-to-back': 'M2 5h9M8.5 2.5L11 5 8.5 7.5M12 9.5H3M5.5 7L3 9.5 5.5 12',
  predictive: 'M3 11l4-4M3.5 7H7v3.5M7.5 7l4-4M8 3h3.5v3.5',
  'virtual-number': 'M2 7h2.5M9.5 7H12M7 4.5a2.5 2.5 0 100 5 2.5 2.5 0 000-5',
  internal:
    'M4.5 5.5a1.7 1.7 0 100-3.4 1.7 1.7 0 000 3.4M9.5 12a1.7 1.7 0 100-3.4 1.7 1.7 0 000 3.4M4.5 6v2.2a2 2 0 002 2h1',
}

export function CallTypeLabel({ type, t }: { type: CallType; t: TFunction }) {
  return (
    <span className={`call-type type-${type}`}>
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
        <path
          d={DRAWINGS[type]}
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className="cut">{t(`callType.${type}`)}</span>
    </span>
  )
}
