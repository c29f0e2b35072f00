// One finding of a reconciliation as a sentence in the reader's language.
import type { TFunction } from 'i18next'
import type { Finding } from '../../../src/reconciliation/findings.ts'
import type { Messages } from '../i18n/zh-CN.ts'
import { durationText } from '../ui/time.ts'
import { longTimeText } from './amounts.ts'
import { fileNameOf } from './file-name.ts'

type Because = keyof Messages['operations']['aside']['because']

export function findingSentence({ kind, facts }: Finding, t: TFunction, language: string): string {
  const amount = (name: string) => Number(facts[name] ?? 0)
  const skewMs = amount('skewMs')
  return t(`operations.reconciliation.finding.${kind}.text`, {
    ...facts,
    talk: durationText(amount('talkMs')),
    recorded: durationText(amount('recordedMs')),
    silent: longTimeText(amount('silentMs'), language),
    file: fileNameOf(String(facts['origin'] ?? '')),
    because: becauseText(String(facts['because'] ?? ''), t),
    direction: t(skewMs > 0 ? 'operations.reconciliation.ahead' : 'operations.reconciliation.behind'),
    seconds: (Math.abs(skewMs) / 1000).toFixed(1),
  })
}

function becauseText(because: string, t: TFunction): string {
  return t(`operations.aside.because.${because as Because}`, { defaultValue: because })
}
