// What helps with searching: suggestions, tags of notes, the words that say how live the list is, a count that comes after
// the page, and a page that does not jump about on a slow network. In both languages.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { LANGUAGES, said } from './console-words.ts'
import { LI, ringing, SALES, SUPPORT, talked, talking, ZHANG } from './stories.ts'
import { isLive, journey, journeys, logIn, row, shownIds, textOf, until } from './support.ts'

const on = journeys()

let isTold = false
async function someCalls(): Promise<void> {
  if (isTold) return
  isTold = true
  await on.tell([
    ...talked('often-1', 900, { customer: '13800138000', agent: ZHANG, group: SALES }),
    ...talked('often-2', 800, { customer: '13800138000', agent: ZHANG, group: SALES }),
    ...talked('once', 700, { customer: '13900139000', agent: LI, group: SUPPORT }),
  ])
}

async function api(path: string, method: string, body?: object): Promise<Response> {
  const init = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
  const answer = await on.server.api(path, { method, ...init })
  assert.ok(answer.ok, await answer.clone().text())
  return answer
}

async function userOf(name: string, role: 'manager' | 'agent', agentId: string | null = null) {
  const password = 'a password for a journey'
  await api('/users', 'POST', { name, role, agentId, password })
  return { username: name, password }
}

/** Waits until of the calls told first exactly these are in the list; other journeys tell of others. */
async function shows(page: Page, ids: readonly string[]): Promise<void> {
  const shown = async () => (await shownIds(page)).filter((id) => /^(often|once)/.test(id))
  await until(
    async () => (await shown()).join(' ') === ids.join(' '),
    async () => `shown: ${(await shown()).join(' ')}\nexpected: ${ids.join(' ')}`,
  )
}

/** The id of the note. */
async function tagged(callId: string, tag: string): Promise<string> {
  const answer = await api(`/calls/${callId}/notes`, 'POST', { text: '', tags: [tag] })
  return ((await answer.json()) as { id: string }).id
}

const offers = async (page: Page) =>
  (await page.getByRole('option').locator('.cut').allInnerTexts()).map((text) => text.trim())

