// Which language the console speaks: the one chosen before, else the browser's, else Chinese. Only the words of the language
// in use are loaded; those of the pages that are not opened first when one of them is.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { remember } from '../ui/remembered.ts'
import { fetchWords, firstLanguage, type Language } from './first-language.ts'
import type { PageMessages } from './pages-zh-CN.ts'

/** Before the first render. */
export async function startLanguage(): Promise<void> {
  const language = firstLanguage()
  const translation = await fetchWords(language)
  document.documentElement.lang = language
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation } },
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
  const messages = await fetchWords(language)
  i18next.addResourceBundle(language, 'translation', messages, true, true)
  if (hasPageWords) await addPageWords(language)
  document.documentElement.lang = language
  remember('language', language)
  await i18next.changeLanguage(language)
}
