// Firefox ESR for tests, driven over WebDriver BiDi: a WebSocket that the browser itself opens (--remote-debugging-port), so
// no driver program is needed. Used where a second browser engine must agree with Chromium.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensurePackages } from './debian-packages.ts'

const PLACES = ['/usr/bin/firefox-esr', '/usr/bin/firefox']
const START_WITHIN_MS = 90_000
/** A fresh profile that asks nobody for anything and plays without being clicked. */
const SETTINGS = `
user_pref("media.autoplay.default", 0);
user_pref("media.autoplay.blocking_policy", 0);
user_pref("app.update.enabled", false);
user_pref("app.normandy.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("services.settings.server", "data:,");
`

export function findFirefox(): string | null {
  return PLACES.find((place) => existsSync(place)) ?? null
}

/** Installs it where we may. @throws Error that says how to install it */
export async function ensureFirefox(): Promise<void> {
  await ensurePackages(['firefox-esr'], {
    why: 'A second browser needs Firefox',
    isThere: () => findFirefox() !== null,
  })
}

export interface FirefoxPage {
  goto(url: string): Promise<void>
  setCookie(cookie: { name: string; value: string; domain: string }): Promise<void>
  /** The value of an expression in the page (a promise is waited for); it must be a string. @throws Error what the page threw */
  evaluate(expression: string): Promise<string>
  /** Ends the browser. Safe to call twice. */
  close(): Promise<void>
}

/** Starts a Firefox with one page. @throws Error when it is not there or does not answer */
export async function openFirefox(): Promise<FirefoxPage> {
  const program = findFirefox()
  if (program === null) throw new Error('There is no Firefox here.')
  const profile = await mkdtemp(join(tmpdir(), 'callbook-firefox-'))
  await writeFile(join(profile, 'user.js'), SETTINGS)
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank']
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } })
  const end = endOf(child, profile)
  try {
    const session = await BidiSession.open(`${await addressOf(child)}/session`)
    await session.ask('session.new', { capabilities: {} })
    const { context } = (await session.ask('browsingContext.create', { type: 'tab' })) as { context: string }
    return {
      goto: async (url) => void (await session.ask('browsingContext.navigate', { context, url, wait: 'complete' })),
      setCookie: async ({ name, value, domain }) =>
        void (await session.ask('storage.setCookie', { cookie: { name, value: { type: 'string', value }, domain } })),
      evaluate: async (expression) => {
        const answer = (await session.ask('script.evaluate', {
          expression,
          target: { context },
          awaitPromise: true,
        })) as Evaluated
        if (answer.type === 'exception') throw new Error(answer.exceptionDetails?.text ?? 'the page threw')
        return String(answer.result?.value)
      },
      close: async () => {
        session.close()
        await end()
      },
    }
  } catch (cause) {
    await end()
    throw cause
  }
}

interface Evaluated {
  type: 'success' | 'exception'
  result?: { value?: unknown }
  exceptionDetails?: { text: string }
}

/** Firefox writes where it listens. */
async function addressOf(child: ChildProcess): Promise<string> {
  let said = ''
  const late = AbortSignal.timeout(START_WITHIN_MS)
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`Firefox ${why}: ${said.slice(-500)}`))
    child.stderr?.on('data', (piece: Buffer) => {
      said += piece
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    })
    child.once('error', () => fail('cannot be started'))
    child.once('exit', () => fail('ended'))
    late.addEventListener('abort', () => fail('did not say where it listens'))
  })
}

function endOf(child: ChildProcess, profile: string): () => Promise<void> {
  let ended: Promise<void> | null = null
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  return () => {
    ended ??= (async () => {
      process.off('exit', kill)
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit')
        child.kill('SIGTERM')
        const impatient = setTimeout(kill, 5_000)
        await exited
        clearTimeout(impatient)
      }
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    })()
    return ended
  }
}

/** Questions and answers of WebDriver BiDi (W3C) over one socket. */
class BidiSession {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(cause: Error): void }>()
  #nextId = 1

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#take(String(data)))
    socket.addEventListener('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('Firefox has gone'))
      this.#waiting.clear()
    })
  }

  static async open(address: string): Promise<BidiSession> {
    const socket = new WebSocket(address)
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve())
      socket.addEventListener('error', () => reject(new Error(`Firefox does not answer at ${address}`)))
    })
    return new BidiSession(socket)
  }

  ask(method: string, params: object): Promise<unknown> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }

  close(): void {
    this.#socket.close()
  }

  #take(text: string): void {
    const answer = JSON.parse(text) as { id?: number; type: string; result?: unknown; message?: string }
    const waiting = answer.id === undefined ? undefined : this.#waiting.get(answer.id)
    if (!waiting) return
    this.#waiting.delete(answer.id as number)
    if (answer.type === 'success') waiting.resolve(answer.result)
    else waiting.reject(new Error(`Firefox refused: ${answer.message}`))
  }
}
