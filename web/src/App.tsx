// What every page stands in: the server's answers, what is being played, and the router.
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from 'react-router'
import { ApiProblem, isSignedOut } from './api/problem.ts'
import { forgetUser } from './api/session.ts'
import { PlaybackProvider } from './recordings/Playback.tsx'
import { router } from './routes.tsx'

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

export function App() {
  return (
    <QueryClientProvider client={client}>
      <PlaybackProvider>
        <RouterProvider router={router} />
      </PlaybackProvider>
    </QueryClientProvider>
  )
}
