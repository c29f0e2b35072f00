// What the journeys stand on: the real server as a process of its own, calls told to it by POST /events, and Chromium.
// Screenshots of every journey go to test-artefacts/; a failing one leaves a picture of where it failed.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/chromium.ts'
import type { CallPageJson } from '../../src/calls/call-routes.ts'
import { ServerProcess } from '../support/server-process.ts'

const PROJECT = resolve(import.meta.dirname, '../..')
const ARTEFACTS = join(PROJECT, 'test-artefacts')
const ADMIN = { username: 'admin', password: 'journeys need a password' }
/** How long a page may take to show what it should; generous, since machines under test are busy. */
const PATIENCE_MS = 60_000

export interface Journeys {
  server: ServerProcess
  /** A fresh browser profile; `login` false leaves the login page open. */
  open(options?: OpenOptions): Promise<Page>
  picture(page: Page, name: string): Promise<void>
  /** Tells the server of call events; every one must be accepted. */
  tell(events: readonly EventLine[]): Promise<void>
  /** Pictures of what is on show, on a desk's screen and a tablet, light and dark; nothing may scroll sideways. */
  looks(page: Page, name: string): Promise<void>
  /** The same question to the API as the page asks. */
  calls(query?: string): Promise<CallPageJson>
  /** The same on another server with a data folder that is still empty; it ends with the file. */
  fresh(): Promise<Journeys>
}

export interface OpenOptions {
  path?: string
  login?: boolean | { username: string; password: string }
  locale?: 'zh-CN' | 'en-US'
  colorScheme?: 'light' | 'dark'
  viewport?: { width: number; height: number }
}

/** An event as a feed would send it; `at` in seconds before now. */
const DESK_AND_TABLET = [
  [1440, 900],
  [768, 1024],
] as const
/** The page itself, and what scrolls within it. */
const WIDEST = 'Math.max(...["html", ".operations"].map((part) => document.querySelector(part)?.scrollWidth ?? 0))'

export interface EventLine {
  callId: string
  type: string
  at: number
  [field: string]: unknown
}

/**
 * Starts server and browser for the journeys of one file, and ends them.
 * The contact centre's clock stands near noon, so that "today" is never about to end while a journey runs.
 */
export function journeys(settings: Record<string, string> = {}): Journeys {
  let server: ServerProcess | null = null
  let browser: Browser | null = null
  const others: ServerProcess[] = []
  const start = () =>
    ServerProcess.start({
      settings: { CALLBOOK_TIME_ZONE: zoneNearNoon(), CALLBOOK_ADMIN_PASSWORD: ADMIN.password, ...settings },
    })

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true })
    const executablePath = findChromium()
    assert.ok(executablePath, 'Chromium is missing: npm test installs it, or says how')
    server = await start()
    browser = await chromium.launch({
      executablePath,
      // Where the machine has no language set, Chromium gives files with Chinese names the name "download".
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--mute-audio',
        '--autoplay-policy=no-user-gesture-required',
      ],
    })
  })
  after(async () => {
    await browser?.close()
    for (const one of [server, ...others]) await one?.close()
  })

  async function fresh(): Promise<Journeys> {
    const other = await start()
    others.push(other)
    return journeysOn(() => {
      assert.ok(browser, 'used outside a test')
      return { server: other, browser }
    }, fresh)
  }

  return journeysOn(() => {
    assert.ok(server && browser, 'used outside a test')
    return { server, browser }
  }, fresh)
}

