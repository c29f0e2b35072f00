// A problem from the server as a sentence in the reader's language: by its code, else the server's own English sentence.
import i18next, { type TFunction } from 'i18next'
import { ApiProblem } from '../api/problem.ts'
import type { Messages } from '../i18n/zh-CN.ts'

export function problemText(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiProblem)) return t('problem.other', { detail: String(error) })
  const key = `problem.${error.code}`
  if (!i18next.exists(key)) return t('problem.other', { detail: error.detail || error.code })
  // The sentence's own numbers; an answer that lacks one shows the English sentence rather than a gap.
  const text = t(key as `problem.${keyof Messages['problem']}`, { ...error.fields, detail: error.detail })
  return text.includes('{{') ? t('problem.other', { detail: error.detail }) : text
}
