// Which language the console speaks: the one chosen before, else the browser's, else Chinese. Words, Ant Design's own
// texts and the calendar change together, and only the language in use is loaded.
import type { Locale } from 'antd/es/locale'
import dayjs from 'dayjs'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { remember } from '../ui/remembered.ts'
import { fetchWords, firstLanguage, type Language } from './first-language.ts'
import type { PageMessages } from './pages-zh-CN.ts'
import type { Messages } from './zh-CN.ts'

interface LanguagePack {
  messages: Omit<Messages, keyof PageMessages>
  antd: Locale
}

async function loadPack(language: Language): Promise<LanguagePack> {
  const words = fetchWords(language)
  if (language === 'zh-CN') await import('dayjs/locale/zh-cn')
  dayjs.locale(language === 'en' ? 'en' : 'zh-cn')
  return await words
}

let antdLocale: Locale | null = null

/** Ant Design's texts in the language shown now. */
export function antdLocaleNow(): Locale {
  if (antdLocale === null) throw new Error('the language was not started')
  return antdLocale
}

/** Before the first render. */
export async function startLanguage(): Promise<void> {
  const language = firstLanguage()
  const pack = await loadPack(language)
  antdLocale = pack.antd
  document.documentElement.lang = language
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: pack.messages } },
    fallbackLng: false,
    // React escapes already.
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  started.resolve()
}

/** The router may ask for a page before the language is there. */
const started = Promise.withResolvers<void>()

/** Were the words of the other pages needed yet? Then a change of language brings them along. */
let hasPageWords = false

/** The words of every page but login, list and detail; their routes wait for this. */
export async function loadPageWords(): Promise<void> {
  hasPageWords = true
  await started.promise
  await addPageWords(i18next.language)
}

async function addPageWords(language: string): Promise<void> {
  const words: PageMessages =
    language === 'en' ? (await import('./pages-en.ts')).pagesEn : (await import('./pages-zh-CN.ts')).pagesZhCN
  i18next.addResourceBundle(language, 'translation', words, true, true)
}

export async function switchLanguage(language: Language): Promise<void> {
  const pack = await loadPack(language)
  antdLocale = pack.antd
  i18next.addResourceBundle(language, 'translation', pack.messages, true, true)
  if (hasPageWords) await addPageWords(language)
  document.documentElement.lang = language
  remember('language', language)
  await i18next.changeLanguage(language)
}
