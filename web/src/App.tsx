// What every page stands in: theme, language, the server's answers, and the router.
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import ConfigProvider from 'antd/es/config-provider'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { RouterProvider } from 'react-router'
import { ApiProblem, isSignedOut } from './api/problem.ts'
import { forgetUser } from './api/session.ts'
import { antdLocaleNow } from './i18n/language.ts'
import { PlaybackProvider } from './recordings/Playback.tsx'
import { router } from './routes.tsx'
import { useAppearance } from './ui/appearance.ts'
import { cspNonce } from './ui/csp.ts'
import { antdTheme } from './ui/theme.ts'

const client = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (isSignedOut(error)) forgetUser(client)
    },
  }),
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; a server that is away or busy may be back in a moment.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiProblem && error.status > 0 && error.status < 500),
      retryDelay: (failures) => 500 * 2 ** failures,
    },
  },
})

const csp = cspNonce ? { csp: { nonce: cspNonce } } : {}

export function App() {
  const appearance = useAppearance()
  useTranslation() // Renders anew when the language changes, and with it Ant Design's texts.
  const theme = useMemo(
    () => antdTheme(appearance.palette, appearance.isDark, appearance.isMotionReduced),
    [appearance.palette, appearance.isDark, appearance.isMotionReduced],
  )
  return (
    <ConfigProvider theme={theme} locale={antdLocaleNow()} button={{ autoInsertSpace: false }} {...csp}>
      <QueryClientProvider client={client}>
        <PlaybackProvider>
          <RouterProvider router={router} />
        </PlaybackProvider>
      </QueryClientProvider>
    </ConfigProvider>
  )
}
