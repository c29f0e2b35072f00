// Session, users and keys over HTTP. Registered by main.ts; decides nothing itself: rules stand in users.ts, keys.ts,
// sessions.ts and permissions.ts. A principal sees and changes only its own instance.
import { type Clock, clockIn } from '../calls/instant.ts'
import type { RouteSet } from '../http/app.ts'
import type { AccessStore } from '../store/store.ts'
import { keyRoutes } from './key-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { userRoutes } from './user-routes.ts'

export interface AccessRoutesOptions {
  access: AccessStore
  timeZone: string
  searchWindowDays: number
  now?: () => number
}

/** What the routes share. */
export interface AccessContext extends AccessRoutesOptions {
  now: () => number
  clock: Clock
}

export function accessRoutes(options: AccessRoutesOptions): RouteSet {
  const context: AccessContext = { ...options, now: options.now ?? Date.now, clock: clockIn(options.timeZone) }
  return (app) => {
    sessionRoutes(app, context)
    userRoutes(app, context)
    keyRoutes(app, context)
  }
}
