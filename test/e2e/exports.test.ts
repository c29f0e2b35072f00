// Exporting a search: the dialog, the tray that goes on after a reload, and a file with exactly the calls of the search.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { abandonedInQueue, SALES, SUPPORT, talked, ZHANG } from './stories.ts'
import { isLive, journey, journeys, row, until } from './support.ts'

const on = journeys()
let isTold = false

async function someCalls(): Promise<void> {
  if (isTold) return
  isTold = true
  await on.tell([
    ...Array.from({ length: 60 }, (_, i) =>
      talked(`sold-${i}`, 4_000 + i * 30, { customer: `1380013${8000 + i}`, agent: ZHANG, group: SALES }),
    ).flat(),
    ...abandonedInQueue('gave-up', 700, { customer: '13900139000', group: SUPPORT }),
  ])
}

async function download(page: Page, name: string | RegExp): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).first().click()])
  return file.path()
}

journey('a search is exported as CSV: more than the page shows, and nothing else', async () => {
  await someCalls()
  const page = await on.open({ path: '/calls?callee=1001' })
  await isLive(page)
  await row(page, 'sold-0').waitFor()
  const { items } = await on.calls('callee=1001&limit=200')
  await page.getByRole('button', { name: '导出', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: '导出通话' })
  await dialog.getByText('60 条通话记录').waitFor()
  await on.picture(page, 'export-dialog')
  await dialog.getByRole('radio', { name: /^CSV/ }).check()
  await dialog.getByRole('checkbox', { name: /供程序读取/ }).check()
  await dialog.getByRole('button', { name: '开始导出' }).click()
  await page.getByText(/60 通 · .* · 保留到/).waitFor()
  await on.picture(page, 'export-done')
  const [head, ...lines] = readFileSync(await download(page, '下载'), 'utf8')
    .trim()
    .split('\r\n')
  assert.match(head ?? '', /^id,startedAt,/)
  assert.equal(lines.length, 60)
  assert.deepEqual(
    lines.map((line) => line.split(',')[0]),
    items.map(({ id }) => id),
  )
})

journey('an export is still there after a reload, and can be removed', async () => {
  await someCalls()
  const page = await on.open({ locale: 'en-US' })
  await isLive(page)
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Export calls' })
  await dialog.getByText('Choose columns').click()
  await dialog.getByRole('checkbox', { name: 'Call ID' }).uncheck()
  await dialog.getByText('33 columns').waitFor()
  await on.picture(page, 'export-columns')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByText(/61 calls · .* · until/).waitFor()
  await page.reload()
  await isLive(page)
  await page.getByRole('button', { name: 'Exports' }).click()
  const line = page.locator('.tray-line', { hasText: '.xlsx' })
  await line.waitFor()
  assert.equal(
    readFileSync(await download(page, 'Download'))
      .subarray(0, 2)
      .toString(),
    'PK',
  )
  await line.getByRole('button', { name: 'Remove' }).click()
  await until(async () => (await line.count()) === 0)
})