function journeysOn(
  running: () => { server: ServerProcess; browser: Browser },
  fresh: () => Promise<Journeys>,
): Journeys {
  async function open(options: OpenOptions = {}): Promise<Page> {
    const { server, browser } = running()
    const { path = '/', login = true, locale = 'zh-CN', colorScheme = 'light', viewport } = options
    const profile: BrowserContextOptions = {
      locale,
      colorScheme,
      viewport: viewport ?? { width: 1440, height: 900 },
      // Not the contact centre's zone: days and times must not depend on where the browser stands.
      timezoneId: 'America/New_York',
      baseURL: server.url,
      acceptDownloads: true,
    }
    const context = await browser.newContext(profile)
    // The form has journeys of its own; here it would only take time.
    if (login !== false) {
      const answer = await context.request.post('/api/v1/session', { data: login === true ? ADMIN : login })
      assert.ok(answer.ok(), `${answer.status()} ${await answer.text()}`)
    }
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    openPages.add(page)
    await page.goto(path)
    if (login !== false) await isIn(page)
    return page
  }

  async function tell(events: readonly EventLine[]): Promise<void> {
    const now = Date.now()
    const body = events.map((event, index) => ({
      ...event,
      id: `${event.callId}-${event.type}-${now}-${index}`,
      at: now - event.at * 1000,
    }))
    const answer = await running().server.api('/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    assert.equal(answer.status, 200, await answer.clone().text())
    assert.deepEqual(await answer.json(), { accepted: body.length, duplicates: 0, rejected: [] })
  }

  return {
    get server() {
      return running().server
    },
    open,
    tell,
    fresh,
    async calls(query = '') {
      const answer = await running().server.api(`/calls?${query}`)
      assert.equal(answer.status, 200, await answer.clone().text())
      return (await answer.json()) as CallPageJson
    },
    async picture(page, name) {
      await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) })
    },
    async looks(page, name) {
      for (const [width, height] of DESK_AND_TABLET) {
        await page.setViewportSize({ width, height })
        for (const colorScheme of ['dark', 'light'] as const) {
          await page.emulateMedia({ colorScheme })
          await page.locator(`html[data-theme=${colorScheme}]`).waitFor()
          // Until what moves has come to rest.
          await page.waitForTimeout(250)
          await page.screenshot({ path: join(ARTEFACTS, `${name}-${colorScheme}-${width}.png`) })
        }
        assert.ok((await page.evaluate<number>(WIDEST)) <= width, `${name} scrolls sideways at ${width} pixels`)
      }
      const [[width, height]] = DESK_AND_TABLET
      await page.setViewportSize({ width, height })
    },
  }
}

const openPages = new Set<Page>()

/** A test whose failure leaves a picture of every open page. */
export function journey(name: string, walk: () => Promise<void>): void {
  test(name, async () => {
    try {
      await walk()
    } catch (error) {
      let n = 0
      for (const page of openPages) {
        n += 1
        const path = join(ARTEFACTS, `failed-${name.replace(/\W+/g, '-').slice(0, 60)}-${n}.png`)
        await page.screenshot({ path }).catch(() => undefined) // The page may be what failed.
      }
      throw error
    } finally {
      for (const page of openPages) await page.context().close()
      openPages.clear()
    }
  })
}

export async function logIn(page: Page, { username, password }: { username: string; password: string }): Promise<void> {
  await page.locator('input[name=username]').fill(username)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[type=submit]').click()
  await isIn(page)
}

async function isIn(page: Page): Promise<void> {
  await page.locator('.call-table:visible, .call-page, .first-steps, .operations-section').first().waitFor()
}

export const admin = ADMIN

/** The row of a call in the list. */
export function row(page: Page, callId: string) {
  return page.locator(`.call-row[data-call="${callId}"]`)
}

/** The ids on show, top to bottom. */
export async function shownIds(page: Page): Promise<string[]> {
  return await page.locator('.call-row').evaluateAll((rows) => rows.map((each) => each.dataset.call ?? ''))
}

/** Waits until the list shows exactly these calls, in this order. */
export async function showsExactly(page: Page, ids: readonly string[]): Promise<void> {
  await until(
    async () => (await shownIds(page)).join(' ') === ids.join(' '),
    async () => `shown: ${(await shownIds(page)).join(' ')}\nexpected: ${ids.join(' ')}`,
  )
}

/** What stands there, as it is read: one line per line on the screen. */
export async function textOf(place: Locator): Promise<string> {
  return (await place.allInnerTexts()).join('\n')
}

export async function isLive(page: Page): Promise<void> {
  await page.locator('.feed[data-state=open]').waitFor()
}

export async function until(holds: () => Promise<boolean>, explain?: () => Promise<string>): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(explain ? await explain() : 'it did not come to pass')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export function recordingBytes(name: '1795399913.0.wav' | '1795398725.18-stereo.wav'): Buffer {
  return readFileSync(join(PROJECT, 'test/recordings', name))
}

/** Names of Etc/GMT zones are reversed: Etc/GMT-8 is eight hours ahead. */
function zoneNearNoon(): string {
  const ahead = 12 - new Date().getUTCHours()
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}
