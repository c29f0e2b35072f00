// Who is logged in, and what the instance says about itself.
import type { QueryClient } from '@tanstack/react-query'
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { KnownDay } from '../ui/time.ts'
import { ask } from './client.ts'
import { isSignedOut } from './problem.ts'

export interface SessionUser {
  id: string
  name: string
  role: 'admin' | 'manager' | 'agent'
  agentId: string | null
  mustChangePassword: boolean
  /** Numbers come masked, and can be searched for whole only. */
  masksNumbers: boolean
}

export interface Session {
  user: SessionUser | null
  scopes: string[]
  instance: string
  /** The session looks at sample calls. */
  isSample: boolean
  /** Days of the list are days of this zone. */
  timeZone: string
  /** The day it is there, and its bounds (ISO 8601). */
  today: KnownDay
  searchWindowDays: number
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => ask<Session>('/session', { signal }).catch(nobodyIfSignedOut),
  staleTime: Number.POSITIVE_INFINITY,
})

/** That nobody is logged in is an answer here, not a failure. */
const nobody: Session = {
  user: null,
  scopes: [],
  instance: '',
  isSample: false,
  timeZone: 'Asia/Shanghai',
  today: { day: '', from: '', to: '' },
  searchWindowDays: 30,
}

function nobodyIfSignedOut(error: unknown): Session {
  if (isSignedOut(error)) return nobody
  throw error
}

export function useSession() {
  return useQuery(sessionQuery)
}

/** @throws ApiProblem login-refused, too-many-requests */
export async function logIn(client: QueryClient, username: string, password: string): Promise<Session> {
  await ask('/session', { method: 'POST', body: { username, password } })
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
  return await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

export async function logOut(client: QueryClient): Promise<void> {
  await ask('/session', { method: 'DELETE' })
  forgetUser(client)
}

/** @throws ApiProblem password-wrong, password-too-short */
export async function changePassword(client: QueryClient, current: string, next: string): Promise<void> {
  await ask('/session/password', { method: 'PUT', body: { current, next } })
  await client.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

/** The server said 401: the pages fall back to the login, and nothing of the last user stays in memory. */
export function forgetUser(client: QueryClient): void {
  client.setQueryData(sessionQuery.queryKey, nobody)
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
}
