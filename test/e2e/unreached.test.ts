// Unreached customers: who was missed appears, is shown as being talked with, and leaves when she is reached; an agent
// sees those of the skill groups she serves. In both languages.
import assert from 'node:assert/strict'
import { abandonedInQueue, LI, queueTimeout, SALES, SUPPORT, talked } from './stories.ts'
import { journey, journeys, textOf, until } from './support.ts'

const on = journeys()

for (const [locale, link, talking] of [
  ['zh-CN', '待回访', '正在通话'],
  ['en-US', 'Unreached', 'Talking now'],
] as const) {
  journey(`a missed caller appears, and disappears when reached (${locale})`, async () => {
    const customer = locale === 'zh-CN' ? '13900139001' : '13900139002'
    const other = locale === 'zh-CN' ? '13700137001' : '13700137002'
    const id = (name: string) => `${name}-${locale}`
    await on.tell([
      ...abandonedInQueue(id('missed'), 7_200, { customer }),
      ...queueTimeout(id('again'), 3_600, { customer }),
      ...abandonedInQueue(id('other'), 600, { customer: other }),
    ])
    const page = await on.open({ locale })
    await page.getByRole('link', { name: new RegExp(`^${link}`) }).click()
    const line = page.locator(`[data-number="${customer}"]`)
    await line.waitFor()
    assert.equal(await line.locator('td').nth(1).innerText(), '2')
    await on.picture(page, `unreached-${locale}`)

    const call = { callId: id('back'), callType: 'outbound', customer, agent: LI }
    await on.tell([
      { ...call, at: 30, type: 'call-started' },
      { callId: call.callId, at: 20, type: 'customer-answered', number: customer },
    ])
    await line.getByText(talking).waitFor()
    await on.picture(page, `unreached-talking-${locale}`)
    await on.tell([{ callId: call.callId, at: 1, type: 'call-ended', releasedBy: 'agent' }])
    await line.waitFor({ state: 'detached' })
    await page.locator(`[data-number="${other}"]`).waitFor()
    await page.goto('/board')
    const badge = page.locator('.live-unreached .live-number')
    await until(
      async () => /^\d+$/.test(await badge.innerText()),
      async () => await badge.innerText(),
    )
  })
}

journey('an agent sees the customers of her skill groups; the page fits narrow screens, light and dark', async () => {
  await on.tell([
    ...abandonedInQueue('agents-1', 500, { customer: '13600136001', group: SALES }),
    ...abandonedInQueue('agents-2', 500, { customer: '13600136002', group: SUPPORT }),
    ...talked('agents-3', 900, { group: SALES }),
  ])
  const password = 'journeys need a password'
  const made = await on.server.api('/users', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'zhang', role: 'agent', agentId: '1001', password }),
  })
  assert.equal(made.status, 201, await made.clone().text())
  for (const [colorScheme, width] of [
    ['dark', 768],
    ['light', 1440],
  ] as const) {
    const login = { username: 'zhang', password }
    const page = await on.open({ login, colorScheme, viewport: { width, height: 900 } })
    await page.goto('/unreached')
    await page.locator('[data-number="13600136001"]').waitFor()
    assert.equal(await page.locator('[data-number="13600136002"]').count(), 0)
    assert.doesNotMatch(await textOf(page.locator('.main-nav')), /看板|运维/)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > window.innerWidth'), false)
    await on.picture(page, `unreached-agent-${colorScheme}-${width}`)
  }
})
