// Rules and warnings of retention as sentences in the reader's language.
import type { TFunction } from 'i18next'
import type { DeletionRule } from '../../../src/calls/vocabulary.ts'
import type { RetentionWarning } from '../../../src/retention/rehearsal.ts'
import { sizeText } from './sizes.ts'

interface Words {
  t: TFunction
  language: string
}

/** `超过 90 天`, `over the capacity of 500 GB`. */
export function ruleText(
  { rule, limit, skillGroup }: { rule: DeletionRule; limit: number | null; skillGroup?: string | null },
  { t, language }: Words,
): string {
  if (limit === null) return t(`retention.rule.${rule}`)
  const amount = rule === 'age' ? new Intl.NumberFormat(language).format(limit) : sizeText(limit, language)
  const text = t(`retention.ruleLimit.${rule}`, { limit: amount })
  return skillGroup ? t('retention.ofGroup', { text, group: skillGroup }) : text
}

export function warningText(warning: RetentionWarning, { t, language }: Words): string {
  const size = (bytes: number) => sizeText(bytes, language)
  switch (warning.code) {
    case 'holds-exceed-capacity': {
      const { skillGroup, heldBytes, limit } = warning
      const values = { held: size(heldBytes), limit: size(limit) }
      return skillGroup === null
        ? t('retention.warning.holds', values)
        : t('retention.warning.holdsOfGroup', { ...values, group: skillGroup })
    }
    case 'free-space-unreachable':
      return t('retention.warning.free', { missing: size(warning.missingBytes) })
    case 'free-space-unknown':
      return t('retention.warning.freeUnknown')
    case 'capacity-is-short':
      return t('retention.warning.short', { hours: String(Math.max(1, Math.round(warning.days * 24))) })
    default:
      return warning satisfies never
  }
}
