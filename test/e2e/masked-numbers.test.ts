// Somebody for whom numbers are masked works with the console: list, detail, unreached customers, search. No whole number
// ever reaches her browser. In both languages, light and dark.
import assert from 'node:assert/strict'
import { abandonedInQueue, SALES, talked } from './stories.ts'
import { journey, journeys } from './support.ts'

const on = journeys()
const password = 'journeys need a password'
const NUMBERS = ['13800138000', '13600136009']

for (const [locale, colorScheme, width] of [
  ['zh-CN', 'light', 1440],
  ['en-US', 'dark', 768],
] as const)
  journey(`numbers are masked on every page, and a whole one is found (${locale})`, async () => {
    const name = `masked-${locale}`
    const made = await on.server.api('/users', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, role: 'manager', password, masksNumbers: true, mustChangePassword: false }),
    })
    assert.equal(made.status, 201, await made.clone().text())
    const id = (call: string) => `${call}-${locale}`
    await on.tell([
      ...talked(id('first'), 600, { group: SALES }),
      ...talked(id('second'), 300, { group: SALES }),
      ...abandonedInQueue(id('missed'), 900, { customer: '13600136009' }),
    ])
    const login = { username: name, password }
    const page = await on.open({ locale, colorScheme, viewport: { width, height: 900 }, login })
    const leaks: string[] = []
    page.on('response', async (response) => {
      if (!response.url().includes('/api/')) return
      const text = await response.text().catch(() => '')
      if (NUMBERS.some((number) => text.includes(number))) leaks.push(response.url())
    })
    await page.reload()
    await page.getByText('138****8000').first().waitFor()
    await on.picture(page, `masked-list-${locale}`)

    // Other calls of the customer, though the page does not know her number.
    await page.goto(`/calls/${id('first')}`)
    await page.locator('.others li').first().waitFor()
    await page.getByText('138****8000').first().waitFor()
    await on.picture(page, `masked-detail-${locale}`)

    await page.goto('/unreached')
    await page.getByText('136****6009').first().waitFor()
    await on.picture(page, `masked-unreached-${locale}`)

    // A whole number finds its calls, a part of one is refused with the reason.
    await page.goto('/calls?number=13600136009')
    await page.getByText('136****6009').first().waitFor()
    assert.equal(await page.getByText('138****8000').count(), 0)
    await page.goto('/calls?number=138*')
    await page
      .getByText(locale === 'zh-CN' ? /脱敏号码/ : /masked numbers/)
      .first()
      .waitFor()
    await on.picture(page, `masked-refused-${locale}`)
    assert.deepEqual(leaks, [])
    await page.context().close()
  })
