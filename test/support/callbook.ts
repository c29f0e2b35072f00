// The real server for tests: own data folder, a free port, a key; everything over real HTTP.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createKey } from '../../src/access/keys.ts'
import { SCOPES, type Scope } from '../../src/access/permissions.ts'
import { type Config, DEFAULT_INSTANCE, readConfig } from '../../src/config.ts'
import { type Running, serve } from '../../src/main.ts'

export interface TestCallbook extends Running {
  folder: string
  /** A key with every scope. */
  key: string
  /** `fetch` below /api/v1, with the key unless other headers are given. */
  api(path: string, init?: RequestInit): Promise<Response>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  makeKey(scopes: readonly Scope[]): Promise<string>
  /** Stops and starts again on the same folder and port. */
  restart(): Promise<void>
}

export const ADMIN_PASSWORD = 'a long test password'

/** `config`: settings that differ. Close with `close()`, which removes the folder. */
export async function startCallbook(config: Partial<Config> = {}, now?: () => number): Promise<TestCallbook> {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-server-'))
  const env = { CALLBOOK_DATA: folder, CALLBOOK_PORT: '0', CALLBOOK_ADMIN_PASSWORD: ADMIN_PASSWORD }
  const settings: Config = { ...readConfig(env, folder), ...config }
  const options = { log: pino({ level: 'silent' }), print: () => {}, ...(now ? { now } : {}) }
  let running = await serve(settings, options)
  const makeKey = async (scopes: readonly Scope[]) => {
    const made = await createKey(
      running.store.access,
      { instance: DEFAULT_INSTANCE, name: 'test', scopes: [...scopes] },
      Date.now(),
    )
    return made.key
  }
  const key = await makeKey(SCOPES)
  const server: TestCallbook = {
    ...running,
    folder,
    key,
    makeKey,
    api: (path, init = {}) =>
      fetch(`${running.address}/api/v1${path}`, {
        ...init,
        headers: init.headers ?? { authorization: `Bearer ${key}` },
      }),
    post: (path, body, headers = {}) =>
      fetch(`${running.address}/api/v1${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    restart: async () => {
      await running.close()
      running = await serve({ ...settings, port: Number(new URL(running.address).port) }, options)
      Object.assign(server, running, { close })
    },
    close,
  }
  async function close(): Promise<void> {
    await running.close()
    await rm(folder, { recursive: true, force: true })
  }
  return server
}

/** Logs in and gives the cookie header of the session. */
export async function logIn(server: TestCallbook, username: string, password: string): Promise<string> {
  const answer = await fetch(`${server.address}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  assert.equal(answer.status, 200, await answer.clone().text())
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}
