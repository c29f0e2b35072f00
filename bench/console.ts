// The console in a real browser: how soon the list is usable on a slow computer, and what a thousand changes a second cost
// the page. Chromium beside the real server and its senders on the same machine, so frames it misses may be theirs: main
// thread and long tasks are the page's own.
import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { findBrowser } from '../scripts/chromium.ts'
import { callTraffic } from '../test/support/call-traffic.ts'
import { ServerProcess } from '../test/support/server-process.ts'
import type { BenchOptions } from './bench-options.ts'
import { openEventPosts } from './event-posts.ts'
import { sendSteadily } from './live.ts'
import { printTable } from './table.ts'

const PASSWORD = 'a password for the bench'
const SLOWER = 4
const LOADS = 5
const RATE = 1_000
const LIVE_CALLS = 2_000
const WARM_UP_MS = 5_000
const COUNTED_MS = 10_000

/**
 * Run in the page before anything else: when the first row stood there, frames, long tasks. Frames are counted apart from the rest: to count
 * them makes the page draw sixty times a second.
 */
const WATCH = `
  window.watched = { firstRowMs: null, frames: 0, counting: false, longTasksMs: [] }
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.call-row')) return
    observer.disconnect()
    // Usable: drawn, and the main thread free again.
    requestAnimationFrame(() => setTimeout(() => {
      watched.firstRowMs = performance.now()
      console.debug('usable')
    }))
  }).observe(document, { childList: true, subtree: true })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.longTasksMs.push(duration)
  }).observe({ type: 'longtask', buffered: true })
  const frame = () => { watched.frames++; if (watched.counting) requestAnimationFrame(frame) }
  window.countFrames = () => { watched.counting = true; requestAnimationFrame(frame) }
`

export async function benchConsole({ quick }: BenchOptions): Promise<void> {
  const executablePath = findBrowser()
  if (!executablePath) throw new Error('Chromium is missing: apt-get install chromium')
  const server = await ServerProcess.start({
    settings: { CALLBOOK_LOG_LEVEL: 'warn', CALLBOOK_ADMIN_PASSWORD: PASSWORD },
  })
  const posts = openEventPosts(server, 64)
  let browser: Browser | null = null
  try {
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--mute-audio'],
    })
    const context = await browser.newContext({ baseURL: server.url, viewport: { width: 1440, height: 900 } })
    await context.addInitScript(WATCH)
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    // Processor time, not the clock on the wall: what others on the machine take is not the page's.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
    const traffic = callTraffic({ seed: RATE, liveCalls: LIVE_CALLS, prefix: 'console' })
    const next = () => traffic.next(Date.now())
    await sendSteadily(posts.post, next, RATE, WARM_UP_MS)
    await logIn(page)
    await measureLoads(page, cdp)
    const send = (ms: number) => sendSteadily(posts.post, next, RATE, ms)
    await measurePeak(page, cdp, quick ? 10_000 : 60_000, send)
    await measureMovement(browser, page, send)
  } finally {
    await browser?.close()
    posts.close()
    await server.close()
  }
}

async function logIn(page: Page): Promise<void> {
  await page.goto('/login')
  await page.locator('input[name=username]').fill('admin')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.locator('.call-row').first().waitFor()
}

/** From the address to the list, nothing in the cache, on a computer several times slower. */
async function measureLoads(page: Page, cdp: CDPSession): Promise<void> {
  const times: number[] = []
  let bytes = 0
  await cdp.send('Network.enable')
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  for (let n = 0; n < LOADS; n++) {
    await cdp.send('Network.clearBrowserCache')
    // The page says when: asking it again and again would take its time.
    const usable = page.waitForEvent('console', { predicate: (message) => message.text() === 'usable' })
    await page.goto('/calls')
    await usable
    times.push(Number(await page.evaluate('watched.firstRowMs')))
    const scripts = `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))`
    bytes = Number(await page.evaluate(`${scripts}.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`))
  }
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  times.sort((a, b) => a - b)
  printTable(
    `Console: from the address to a usable list, CPU ${SLOWER}× slower, empty cache, ${LOADS} loads.`,
    ['median ms', 'longest ms', 'scripts as sent, KB'],
    [[Math.round(times[LOADS >> 1] ?? 0), Math.round(times.at(-1) ?? 0), Math.round(bytes / 1024)].map(String)],
  )
}

