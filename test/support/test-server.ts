// A Callbook HTTP server for tests: the real embedded store in a folder of its own, the real access routes, a clock that
// the test moves, one account per role. Routes under test are handed in. Uses `inject` unless a test listens itself.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { accessRoutes } from '../../src/access/access-routes.ts'
import { createKey } from '../../src/access/keys.ts'
import type { Role, Scope } from '../../src/access/permissions.ts'
import { openSession, SESSION_COOKIE } from '../../src/access/sessions.ts'
import { createUser } from '../../src/access/users.ts'
import { DEFAULT_INSTANCE, limits } from '../../src/config.ts'
import type { CallbookApp, RouteSet } from '../../src/http/app.ts'
import { buildServer } from '../../src/http/server.ts'
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts'
import type { Store, UserRow } from '../../src/store/store.ts'

export const TEST_PASSWORD = 'correct horse'

export interface TestServer {
  app: CallbookApp
  store: Store
  folder: string
  /** What the server takes for the present; tests move it. */
  clock: { now: number }
  /** What the server logged, a line each. */
  logged: string[]
  user(name: string, role: Role, agentId?: string): Promise<UserRow>
  /** Headers of a request from one of our own pages with a new session. */
  sessionOf(user: UserRow): Promise<Record<string, string>>
  /** Headers of a program's request with a new key. */
  key(...scopes: Scope[]): Promise<Record<string, string>>
  close(): Promise<void>
}

export async function startTestServer(
  options: { routes?: RouteSet[]; trustProxy?: boolean; webRoot?: string | null } = {},
): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-test-'))
  const store = await openEmbeddedStore({ folder, readers: 1 })
  const clock = { now: Date.parse('2026-11-23T10:00:00+08:00') }
  const logged: string[] = []
  const now = () => clock.now
  const app = buildServer({
    access: store.access,
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
    trustProxy: options.trustProxy ?? false,
    limits,
    now,
    webRoot: options.webRoot ?? null,
    routes: [
      accessRoutes({ access: store.access, timeZone: 'Asia/Shanghai', searchWindowDays: 30, now }),
      ...(options.routes ?? []),
    ],
  })
  return {
    app,
    store,
    folder,
    clock,
    logged,
    user: (name, role, agentId) =>
      createUser(
        store.access,
        {
          instance: DEFAULT_INSTANCE,
          name,
          role,
          agentId: agentId ?? null,
          password: TEST_PASSWORD,
          mustChangePassword: false,
        },
        clock.now,
      ),
    sessionOf: async (user) => {
      const token = await openSession(store.access, user.id, clock.now)
      return { cookie: `${SESSION_COOKIE}=${token}`, origin: 'http://localhost:80', host: 'localhost:80' }
    },
    key: async (...scopes) => {
      const { key } = await createKey(store.access, { instance: DEFAULT_INSTANCE, name: 'test', scopes }, clock.now)
      return { authorization: `Bearer ${key}` }
    },
    close: async () => {
      await app.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
