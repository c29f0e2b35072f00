// What holds for every page: it fits narrow screens, arrives small, runs under the security policy without a complaint,
// and can be walked with the keyboard. Leaves pictures in both languages, light and dark.
import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { abandonedInQueue, dialledOut, queueTimeout, ringing, talked, talking } from './stories.ts'
import { admin, isLive, journey, journeys, logIn, row } from './support.ts'

const on = journeys()
const FIRST_LOAD_BYTES = 350 * 1024
let isTold = false

async function aHandfulOfCalls(): Promise<void> {
  if (isTold) return
  isTold = true
  await on.tell([
    ...talked('looks-1', 900),
    ...abandonedInQueue('looks-2', 800),
    ...queueTimeout('looks-3', 700),
    ...dialledOut('looks-4', 600),
    ...dialledOut('looks-5', 500, { answered: false }),
    ...talking('looks-6', 90),
    ...ringing('looks-7', 5),
  ])
}

for (const locale of ['zh-CN', 'en-US'] as const)
  journey(`list and detail fit every screen, light and dark (${locale})`, async () => {
    await aHandfulOfCalls()
    const page = await on.open({ locale })
    await isLive(page)
    await row(page, 'looks-7').waitFor()
    await on.looks(page, `list-${locale}`)
    await row(page, 'looks-2').locator('.action-link').click()
    await page.locator('.steps').waitFor()
    await on.looks(page, `detail-${locale}`)
    await page.goto('/calls/looks-1')
    await page.locator('.call-page .steps').waitFor()
    await on.looks(page, `call-${locale}`)
  })

journey('the first visit fetches at most 350 KB of scripts (compressed)', async () => {
  const page = await on.open({ login: false })
  const scripts = new Set<string>()
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.endsWith('.js')) scripts.add(response.url())
  })
  await page.reload()
  await page.locator('input[name=username]').waitFor()
  await logIn(page, admin)
  await isLive(page)
  let bytes = 0
  for (const url of scripts) bytes += gzipSync(await (await fetch(url)).bytes()).length
  assert.ok(bytes > 100_000, 'the scripts were counted')
  assert.ok(bytes <= FIRST_LOAD_BYTES, `${bytes} bytes`)
})

journey('nothing on the pages is refused by the content security policy or fails', async () => {
  await aHandfulOfCalls()
  const page = await on.open()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto('/calls/looks-1')
  await page.locator('.steps').waitFor()
  await page.goto('/calls?range=7d')
  await row(page, 'looks-1').locator('.action-link').click()
  await page.locator('.steps').waitFor()
  await page.getByRole('combobox', { name: '技能组' }).click()
  await page.locator('.day-shown').click()
  await page.locator('.day-range input').first().click()
  await page.getByRole('button', { name: /用户菜单/ }).click()
  await page.getByRole('menuitem', { name: '修改密码' }).click()
  await page.getByRole('dialog', { name: '修改密码' }).waitFor()
  assert.deepEqual(complaints, [])
})

journey('a call is found, opened and closed by keyboard alone', async () => {
  await aHandfulOfCalls()
  const page = await on.open()
  await isLive(page)
  await page.getByRole('combobox', { name: '主叫号码' }).focus()
  await page.keyboard.type('13900139000')
  await page.keyboard.press('Enter')
  await row(page, 'looks-2').waitFor()
  await row(page, 'looks-1').waitFor({ state: 'detached' })
  const link = row(page, 'looks-2').locator('.action-link')
  for (let n = 0; n < 30 && !(await link.evaluate((each) => each.matches(':focus'))); n++)
    await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.locator('.steps').waitFor()
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/calls\?caller=13900139000$/)
})
