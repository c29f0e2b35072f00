// What a number field offers: what this reader asked for last, what calls have most, and while she types, numbers of calls
// that go with what stands there.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type NumberField, numberSuggestionsQuery, suggestionsQuery } from '../api/suggestions.ts'
import type { OfferGroup } from '../ui/Offers.tsx'
import { isNumberTerm } from './list-search.ts'
import type { Recent } from './recent-values.ts'

const OFFERED = 8
/** Fewer characters say nothing yet. */
const FROM_CHARACTERS = 2

interface Asked {
  field: NumberField
  text: string
  isOpen: boolean
  recent: Recent
}

export function useNumberOffers({ field, text, isOpen, recent }: Asked): OfferGroup[] {
  const { t, i18n } = useTranslation()
  const digits = text.replace(/[*\s-]/g, '')
  const isTyping = digits !== ''
  const frequent = useQuery({ ...suggestionsQuery, enabled: isOpen })
  const found = useQuery({
    ...numberSuggestionsQuery(field, text.replace(/[\s-]/g, '')),
    enabled: isOpen && digits.length >= FROM_CHARACTERS,
    placeholderData: keepPreviousData,
  })
  const used = recent.numbers
    // Masked ones cannot be asked for again.
    .filter((number) => isNumberTerm(number) && number !== text.trim() && (!isTyping || number.includes(digits)))
    .slice(0, OFFERED)
  const suggested = digits.length >= FROM_CHARACTERS ? found.data : isTyping ? undefined : frequent.data
  const others = (suggested?.[field] ?? []).filter(({ value }) => !used.includes(value)).slice(0, OFFERED)
  return [
    { label: t('choices.recent'), offers: used.map((value) => ({ value, label: value })) },
    {
      label: isTyping ? t('choices.found') : t('choices.frequent'),
      offers: others.map(({ value, calls }) => ({
        value,
        label: value,
        hint: t('choices.calls', { count: calls, formatted: calls.toLocaleString(i18n.language) }),
      })),
    },
  ]
}
