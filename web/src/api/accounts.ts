// Accounts of people and keys of programs.
import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'
import type { SessionUser } from './session.ts'

export type Role = SessionUser['role']

export interface UserJson extends SessionUser {
  createdAt: string
  disabledAt: string | null
}

export interface KeyJson {
  id: string
  name: string
  scopes: string[]
  masksNumbers: boolean
  createdAt: string
  revokedAt: string | null
  lastUsedAt: string | null
}

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => (await ask<{ items: UserJson[] }>('/users', { signal })).items,
})

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }) => (await ask<{ items: KeyJson[] }>('/keys', { signal })).items,
})

/** The password is in the answer, this once. @throws ApiProblem user-exists, too-many-users */
export function makeUser(wish: {
  name: string
  role: Role
  agentId: string | null
  masksNumbers: boolean
}): Promise<UserJson & { oneTimePassword: string | null }> {
  return ask('/users', { method: 'POST', body: wish })
}

/** @throws ApiProblem last-admin, user-not-found */
export function changeUser(
  id: string,
  change: {
    role?: Role
    agentId?: string | null
    masksNumbers?: boolean
    disabled?: boolean
    password?: string
    mustChangePassword?: boolean
  },
): Promise<UserJson> {
  return ask(`/users/${encodeURIComponent(id)}`, { method: 'PATCH', body: change })
}

/** The key is in the answer, this once. @throws ApiProblem too-many-keys */
export function makeKey(wish: {
  name: string
  scopes: string[]
  masksNumbers: boolean
}): Promise<KeyJson & { key: string }> {
  return ask('/keys', { method: 'POST', body: wish })
}

export async function revokeKey(id: string): Promise<void> {
  await ask(`/keys/${encodeURIComponent(id)}`, { method: 'DELETE' })
}
