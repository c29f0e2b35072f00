// Entries of a menu: which language, which theme. Used by the user menu and the login page.
import type { MenuProps } from 'antd'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import { LANGUAGES, type Language } from '../i18n/first-language.ts'
import { switchLanguage } from '../i18n/language.ts'
import { chooseTheme, type ThemeChoice, useAppearance } from './appearance.ts'

export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { 'zh-CN': '中文', en: 'English' }
export const THEMES: readonly ThemeChoice[] = ['system', 'light', 'dark']

export function useAppearanceMenu(): { items: NonNullable<MenuProps['items']>; onClick(key: string): boolean } {
  const { t } = useTranslation()
  const { choice } = useAppearance()
  const language = i18next.language
  return {
    items: [
      {
        type: 'group',
        label: t('language.label'),
        children: LANGUAGES.map((each) => ({
          key: `language:${each}`,
          label: <Choice isChosen={each === language} text={LANGUAGE_NAMES[each]} />,
        })),
      },
      {
        type: 'group',
        label: t('theme.label'),
        children: THEMES.map((each) => ({
          key: `theme:${each}`,
          label: <Choice isChosen={each === choice} text={t(`theme.${each}`)} />,
        })),
      },
    ],
    onClick(key) {
      const [what, value] = key.split(':')
      if (what === 'language') void switchLanguage(value as Language)
      else if (what === 'theme') chooseTheme(value as ThemeChoice)
      else return false
      return true
    },
  }
}

function Choice({ isChosen, text }: { isChosen: boolean; text: string }) {
  return (
    <span className="menu-choice">
      {text}
      {isChosen ? (
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <path d="M2.5 7.5l3 3 6-7" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
        </svg>
      ) : null}
    </span>
  )
}
