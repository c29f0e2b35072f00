// Connectors that were made in the console: `connectors.json` in the data folder, secrets included, readable by the
// server's own account alone. Those of callbook.config.json stand elsewhere and win over these. Read by main.ts and the
// command line, written by connector-routes.ts.
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Config, DEFAULT_INSTANCE } from '../config.ts'
import { AppError } from '../errors.ts'
import { type ConsoleConnector, checkConsoleConnector } from './console-connector.ts'

/** One made in the console, with the instance it belongs to. */
export interface KeptConnector extends ConsoleConnector {
  instance: string
}

const FILE = 'connectors.json'
const OWNER_ONLY = 0o600

/**
 * What is kept; nothing where there is no file yet.
 * @throws AppError config-invalid where the file cannot be read, or was changed into something else
 */
export async function readKeptConnectors(dataFolder: string): Promise<KeptConnector[]> {
  const path = join(dataFolder, FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new AppError('config-invalid', { detail: `${path}: ${(cause as Error).message}` }, { cause })
  }
  try {
    const { connectors } = JSON.parse(text) as { connectors: Record<string, unknown>[] }
    return connectors.map(({ instance, ...rest }) => ({
      ...checkConsoleConnector(rest),
      instance: typeof instance === 'string' ? instance : DEFAULT_INSTANCE,
    }))
  } catch (cause) {
    throw new AppError('config-invalid', { detail: `${path}: ${(cause as Error).message}` }, { cause })
  }
}

/** On disk when it resolves; a crash leaves the old file or the new one. */
export async function writeKeptConnectors(dataFolder: string, connectors: readonly KeptConnector[]): Promise<void> {
  const path = join(dataFolder, FILE)
  const beside = `${path}.new`
  await rm(beside, { force: true })
  const file = await open(beside, 'wx', OWNER_ONLY)
  try {
    await file.writeFile(`${JSON.stringify({ connectors }, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** As the connector itself takes it. */
export function settingsOf({ secret, login, username, ...rest }: KeptConnector): Config['connectors'][number] {
  return {
    ...rest,
    ...(username === undefined ? {} : { username }),
    ...(login === undefined ? {} : { login }),
    secret: secret ?? null,
    databaseUrl: null,
  }
}
