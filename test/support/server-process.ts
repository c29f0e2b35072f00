// The real server as a process of its own, on a data folder and a port that outlive it: for what cannot be tried inside
// the test's process (kill -9, a disk that fills up) and for measuring. Ends with close(), which removes the folder.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createKey } from '../../src/access/keys.ts'
import { SCOPES } from '../../src/access/permissions.ts'
import { DEFAULT_INSTANCE } from '../../src/config.ts'
import { freePort } from '../../src/demo/free-port.ts'
import { openEmbeddedStore } from '../../src/store/embedded/embedded-store.ts'

const PROJECT = resolve(import.meta.dirname, '../..')
const START_WITHIN_MS = 60_000

/** Not left behind when a test ends in the middle. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface ServerProcessOptions {
  /** The data folder; default: a new one, removed in the end. */
  folder?: string
  /** Further CALLBOOK_… settings. */
  settings?: Record<string, string>
  /** For node itself, such as `--cpu-prof`. */
  nodeOptions?: string[]
}

export class ServerProcess {
  readonly folder: string
  readonly port: number
  readonly url: string
  /** An API key with every scope. */
  readonly key: string
  readonly #options: ServerProcessOptions
  readonly #log: string
  readonly #temporary: string
  #child: ChildProcess | null = null

  private constructor(folder: string, temporary: string, port: number, key: string, options: ServerProcessOptions) {
    this.folder = folder
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.key = key
    this.#options = options
    this.#temporary = temporary
    this.#log = join(temporary, 'server.log')
  }

  /** Makes a key in the folder, finds a port and starts; resolves once the server answers. */
  static async start(options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const temporary = mkdtempSync(join(tmpdir(), 'callbook-process-'))
    const folder = options.folder ?? join(temporary, 'data')
    const store = await openEmbeddedStore({ folder, readers: 1 })
    const wanted = { instance: DEFAULT_INSTANCE, name: 'traffic', scopes: SCOPES }
    const { key } = await createKey(store.access, wanted, Date.now())
    await store.close()
    // Below the ports that the system gives to outgoing connections, so that it is still free after a kill.
    const port = await freePort('127.0.0.1', 20_000 + Math.floor(Math.random() * 10_000))
    const server = new ServerProcess(folder, temporary, port, key, options)
    await server.start()
    return server
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts (again) on the same folder and port. */
  async start(): Promise<void> {
    const log = openSync(this.#log, 'a')
    const child = spawn(
      process.execPath,
      [...(this.#options.nodeOptions ?? []), join(PROJECT, 'callbook.js'), 'serve'],
      {
        cwd: this.#temporary,
        env: {
          CALLBOOK_DATA: this.folder,
          CALLBOOK_PORT: String(this.port),
          CALLBOOK_ADMIN_PASSWORD: 'only for this process',
          ...this.#options.settings,
        },
        stdio: ['ignore', log, log],
      },
    )
    closeSync(log)
    this.#child = child
    running.add(child)
    child.once('exit', () => running.delete(child))
    for (const end = Date.now() + START_WITHIN_MS; !(await this.#answers()); await delay(25)) {
      if (child.exitCode === null && Date.now() <= end) continue
      // Nobody would end it: whoever waits for this process to end would wait for ever.
      child.kill('SIGKILL')
      throw new Error(`the server did not start:\n${this.log()}`)
    }
  }

  /** As in a power cut of the process: nothing is finished. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  /** The end of what the server has written. */
  log(): string {
    return readFileSync(this.#log, 'utf8').slice(-8_000)
  }

  /** `fetch` below /api/v1 with the key. */
  api(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${this.key}`, ...(init.headers as Record<string, string>) },
    })
  }

  /** Stops, and removes its temporary folder. Safe to call twice. */
  async close(): Promise<void> {
    await this.stop()
    rmSync(this.#temporary, { recursive: true, force: true })
  }

  async #answers(): Promise<boolean> {
    return fetch(`${this.url}/api/v1/ready`).then(
      (answer) => answer.ok,
      () => false,
    )
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
}