for (const { locale, words } of LANGUAGES) {
  const { callList, choices, search } = words

  journey(`fields offer what was used lately and what is frequent, by keyboard alone (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale, login: await userOf(`help-${locale}`, 'manager') })
    const caller = page.getByRole('combobox', { name: search.caller })
    await caller.focus()
    const list = page.getByRole('listbox', { name: search.caller })
    await list.getByRole('group', { name: choices.frequent }).getByRole('option').first().waitFor()
    assert.deepEqual(await offers(page), ['13800138000', '13900139000'])
    await on.picture(page, `suggestions-${locale}`)
    await page.keyboard.type('139')
    await list.getByRole('group', { name: choices.found }).getByRole('option', { name: '13900139000' }).waitFor()
    await page.keyboard.press('ArrowDown')
    const active = await caller.getAttribute('aria-activedescendant')
    assert.match(await page.locator(`[id="${active}"]`).innerText(), /13900139000/)
    await page.keyboard.press('Enter')
    await shows(page, ['once'])
    assert.equal(await list.count(), 0)
    // Escape empties the field; what was asked for stands first now.
    await page.keyboard.press('Escape')
    await shows(page, ['once', 'often-2', 'often-1'])
    await page.keyboard.press('ArrowDown')
    await list.getByRole('group', { name: choices.recent }).getByRole('option', { name: '13900139000' }).waitFor()
    await page.keyboard.press('Escape')
    // Agents also by id, and by the first letters of how they are spoken.
    const agent = page.getByRole('combobox', { name: search.agent })
    for (const typed of ['1001', 'zs']) {
      await agent.fill(typed)
      await page.getByRole('option', { name: ZHANG.name }).waitFor()
      await agent.press('Enter')
      await shows(page, ['often-2', 'often-1'])
      await agent.press('Backspace')
      await shows(page, ['once', 'often-2', 'often-1'])
      await agent.press('Escape')
    }
    await page.reload()
    await page.getByRole('combobox', { name: search.agent }).click()
    await page.getByRole('group', { name: choices.recent }).getByRole('option', { name: ZHANG.name }).waitFor()
  })

  journey(`calls are found by the tags of their notes, at once and afterwards (${locale})`, async () => {
    await someCalls()
    const tag = locale === 'en-US' ? 'Complaint' : '投诉'
    const noteId = await tagged('often-1', tag)
    const page = await on.open({ locale })
    await page.getByRole('button', { name: callList.more.button }).click()
    await page.getByRole('combobox', { name: callList.condition.tags }).click()
    await page.getByRole('option', { name: tag }).first().click()
    await shows(page, ['often-1'])
    assert.equal(new URL(page.url()).searchParams.get('tag'), tag)
    const remove = said(callList.condition.remove, { field: callList.condition.tags, value: tag })
    await page.getByRole('button', { name: remove }).waitFor()
    await page.keyboard.press('Escape')
    await isLive(page)
    await on.picture(page, `tags-of-notes-${locale}`)
    // The feed has the same filter: what is tagged comes, what no longer is goes.
    const secondId = await tagged('once', tag)
    await shows(page, ['once', 'often-1'])
    await api(`/calls/often-1/notes/${noteId}`, 'DELETE')
    await shows(page, ['once'])
    assert.deepEqual(
      (await on.calls(`tag=${encodeURIComponent(tag.toUpperCase())}`)).items.map(({ id, tags }) => [id, tags]),
      [['once', [tag]]],
    )
    await page.getByRole('button', { name: remove }).click()
    await shows(page, ['once', 'often-2', 'often-1'])
    await api(`/calls/once/notes/${secondId}`, 'DELETE')
  })

  journey(`the feed says how far behind it is, that it is away, and what it caught up on (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale })
    await isLive(page)
    const feed = page.locator('.feed')
    const id = (name: string) => `${name}-${locale}`
    await on.tell(talking(id('measured'), 2))
    await row(page, id('measured')).waitFor()
    const [before = '', after = ''] = callList.feed.delay.split('{{seconds}}')
    await until(async () => new RegExp(`${before}\\d+(\\.\\d)?${after}`).test(await textOf(feed)))
    // Some of it is said for seconds only: everything it says is written down.
    await page.evaluate(`{
      window.saidByFeed = []
      const feed = document.querySelector('.feed')
      new MutationObserver(() => window.saidByFeed.push(feed.innerText))
        .observe(feed, { childList: true, subtree: true, characterData: true })
    }`)
    const hasSaid = async (text: string) =>
      ((await page.evaluate('window.saidByFeed')) as string[]).some((one) => one.includes(text))
    await page.context().setOffline(true)
    await page.locator('.feed[data-state=offline]').waitFor()
    assert.ok((await textOf(feed)).includes(words.feed.offline))
    await on.tell([
      ...ringing(id('missed-1'), 3),
      ...ringing(id('missed-2'), 2),
      { callId: id('measured'), at: 0, type: 'call-ended', releasedBy: 'agent' },
    ])
    await page.context().setOffline(false)
    await isLive(page)
    const caughtUp = said(callList.feed.caughtUp_other, { count: 3 })
    await until(
      () => hasSaid(caughtUp),
      async () => `it said: ${await page.evaluate('window.saidByFeed.join(" | ")')}`,
    )
    assert.ok((await textOf(feed)).includes(words.feed.open))
    await on.picture(page, `caught-up-${locale}`)
    await row(page, id('missed-1')).waitFor()
    // The network is there, the feed is not.
    await page.route('**/api/v1/calls/live?*', (route) => route.abort())
    await page.context().setOffline(true)
    await page.locator('.feed[data-state=offline]').waitFor()
    await page.context().setOffline(false)
    await page.locator('.feed[data-state=lost]').waitFor()
    assert.ok((await textOf(feed)).includes(words.feed.lost))
    const [retryBefore = '', retryAfter = ''] = callList.feed.retryIn.split('{{seconds}}')
    await until(() => hasSaid((retryBefore || retryAfter).trim()))
    await page.unroute('**/api/v1/calls/live?*')
    await isLive(page)
    await on.tell(
      [id('missed-1'), id('missed-2')].map((callId) => ({ callId, at: 0, type: 'call-ended', releasedBy: 'customer' })),
    )
  })

  journey(`the count comes after the page, and says when it is not exact (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale })
    await isLive(page)
    let mayAnswer: () => void = () => undefined
    await page.route('**/api/v1/calls/count?*', async (route) => {
      await new Promise<void>((resolve) => {
        mayAnswer = resolve
      })
      await route.continue()
    })
    await page.getByRole('combobox', { name: search.caller }).fill('13900139000')
    await shows(page, ['once'])
    const count = page.locator('.list-count')
    const exactly = said(words.list.count_one, { formatted: '1' })
    assert.notEqual((await textOf(count)).trim(), exactly)
    await until(async () => {
      mayAnswer()
      return (await textOf(count)).trim() === exactly
    })
    // Past two million calls the server stops counting, and says so; nobody fills a store with as many for a journey.
    await page.unroute('**/api/v1/calls/count?*')
    await page.route('**/api/v1/calls/count?*', (route) => route.fulfill({ json: { count: 2_000_000, exact: false } }))
    await page.getByRole('combobox', { name: search.caller }).fill('13800138000')
    await until(async () => (await textOf(count)).includes('≈ 2,000,000+'))
  })

  journey(`on a slow network grey lines stand where rows will be, and nothing jumps (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale, path: '/calls?range=7d' })
    await page.addInitScript(`
      window.shifted = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value
      }).observe({ type: 'layout-shift', buffered: true })
    `)
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Network.enable')
    await cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 300,
      downloadThroughput: 200_000,
      uploadThroughput: 100_000,
    })
    // However long the scripts take on the way: the calls come after the grey lines have been looked at.
    const looked = Promise.withResolvers<void>()
    await page.route('**/api/v1/calls?*', async (route) => {
      await looked.promise
      await route.continue()
    })
    await page.reload({ waitUntil: 'commit' })
    await page.getByRole('status', { name: words.list.loading }).waitFor()
    await on.picture(page, `slow-${locale}`)
    looked.resolve()
    await row(page, 'often-1').waitFor()
    await isLive(page)
    await page.locator('.list-count').getByText(/\d/).waitFor()
    const shifted = Number(await page.evaluate('window.shifted'))
    assert.ok(shifted < 0.05, `layout shift ${shifted}`)
  })
}

journey('an agent is offered nothing that her own calls do not have', async () => {
  await someCalls()
  const page = await on.open({ login: false })
  await logIn(page, await userOf('li', 'agent', LI.id))
  await page.getByRole('combobox', { name: '主叫号码' }).focus()
  await page.getByRole('option', { name: '13900139000' }).waitFor()
  assert.deepEqual(await offers(page), ['13900139000'])
  await page.keyboard.type('138')
  await until(async () => (await offers(page)).length === 0)
})
