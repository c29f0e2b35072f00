// The real Callbook as a process of its own, as an administrator runs it: configuration file, data folder, API key from the
// command line. Can be killed in the middle of its work and started again on the same data.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PBX } from './asterisk/pbx.ts'

const run = promisify(execFile)
const PROJECT = resolve(import.meta.dirname, '../..')
const START_MS = 30_000
const STOP_MS = 15_000

/** How Callbook is told of the PBX. */
export const connector = {
  name: PBX.systemName,
  type: 'asterisk',
  host: PBX.ami.host,
  port: PBX.ami.port,
  username: PBX.callbookUser.username,
  secretEnv: 'PBX1_SECRET',
  agents: ['PJSIP/1?0?', 'PJSIP/2???', 'PJSIP/5???'],
  trunks: ['PJSIP/customers', 'PJSIP/external', 'PJSIP/load'],
  externalTrunks: ['PJSIP/external'],
  virtualNumbers: ['1709*'],
}

/** `recordings.ari` of a connector. */
export function ariOf({ username, deleteAtPbx }: { username: string; deleteAtPbx?: boolean }): Record<string, unknown> {
  const { url } = PBX.ari
  return { url, username, passwordEnv: 'PBX1_ARI_PASSWORD', ...(deleteAtPbx === undefined ? {} : { deleteAtPbx }) }
}

const open = new Set<CallbookServer>()

/** For the end of the process, where nothing can be waited for: no server and no data stay behind. */
export function closeServersNow(): void {
  for (const server of open) server.closeNow()
}

export class CallbookServer {
  readonly url: string
  readonly key: string
  readonly adminPassword = 'pbx-tests-only-1'
  readonly #folder: string
  readonly #environment: Record<string, string>
  #child: ChildProcess | null = null

  private constructor(folder: string, port: number, environment: Record<string, string>, key: string) {
    this.#folder = folder
    this.#environment = environment
    this.url = `http://127.0.0.1:${port}`
    this.key = key
    open.add(this)
  }

  /**
   * Makes a data folder and a key, and starts on them. `recordings`: this one takes the PBX's recordings in, `ari`: over ARI; `ami`: it
   * reaches the PBX there; `backfill`: it reads CEL and queue_log for what it did not hear.
   */
  static async start({
    recordings = false,
    ari = null,
    secret = PBX.callbookUser.secret as string,
    ami = PBX.ami,
    backfill = false,
  }: {
    recordings?: boolean
    ari?: { username: string; password: string; deleteAtPbx?: boolean } | null
    secret?: string
    ami?: { host: string; port: number }
    backfill?: boolean
  } = {}): Promise<CallbookServer> {
    const folder = mkdtempSync(join(tmpdir(), 'callbook-pbx-data-'))
    mkdirSync(join(folder, 'data'))
    const file = join(folder, 'callbook.config.json')
    const own = {
      ...connector,
      ...ami,
      ...(recordings ? { recordings: { folder: PBX.recordings } } : {}),
      ...(ari ? { recordings: { ari: ariOf(ari) } } : {}),
      ...(backfill ? { backfill: PBX.logs } : {}),
    }
    writeFileSync(file, JSON.stringify({ connectors: [own] }))
    const port = await freePort()
    const environment = {
      CALLBOOK_HOST: '127.0.0.1',
      CALLBOOK_PORT: String(port),
      CALLBOOK_DATA: join(folder, 'data'),
      CALLBOOK_CONFIG: file,
      CALLBOOK_ADMIN_PASSWORD: 'pbx-tests-only-1',
      PBX1_SECRET: secret,
      ...(ari ? { PBX1_ARI_PASSWORD: ari.password } : {}),
    }
    const scopes = 'calls:read,recordings:read'
    const { stdout } = await run(
      process.execPath,
      [join(PROJECT, 'callbook.js'), 'key', 'create', '--name', 'pbx', '--scopes', scopes],
      { cwd: folder, env: { ...inherited(), ...environment }, timeout: START_MS },
    )
    const server = new CallbookServer(folder, port, environment, stdout.trim())
    try {
      await server.start()
    } catch (cause) {
      await server.close()
      throw cause
    }
    return server
  }

  /** Starts again on the same data; `secret`: with another AMI password. Resolves once it answers. */
  async start({ secret }: { secret?: string } = {}): Promise<void> {
    if (secret !== undefined) this.#environment.PBX1_SECRET = secret
    const child = spawn(process.execPath, [join(PROJECT, 'callbook.js'), 'serve'], {
      cwd: this.#folder,
      env: { ...inherited(), ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    const log = createWriteStream(join(this.#folder, 'server.log'), { flags: 'a' })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    const deadline = Date.now() + START_MS
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`Callbook did not start:\n${this.log().slice(-4000)}`)
      await sleep(100)
    }
  }

  /** Of the running server. */
  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('the server does not run')
    return pid
  }

  /** As in a power cut. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends it in good order, waiting for what it has to write. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async close(): Promise<void> {
    await this.stop()
    this.closeNow()
  }

  closeNow(): void {
    open.delete(this)
    this.#child?.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  log(): string {
    try {
      return readFileSync(join(this.#folder, 'server.log'), 'utf8')
    } catch {
      return ''
    }
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await ended
    clearTimeout(late)
    this.#child = null
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/api/v1/health`, { signal: AbortSignal.timeout(2_000) })).ok
    } catch {
      return false
    }
  }
}

/** Of our own environment only what running a program takes: no setting of Callbook leaks in. */
function inherited(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
