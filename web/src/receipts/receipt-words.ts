// Receipts as sentences in the reader's language.
import type { TFunction } from 'i18next'
import { DELETION_RULES, type DeletionRule } from '../../../src/calls/vocabulary.ts'
import type { ReceiptBody } from '../../../src/receipts/receipt-body.ts'
import type { RetentionPolicy } from '../../../src/retention/policy.ts'
import { writeTime } from '../recordings/recording-time.ts'
import { actorName, sizeText } from '../retention/sizes.ts'

interface Words {
  t: TFunction
  language: string
}

export function receiptText(body: ReceiptBody, { t, language }: Words): string {
  const size = (bytes: number) => sizeText(bytes, language)
  switch (body.kind) {
    case 'recording-deleted':
      return t('receipts.text.deleted', { n: body.n, size: size(body.sizeBytes), why: ruleOf(body, t) })
    case 'hold-placed':
    case 'hold-released':
      return t('receipts.text.hold', { n: body.n, reason: body.reason })
    case 'range-silenced': {
      const range = { from: writeTime(body.fromMs), to: writeTime(body.toMs) }
      return t('receipts.text.silenced', { n: body.n, ...range, reason: body.because })
    }
    case 'retention-changed':
      return t('receipts.text.policy', {
        before: policyText(body.before as RetentionPolicy | null, { t, language }),
        after: policyText(body.after as RetentionPolicy | null, { t, language }),
      })
    case 'audio-exported':
      return t('receipts.text.exported', { n: body.calls.toLocaleString(language), size: size(body.bytes) })
    case 'audio-downloaded':
      return t('receipts.text.downloaded', { size: size(body.bytes) })
    default:
      return body satisfies never
  }
}

/** The call that a receipt is about; null: it is about none, or about many. */
export function callOf(body: ReceiptBody): string | null {
  return 'callId' in body ? body.callId : null
}

export function actorText(actor: string, t: TFunction): string {
  if (actor === 'system') return t('receipts.actor.system')
  const name = actorName(actor) ?? t('retention.actor.commandLine')
  return actor.startsWith('key:') ? t('receipts.actor.key', { name }) : name
}

function ruleOf({ rule, because }: { rule: string; because: string }, t: TFunction): string {
  return isRule(rule) ? t(`retention.rule.${rule}`) : because
}

function isRule(rule: string): rule is DeletionRule {
  return (DELETION_RULES as readonly string[]).includes(rule)
}

/** Its limits for all; groups have their own, which the receipt itself lists. */
function policyText(policy: RetentionPolicy | null, { t, language }: Words): string {
  const limits = [
    policy?.ageDays == null ? null : t('receipts.text.days', { n: policy.ageDays }),
    policy?.capacityBytes == null ? null : sizeText(policy.capacityBytes, language),
    policy?.minFreeBytes == null ? null : t('receipts.text.free', { size: sizeText(policy.minFreeBytes, language) }),
    policy?.skillGroups?.length ? t('receipts.text.groups', { n: policy.skillGroups.length }) : null,
  ]
  const told = limits.filter((one) => one !== null)
  return told.length === 0 ? t('receipts.text.none') : told.join(' · ')
}
