// A real PostgreSQL or MariaDB of the test's own: a cluster in a temporary folder, on a free port of loopback, run by an
// account that is not root. Installed from Debian's packages where we may; ended with the test.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ensurePackages } from '../../scripts/debian-packages.ts'

const run = promisify(execFile)

export interface DatabaseServer {
  /** Of a user who may do everything. */
  url: string
  port: number
  stop(): Promise<void>
}

export const PASSWORD = 'made-up-for-this-run'
const READY_MS = 60_000
const STOP_MS = 15_000

/** @throws Error in one sentence where this machine has none and may not install it */
export async function startPostgres(): Promise<DatabaseServer> {
  const find = () => program('postgres', '/usr/lib/postgresql/*/bin/postgres')
  await ensurePackages(['postgresql'], {
    why: 'Reading CEL from PostgreSQL is tried on a real one',
    isThere: () => find() !== null,
  })
  const bin = join(find() ?? '', '..')
  const { folder, as, port } = await prepare('postgres')
  const data = join(folder, 'data')
  writeFileSync(join(folder, 'password'), PASSWORD)
  if (as) chownSync(join(folder, 'password'), as.uid, as.gid)
  const init = ['-D', data, '-U', 'owner', '-A', 'scram-sha-256', '--pwfile', join(folder, 'password')]
  await run(join(bin, 'initdb'), [...init, '--no-sync', '-E', 'UTF8', '--locale=C'], { ...as, cwd: folder })
  const child = spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, '-h', '127.0.0.1', '-p', `${port}`, '-F'], {
    ...as,
    ...{ cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  })
  const { default: pg } = await import('pg')
  const url = `postgresql://owner:${PASSWORD}@127.0.0.1:${port}/postgres`
  return serving(child, { folder, url, port }, async () => {
    const client = new pg.Client(url)
    await client.connect()
    await client.end()
  })
}

/** @throws Error in one sentence where this machine has none and may not install it */
export async function startMariadb(): Promise<DatabaseServer> {
  const find = () => program('mariadbd', '/usr/sbin/mariadbd')
  await ensurePackages(['mariadb-server'], {
    why: 'Reading CEL from MariaDB is tried on a real one',
    isThere: () => find() !== null,
  })
  const { folder, as, port } = await prepare('mysql')
  const data = join(folder, 'data')
  const files = ['--no-defaults', `--datadir=${data}`]
  await run('mariadb-install-db', [...files, '--auth-root-authentication-method=normal', '--skip-test-db'], {
    ...as,
    cwd: folder,
  })
  const init = join(folder, 'init.sql')
  writeFileSync(
    init,
    `CREATE USER owner@'127.0.0.1' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO owner@'127.0.0.1' WITH GRANT OPTION;\nCREATE DATABASE logs CHARACTER SET utf8mb4;\n`,
  )
  chmodSync(init, 0o644)
  const net = [
    `--socket=${join(folder, 'socket')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--init-file=${init}`,
  ]
  const quick = ['--innodb-flush-log-at-trx-commit=0', '--skip-log-bin', `--pid-file=${join(folder, 'pid')}`]
  const child = spawn(find() ?? '', [...files, ...net, ...quick], {
    ...as,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const { createConnection } = await import('mysql2/promise')
  const url = `mysql://owner:${PASSWORD}@127.0.0.1:${port}/logs`
  return serving(child, { folder, url, port }, async () => {
    const connection = await createConnection(url)
    await connection.end()
  })
}

function program(name: string, elsewhere: string): string | null {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name))
  return [...globSync(elsewhere), ...onPath].find((path) => existsSync(path)) ?? null
}

/** A folder that belongs to the account of the database, or to nobody in particular. */
async function prepare(
  account: string,
): Promise<{ folder: string; as: { uid: number; gid: number } | null; port: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'callbook-logs-'))
  mkdirSync(join(folder, 'data'))
  const as = process.getuid?.() === 0 ? accountOf(account) : null
  if (as) for (const path of [folder, join(folder, 'data')]) chownSync(path, as.uid, as.gid)
  chmodSync(join(folder, 'data'), 0o700)
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return { folder, as, port: address.port }
}

function accountOf(name: string): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  const line = lines.find((one) => one.startsWith(`${name}:`)) ?? lines.find((one) => one.startsWith('nobody:')) ?? ''
  const [, , uid, gid] = line.split(':').map(Number)
  return { uid: uid ?? 65534, gid: gid ?? 65534 }
}

async function serving(
  child: ChildProcess,
  { folder, url, port }: { folder: string; url: string; port: number },
  connect: () => Promise<void>,
): Promise<DatabaseServer> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000)
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      // PostgreSQL's fast shutdown; MariaDB takes it for the ordinary one.
      child.kill('SIGINT')
      if (child.spawnfile.endsWith('mariadbd')) child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await ended
      clearTimeout(late)
    }
    rmSync(folder, { recursive: true, force: true })
  }
  for (const deadline = Date.now() + READY_MS; ; await sleep(100)) {
    try {
      await connect()
      return { url, port, stop }
    } catch (cause) {
      if (child.exitCode === null && Date.now() < deadline) continue
      await stop()
      throw new Error(`the database did not start: ${said}`, { cause })
    }
  }
}
