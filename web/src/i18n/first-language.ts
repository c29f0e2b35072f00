// Which language the console speaks at first, and where its words are: small, since first-asks.ts sends for them before
// anything else runs.
import { recall } from '../ui/remembered.ts'

export const LANGUAGES = ['zh-CN', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** The one chosen before, else the browser's, else Chinese. */
export function firstLanguage(): Language {
  const chosen = recall('language')
  if (chosen === 'zh-CN' || chosen === 'en') return chosen
  for (const wish of navigator.languages) {
    if (wish.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (wish.toLowerCase().startsWith('en')) return 'en'
  }
  return 'zh-CN'
}

export async function fetchWords(language: Language) {
  return language === 'en' ? (await import('./en.ts')).en : (await import('./zh-CN.ts')).zhCN
}
