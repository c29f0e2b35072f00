// WCAG 2.2 AA as far as a machine can see it (axe), on every page, light and dark, in both languages; and the pages on
// small and very large screens. Leaves pictures of all of them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { abandonedInQueue, dialledOut, queueTimeout, ringing, talked, talking } from './stories.ts'
import { journey, journeys } from './support.ts'

const on = journeys()
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** What can differ between light and dark. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']
/** The smallest and the largest screens. */
const SCREENS = [
  [768, 1024],
  [3840, 2160],
] as const
let isTold = false

/** Each page, and what shows that it is there. */
const PAGES = [
  { name: 'list', path: '/calls', ready: '.call-row' },
  { name: 'detail', path: '/calls/a11y-1', ready: '.steps' },
  { name: 'board', path: '/board', ready: '.live-number' },
  { name: 'unreached', path: '/unreached', ready: '[data-number]' },
  { name: 'rejected', path: '/operations/rejected', ready: '.operations-section' },
  { name: 'reconciliation', path: '/operations/reconciliation', ready: '.operations-section' },
  { name: 'receipts', path: '/operations/receipts', ready: '.operations-section' },
  { name: 'connectors', path: '/settings/connectors', ready: '.operations-section' },
  { name: 'connect', path: '/settings/connect', ready: 'main' },
  { name: 'people', path: '/settings/people', ready: '.operations-section' },
  { name: 'retention', path: '/settings/retention', ready: '.operations-section' },
  { name: 'users', path: '/settings/users', ready: '.operations-section' },
  { name: 'keys', path: '/settings/keys', ready: '.operations-section' },
  { name: 'preferences', path: '/settings/preferences', ready: '.operations-section' },
  { name: 'views', path: '/settings/views', ready: '.operations-section' },
] as const

async function someCalls(): Promise<void> {
  if (isTold) return
  isTold = true
  await on.tell([
    ...talked('a11y-1', 900),
    ...abandonedInQueue('a11y-2', 800),
    ...queueTimeout('a11y-3', 700),
    ...dialledOut('a11y-4', 600),
    ...dialledOut('a11y-5', 500, { answered: false }),
    ...talking('a11y-6', 90),
    ...ringing('a11y-7', 5),
  ])
}

/** What axe finds, one line each, with the places. */
async function violations(page: Page, runOnly: readonly string[] = RULES): Promise<string[]> {
  await page.evaluate(AXE)
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })`,
  )) as AxeResults
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} — ${failureSummary?.split('\n').at(-1)}`),
  )
}

async function opened(page: Page, { path, ready }: (typeof PAGES)[number]): Promise<void> {
  await page.goto(path)
  await page.locator(ready).first().waitFor()
  // Until drawers and charts have come to rest: colours are looked at as they are painted.
  await page.waitForTimeout(700)
}

for (const locale of ['zh-CN', 'en-US'] as const)
  journey(`axe finds nothing on any page, light or dark, and none scrolls sideways (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale })
    const found: Record<string, string[]> = {}
    for (const each of PAGES) {
      await opened(page, each)
      await on.picture(page, `${each.name}-${locale}-light-1440`)
      const inLight = await violations(page)
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.locator('html[data-theme=dark]').waitFor()
      await page.waitForTimeout(300)
      await on.picture(page, `${each.name}-${locale}-dark-1440`)
      const here = [...inLight, ...(await violations(page, OF_COLOURS))]
      await page.emulateMedia({ colorScheme: 'light' })
      for (const [width, height] of SCREENS) {
        await page.setViewportSize({ width, height })
        await page.waitForTimeout(300)
        await on.picture(page, `${each.name}-${locale}-light-${width}`)
        const excess = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
        if (excess !== 0) here.push(`scrolls sideways by ${excess} px at ${width} px`)
      }
      await page.setViewportSize({ width: 1440, height: 900 })
      if (here.length > 0) found[each.name] = here
    }
    assert.deepEqual(found, {})
  })

journey('axe finds nothing on the login page', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await on.open({ login: false, colorScheme })
    await page.locator('input[name=username]').waitFor()
    assert.deepEqual(await violations(page), [], colorScheme)
  }
})
