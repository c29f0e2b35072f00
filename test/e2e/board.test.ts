// The board of today: each figure leads to the list of exactly as many calls; the numbers follow what happens; it fits
// screens from a tablet to a wall, in both languages.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { abandonedInQueue, dialledOut, queueTimeout, ringing, talked, talking } from './stories.ts'
import { journey, journeys, textOf, until } from './support.ts'

const on = journeys()
let isTold = false

async function aDay(): Promise<void> {
  if (isTold) return
  isTold = true
  await on.tell([
    ...talked('board-1', 900),
    ...talked('board-2', 700),
    ...abandonedInQueue('board-3', 600),
    ...queueTimeout('board-4', 650),
    ...dialledOut('board-5', 500, { answered: false }),
    ...talking('board-6', 90),
    ...ringing('board-7', 20),
  ])
}

async function isUpToDate(page: Page): Promise<void> {
  await page.locator('.board-state[data-state=open]').waitFor()
}

/** How many calls the list shows; they fit on one page. */
async function listed(page: Page): Promise<number> {
  const rows = page.locator('.call-row')
  await rows.first().waitFor()
  return await rows.count()
}

for (const [locale, title, link] of [
  ['zh-CN', '今日看板', '看板'],
  ['en-US', 'Today', 'Today'],
] as const) {
  journey(`a figure of the board leads to the list of as many calls (${locale})`, async () => {
    await aDay()
    const page = await on.open({ locale })
    await page.getByRole('link', { name: link, exact: true }).click()
    await page.getByRole('heading', { name: title, exact: true }).waitFor()
    await isUpToDate(page)
    for (const place of [
      '[data-figure=inbound] .figure-number',
      '[data-figure=answered] .figure-number',
      '[data-figure=abandoned] .figure-number',
      '[data-figure=queueTimeouts] .figure-number',
      '[data-reason=not-connected] .count',
      '.live-waiting .live-number',
    ]) {
      const figure = Number(await page.locator(place).first().innerText())
      assert.ok(figure > 0, place)
      await page.locator(place).first().click()
      await page.waitForURL(/\/calls\?/)
      assert.equal(await listed(page), figure, place)
      if (place.startsWith('.live')) await on.picture(page, `board-list-${locale}`)
      await page.goBack()
      await isUpToDate(page)
    }
    await page.locator('.hour-chart svg').waitFor()
    await page.locator('.hour-details summary').click()
    const hours = page.locator('.hour-table tbody tr')
    await until(async () => (await hours.count()) >= 23)
    assert.match(await textOf(page.locator('.group-table')), /1/)
    await on.picture(page, `board-${locale}`)
  })
}

journey('the numbers follow what happens, and the page says when they do not', async () => {
  await aDay()
  const page = await on.open()
  await page.goto('/board')
  await isUpToDate(page)
  const inbound = page.locator('[data-figure=inbound] .figure-number')
  const before = Number(await inbound.innerText())
  await on.tell(talked('board-new', 30))
  await until(async () => Number(await inbound.innerText()) === before + 1)
  await page.context().setOffline(true)
  await page.locator('.board-state[data-state=lost]').waitFor()
  await page.context().setOffline(false)
  await isUpToDate(page)
})

journey('it fits a tablet and a wall', async () => {
  await aDay()
  for (const [width, height, colorScheme] of [
    [768, 1024, 'light'],
    [3840, 2160, 'dark'],
  ] as const) {
    const page = await on.open({ viewport: { width, height }, colorScheme })
    await page.goto('/board')
    await page.locator('.hour-chart svg').waitFor()
    if (width > 2000) {
      await page.getByRole('button', { name: '全屏' }).click()
      await page.locator('.board-wall').waitFor()
      await page.getByRole('button', { name: '退出全屏' }).waitFor()
    }
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > window.innerWidth'), false)
    await on.picture(page, `board-${width}-${colorScheme}`)
  }
})
