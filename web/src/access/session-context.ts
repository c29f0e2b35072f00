// The logged-in user's session, for everything below RequireUser.
import { createContext, useContext } from 'react'
import type { Session, SessionUser } from '../api/session.ts'

export type OpenSession = Session & { user: SessionUser }

export const SessionContext = createContext<OpenSession | null>(null)

export function useOpenSession(): OpenSession {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('used outside RequireUser')
  return session
}
