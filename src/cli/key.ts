// `callbook key …`: API keys of the default instance, straight in the store.
import { createKey, parseScopes, revokeKey } from '../access/keys.ts'
import { clockIn } from '../calls/instant.ts'
import { DEFAULT_INSTANCE } from '../config.ts'
import { AppError } from '../errors.ts'
import { printJson, printLine, printTable, say } from './print.ts'
import { withStore } from './with-store.ts'

/** Prints the key alone, so that a script can take it: `KEY=$(npm run --silent callbook -- key create …)`. */
export async function runKeyCreate(options: { name: string; scopes: string; json?: boolean }): Promise<void> {
  const scopes = parseScopes(options.scopes)
  if (scopes.length === 0) throw new AppError('bad-request', { detail: 'A key has at least one scope (--scopes).' })
  const name = options.name.trim()
  if (name === '' || name.length > 64)
    throw new AppError('bad-request', { detail: 'A key’s name has 1 to 64 characters (--name).' })
  const { key, row } = await withStore(({ access }) =>
    createKey(access, { instance: DEFAULT_INSTANCE, name, scopes }, Date.now()),
  )
  if (options.json) printJson({ id: row.id, name: row.name, scopes: row.scopes, key })
  else printLine(key)
}

export async function runKeyList(options: { json?: boolean }): Promise<void> {
  await withStore(async ({ access }, { timeZone }) => {
    const { write } = clockIn(timeZone)
    const orNull = (at: number | null) => (at === null ? null : write(at))
    const keys = (await access.keys(DEFAULT_INSTANCE)).map(({ id, name, scopes, ...row }) => ({
      id,
      name,
      scopes,
      createdAt: write(row.createdAt),
      revokedAt: orNull(row.revokedAt),
      lastUsedAt: orNull(row.lastUsedAt),
    }))
    if (options.json) return printJson(keys)
    printTable(
      ['ID', 'NAME', 'SCOPES', 'LAST USED', 'STATE'],
      keys.map((key) => [
        key.id,
        key.name,
        key.scopes.join(','),
        key.lastUsedAt ?? 'never',
        key.revokedAt ? `revoked ${key.revokedAt}` : 'valid',
      ]),
    )
  })
}

export async function runKeyRevoke(id: string): Promise<void> {
  await withStore(({ access }) => revokeKey(access, DEFAULT_INSTANCE, id, Date.now()))
  say(`Key ${id} is revoked.`)
}
