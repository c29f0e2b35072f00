// What the console takes from Ant Design comes through this folder, each widget in our colours and in the reader's
// language. Only pages and dialogs that are fetched when somebody wants them use it: its styles are made in the browser,
// which costs a slow computer more than everything else on the first page (web/vite.config.ts refuses it there).
import ConfigProvider from 'antd/es/config-provider'
import type { Locale } from 'antd/es/locale'
import enUS from 'antd/es/locale/en_US'
import zhCN from 'antd/es/locale/zh_CN'
import type { ComponentProps, ComponentType, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Appearance, useAppearance } from '../appearance.ts'
import { cspNonce } from '../csp.ts'
import { antdTheme } from './theme.ts'

const LOCALES: Readonly<Record<string, Locale>> = { 'zh-CN': zhCN, en: enUS }
const csp = cspNonce ? { csp: { nonce: cspNonce } } : {}

/** One object for an appearance: Ant Design makes its styles anew for another one. */
let themed: { appearance: Appearance; theme: ReturnType<typeof antdTheme> } | null = null

function themeOf(appearance: Appearance) {
  if (themed?.appearance !== appearance) themed = { appearance, theme: antdTheme(appearance) }
  return themed.theme
}

function Themed({ children }: { children: ReactNode }) {
  const appearance = useAppearance()
  const { i18n } = useTranslation()
  return (
    <ConfigProvider theme={themeOf(appearance)} locale={LOCALES[i18n.language] ?? enUS} {...csp}>
      {children}
    </ConfigProvider>
  )
}

/** The widget as it is, in our theme. */
// biome-ignore lint/suspicious/noExplicitAny: whatever properties the widget has; they come out again by its own type.
export function withTheme<Widget extends ComponentType<any>>(Widget: Widget): Widget {
  const Inner: ComponentType<ComponentProps<Widget>> = Widget
  function InTheme(props: ComponentProps<Widget>) {
    return (
      <Themed>
        <Inner {...props} />
      </Themed>
    )
  }
  return InTheme as unknown as Widget
}
