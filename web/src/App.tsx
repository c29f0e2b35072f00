// What every page stands in: the server's answers, what is being played, and the router.
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from 'react-router'
import { client } from './api/query-client.ts'
import { PlaybackProvider } from './recordings/Playback.tsx'
import { router } from './routes.tsx'

export function App() {
  return (
    <QueryClientProvider client={client}>
      <PlaybackProvider>
        <RouterProvider router={router} />
      </PlaybackProvider>
    </QueryClientProvider>
  )
}
