// The console's addresses. The list comes with the console, every other page is fetched when it is first needed.
import { createBrowserRouter, Navigate } from 'react-router'
import { RequireUser } from './access/RequireUser.tsx'
import { Component as CallListPage } from './calls/CallListPage.tsx'
import { loadPageWords } from './i18n/language.ts'
import { PageFailed } from './ui/PageFailed.tsx'

export const router = createBrowserRouter([
  {
    path: '/login',
    lazy: () => import('./access/LoginPage.tsx'),
    ErrorBoundary: PageFailed,
    HydrateFallback: Nothing,
  },
  {
    element: <RequireUser />,
    ErrorBoundary: PageFailed,
    HydrateFallback: Nothing,
    children: [
      {
        path: '/calls',
        Component: CallListPage,
        children: [{ path: ':callId', lazy: () => import('./calls/OpenCall.tsx') }],
      },
      { path: '/board', lazy: withPageWords(() => import('./board/BoardPage.tsx')) },
      { path: '/unreached', lazy: withPageWords(() => import('./unreached/UnreachedPage.tsx')) },
      {
        path: '/operations',
        lazy: withPageWords(() => import('./operations/OperationsPage.tsx')),
        children: [
          { index: true, element: <Navigate to="/operations/rejected" replace /> },
          { path: 'rejected', lazy: () => import('./operations/RejectedSection.tsx') },
          { path: 'reconciliation', lazy: () => import('./operations/ReconciliationSection.tsx') },
          { path: 'receipts', lazy: () => import('./receipts/ReceiptsSection.tsx') },
          // Where these were before.
          { path: 'connectors', element: <Navigate to="/settings/connectors" replace /> },
          { path: 'retention', element: <Navigate to="/settings/retention" replace /> },
        ],
      },
      {
        path: '/settings',
        lazy: withPageWords(() => import('./settings/SettingsPage.tsx')),
        children: [
          { path: 'preferences', lazy: () => import('./settings/PreferencesSection.tsx') },
          { path: 'views', lazy: () => import('./settings/ViewsSection.tsx') },
          { path: 'connectors', lazy: () => import('./connectors/ConnectorsSection.tsx') },
          { path: 'connect', lazy: () => import('./connectors/ConnectPage.tsx') },
          { path: 'people', lazy: () => import('./people/PeopleSection.tsx') },
          { path: 'retention', lazy: () => import('./retention/RetentionSection.tsx') },
          { path: 'users', lazy: () => import('./access/UsersSection.tsx') },
          { path: 'keys', lazy: () => import('./access/KeysSection.tsx') },
          { path: '*', element: null },
        ],
      },
      { path: '*', element: <Navigate to="/calls" replace /> },
    ],
  },
])

/** A page and its words, fetched side by side. */
function withPageWords<Page>(load: () => Promise<Page>): () => Promise<Page> {
  return async () => (await Promise.all([load(), loadPageWords()]))[0]
}

function Nothing() {
  return null
}
