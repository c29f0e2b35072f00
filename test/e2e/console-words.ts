// The console's own words in both languages, for journeys that are walked in each.
import { en } from '../../web/src/i18n/en.ts'
import { pagesEn } from '../../web/src/i18n/pages-en.ts'
import { pagesZhCN } from '../../web/src/i18n/pages-zh-CN.ts'
import { type Messages, zhCN } from '../../web/src/i18n/zh-CN.ts'

export const LANGUAGES: readonly { locale: 'zh-CN' | 'en-US'; words: Messages }[] = [
  { locale: 'zh-CN', words: { ...zhCN, ...pagesZhCN } },
  { locale: 'en-US', words: { ...en, ...pagesEn } },
]

/** Fills in what stands in double braces. */
export function said(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))
}