async function measurePeak(
  page: Page,
  cdp: CDPSession,
  durationMs: number,
  send: (ms: number) => Promise<{ sent: number; seconds: number }>,
): Promise<void> {
  await page.goto('/calls')
  await page.locator('.feed[data-state=open]').waitFor()
  await delay(2_000)
  // What the page costs with nothing to tell: ticking durations of live calls.
  const quietFor = (ms: number) => () => delay(ms).then(() => null)
  const still = await span(page, cdp, quietFor(5_000))
  // The first seconds fill what is bounded; memory is compared from there.
  await send(WARM_UP_MS)
  const heapBefore = await heapMb(cdp)
  const busy = await span(page, cdp, () => send(durationMs))
  const heapAfter = await heapMb(cdp)
  await page.evaluate('countFrames()')
  const counted = await span(page, cdp, () => send(COUNTED_MS))
  const countedStill = await span(page, cdp, quietFor(5_000))
  const row = (name: string, one: Span, { frames, seconds }: Span) => [
    name,
    one.sent === null ? '0' : (one.sent / one.seconds).toFixed(0),
    (frames / seconds).toFixed(1),
    `${(one.mainThread * 100).toFixed(1)} %`,
    String(one.longTasksMs.length),
    one.longTasksMs.length === 0 ? '–' : Math.max(...one.longTasksMs).toFixed(0),
  ]
  printTable(
    `Console at its peak: today's list open for ${(busy.seconds).toFixed(0)} s; memory of the page ${heapBefore.toFixed(1)} → ${heapAfter.toFixed(1)} MB after collection. Load of the machine ${loadavg()
      .map((load) => load.toFixed(1))
      .join(', ')}.`,
    ['', 'events/s', 'frames/s', 'main thread, of a core', 'tasks > 50 ms', 'longest ms'],
    [row('still', still, countedStill), row('peak', busy, counted)],
  )
}

/**
 * What a reader who scrolls sees: frames of a movement that the compositor makes alone, of which those count as lost that never came to
 * the screen.
 */
async function measureMovement(
  browser: Browser,
  page: Page,
  send: (ms: number) => Promise<{ sent: number; seconds: number }>,
): Promise<void> {
  await page.evaluate(`
    const moved = document.createElement('div')
    Object.assign(moved.style, { position: 'fixed', inset: '0 auto auto 0', width: '4px', height: '4px', background: 'gray' })
    document.body.append(moved)
    moved.animate([{ translate: '0 0' }, { translate: '300px 0' }], { duration: 1000, iterations: Infinity })
  `)
  const still = await frameStates(browser, () => delay(COUNTED_MS))
  const peak = await frameStates(browser, () => send(COUNTED_MS))
  const row = (name: string, rate: string, { presented, lost }: FrameStates) => [
    name,
    rate,
    (presented / (COUNTED_MS / 1000)).toFixed(1),
    String(lost),
  ]
  printTable(
    `Console at its peak: frames on the screen while something moves that needs no script, ${COUNTED_MS / 1000} s each.`,
    ['', 'events/s', 'presented/s', 'lost'],
    [row('still', '0', still), row('peak', String(RATE), peak)],
  )
}

interface FrameStates {
  presented: number
  lost: number
}

/** As Chromium itself accounts for each frame (its trace event PipelineReporter). */
async function frameStates(browser: Browser, meanwhile: () => Promise<unknown>): Promise<FrameStates> {
  const tracing = await browser.newBrowserCDPSession()
  const found = { presented: 0, lost: 0 }
  tracing.on('Tracing.dataCollected', ({ value }) => {
    for (const { name, ph, args } of value as unknown as TraceEvent[]) {
      const state = name === 'PipelineReporter' && ph === 'b' ? args?.frame_reporter?.state : undefined
      if (state?.startsWith('STATE_PRESENTED')) found.presented++
      else if (state === 'STATE_DROPPED') found.lost++
    }
  })
  const complete = new Promise((resolve) => tracing.once('Tracing.tracingComplete', resolve))
  await tracing.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['benchmark'] },
  })
  await meanwhile()
  await tracing.send('Tracing.end')
  await complete
  await tracing.detach()
  return found
}

interface TraceEvent {
  name: string
  ph: string
  args?: { frame_reporter?: { state?: string } }
}

interface Span {
  seconds: number
  sent: number | null
  frames: number
  /** Processor time of the page's main thread, of one core. */
  mainThread: number
  longTasksMs: number[]
}

async function span(page: Page, cdp: CDPSession, meanwhile: () => Promise<{ sent: number } | null>): Promise<Span> {
  const watched = async () => (await page.evaluate('watched')) as { frames: number; longTasksMs: number[] }
  const [before, busyBefore, at] = [await watched(), await metric(cdp, 'TaskDuration'), performance.now()]
  const told = await meanwhile()
  const seconds = (performance.now() - at) / 1_000
  const [after, busyAfter] = [await watched(), await metric(cdp, 'TaskDuration')]
  return {
    seconds,
    sent: told?.sent ?? null,
    frames: after.frames - before.frames,
    mainThread: (busyAfter - busyBefore) / seconds,
    longTasksMs: after.longTasksMs.slice(before.longTasksMs.length),
  }
}

async function heapMb(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage')
  return (await metric(cdp, 'JSHeapUsedSize')) / 1024 / 1024
}

async function metric(cdp: CDPSession, name: string): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return metrics.find((one) => one.name === name)?.value ?? Number.NaN
}
