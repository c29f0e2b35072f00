// What the reader arranges: conditions as tags, saved views, columns; and rows with their menu and days. Both languages.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { LANGUAGES, said } from './console-words.ts'
import { abandonedInQueue, dialledOut, LI, SALES, talked, ZHANG } from './stories.ts'
import { isLive, journey, journeys, logIn, row, shownIds, showsExactly, textOf, until } from './support.ts'

const on = journeys()
const DAY = 86_400
const PASSWORD = 'password of somebody'
let isTold = false

async function someCalls(): Promise<void> {
  if (isTold) return
  isTold = true
  await on.tell([
    ...talked('today-1', 900, { customer: '13800138000', agent: ZHANG, group: SALES, talkSeconds: 95 }),
    ...talked('today-2', 800, { customer: '13800138111', agent: LI, group: SALES, talkSeconds: 5 }),
    ...abandonedInQueue('today-3', 700, { customer: '13900138000' }),
    ...dialledOut('today-4', 600, { customer: '18600186000', agent: LI, answered: false }),
    ...talked('yesterday-1', DAY, { customer: '13800138000', agent: ZHANG }),
    ...talked('older-1', 4 * DAY, { customer: '13800138000', agent: ZHANG }),
  ])
}

async function makeUser(name: string, role: 'manager' | 'agent'): Promise<{ username: string; password: string }> {
  const body = {
    name,
    role,
    agentId: role === 'agent' ? ZHANG.id : null,
    password: PASSWORD,
    mustChangePassword: false,
  }
  const made = await on.server.api('/users', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(made.status, 201, await made.clone().text())
  return { username: name, password: PASSWORD }
}

const tags = (page: Page) => page.locator('.condition-tag')
const heads = async (page: Page) =>
  (await page.locator('.call-table thead th').allInnerTexts()).map((text) => text.trim())

for (const { locale, words } of LANGUAGES) {
  const { callList } = words
  const isChinese = locale === 'zh-CN'

  journey(`every condition is a tag that can be taken away; more conditions (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale, path: '/calls?caller=138*&hangupReason=normal&agent=1001' })
    await showsExactly(page, ['today-1'])
    await until(async () => (await textOf(tags(page))).includes(ZHANG.name))
    assert.equal(await tags(page).count(), 3)
    await on.picture(page, `tags-${locale}`)
    const remove = (field: string, value: string) =>
      page.getByRole('button', { name: said(callList.condition.remove, { field, value }) })
    await remove(callList.condition.agents, ZHANG.name).click()
    await showsExactly(page, ['today-2', 'today-1'])
    assert.match(page.url(), /\?caller=138\*&hangupReason=normal$/)
    await page.getByRole('button', { name: callList.more.button }).click()
    const talk = page.getByRole('textbox', { name: said(callList.more.from, { field: callList.condition.talk }) })
    await talk.fill('1:30')
    await talk.press('Enter')
    await showsExactly(page, ['today-1'])
    assert.match(page.url(), /talkMs=90000-/)
    await remove(callList.condition.talk, said(callList.condition.atLeast, { time: '1:30' })).waitFor()
    assert.equal(await talk.inputValue(), '1:30')
    await page.getByRole('button', { name: callList.condition.clearAll }).click()
    await until(async () => (await shownIds(page)).length === 4)
    assert.equal(await talk.inputValue(), '')
    assert.equal(await tags(page).count(), 0)
    const number = page.getByRole('combobox', { name: callList.condition.number })
    await number.fill('*8000')
    await number.press('Enter')
    await showsExactly(page, ['today-3', 'today-1'])
  })

  journey(
    `a search is saved as a view, opens the list, is shared, renamed, moved and deleted (${locale})`,
    async () => {
      await someCalls()
      const name = isChinese ? '排队放弃' : 'Given up'
      const boss = await makeUser(`boss-${locale}`, 'manager')
      const page = await on.open({ locale, login: boss, path: '/calls' })
      const views = page.locator('.views-button')
      const choose = async (label: string) => {
        await views.click()
        await page.getByRole('menuitem', { name: label }).click()
      }
      const save = async (as: string, ...boxes: string[]) => {
        await choose(callList.views.save)
        const dialog = page.getByRole('dialog', { name: callList.views.save })
        await dialog.getByRole('textbox').fill(as)
        for (const box of boxes) await dialog.getByRole('checkbox', { name: box }).check()
        await on.picture(page, `view-save-${locale}`)
        await dialog.getByRole('button', { name: words.password.save }).click()
        await dialog.waitFor({ state: 'detached' })
      }
      await page.goto('/calls?hangupReason=abandoned-in-queue')
      await showsExactly(page, ['today-3'])
      await save(name, callList.views.share, callList.views.makeDefault)
      await until(async () => (await textOf(views)).includes(name))
      await page.goto('/calls?caller=138*')
      await showsExactly(page, ['today-2', 'today-1'])
      await save('138')
      // An address without a search opens the default view, and says so; the reset leads to all of today and stays there.
      await page.goto('/calls')
      await showsExactly(page, ['today-3'])
      assert.match(page.url(), /\?hangupReason=abandoned-in-queue$/)
      await page.getByRole('button', { name: words.search.reset }).click()
      await until(async () => (await shownIds(page)).length === 4)
      await page.reload()
      await until(async () => (await shownIds(page)).length === 4)
      // A shared view is there for everybody, the other one is not.
      const anna = await on.open({ locale, login: await makeUser(`anna-${locale}`, 'agent') })
      await anna.locator('.views-button').click()
      await anna.getByRole('menuitem', { name }).waitFor()
      assert.equal(await anna.getByRole('menuitem', { name: '138' }).count(), 0)
      await anna.context().close()
      // Faster than the page draws: renamed, and in the same breath moved up.
      await choose(callList.views.arrange)
      const dialog = page.getByRole('dialog', { name: callList.views.arrange })
      await dialog.getByRole('textbox').nth(1).fill('139')
      await dialog.getByRole('textbox').nth(1).press('Enter')
      await dialog.getByRole('button', { name: callList.columns.up }).nth(1).click()
      await until(async () => (await dialog.getByRole('textbox').first().inputValue()) === '139')
      await on.picture(page, `views-arrange-${locale}`)
      await dialog.getByRole('button', { name: `${callList.views.delete}: ${name}` }).click()
      await dialog.getByRole('button', { name: callList.views.reallyDelete }).click()
      await until(async () => (await dialog.getByRole('textbox').count()) === 1)
      await page.keyboard.press('Escape')
      await page.reload()
      await choose('139')
      await showsExactly(page, ['today-2', 'today-1'])
      assert.match(page.url(), /caller=138\*$/)
    },
  )

  journey(`columns are chosen, moved, resized, remembered and reset; only the list scrolls (${locale})`, async () => {
    await someCalls()
    const user = await makeUser(`columns-${locale}`, 'manager')
    const page = await on.open({ locale, login: user, viewport: { width: 1000, height: 800 } })
    await row(page, 'today-1').waitFor()
    await page.getByRole('button', { name: callList.columns.button, exact: true }).click()
    const dialog = page.getByRole('dialog', { name: callList.columns.title })
    const { column } = words.list
    // Two in one breath.
    await dialog.getByRole('checkbox', { name: column.customer }).click()
    await dialog.getByRole('checkbox', { name: column.cause }).click()
    await dialog.getByRole('checkbox', { name: column.establishedAt }).click()
    for (let n = 0; n < 2; n++)
      await dialog.getByRole('button', { name: `${callList.columns.up}: ${column.customer}` }).click()
    const width = dialog.getByRole('spinbutton', { name: said(callList.columns.widthOf, { column: column.caller }) })
    await width.fill('240')
    await on.picture(page, `columns-${locale}`)
    await page.keyboard.press('Escape')
    const chosen = [
      ...[column.id, column.startedAt, column.caller, column.callee, column.type, column.agent, column.skillGroup],
      ...[column.customer, column.talk, column.reason, column.cause, column.actions],
    ]
    await until(
      async () => (await heads(page)).join() === chosen.join(),
      async () => (await heads(page)).join(),
    )
    const callerHead = page.locator('th.caller-cell')
    assert.equal((await callerHead.boundingBox())?.width, 240)
    // The mouse drags the edge of a head.
    const grip = await callerHead.locator('.grip').boundingBox()
    assert.ok(grip)
    await page.mouse.move(grip.x + 5, grip.y + 5)
    await page.mouse.down()
    await page.mouse.move(grip.x - 35, grip.y + 5, { steps: 4 })
    await page.mouse.up()
    await until(async () => (await callerHead.boundingBox())?.width === 200)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > window.innerWidth'), false)
    const kept = async () => String(await page.evaluate(`fetch('/api/v1/preferences').then((answer) => answer.text())`))
    await until(async () => /"caller","width":200/.test(await kept()), kept)
    // On another computer the same columns.
    const other = await on.open({ locale, login: user })
    await until(
      async () => (await heads(other)).join() === chosen.join(),
      async () => (await heads(other)).join(),
    )
    await other.getByRole('button', { name: callList.columns.button, exact: true }).click()
    await other.getByRole('button', { name: callList.columns.reset }).click()
    await until(async () => (await heads(other)).includes(column.establishedAt))
  })

  journey(`days stand above their calls; the row’s menu finds, copies and leads on (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale, path: '/calls?range=7d&caller=13800138000' })
    await showsExactly(page, ['today-1', 'yesterday-1', 'older-1'])
    const days = await page.locator('.day-heading').allInnerTexts()
    assert.equal(days.length, 3)
    assert.match(days[0] ?? '', isChinese ? /^今天 \d+月\d+日周/ : /^Today · \w{3}, \w{3} \d+$/)
    assert.match(days[1] ?? '', isChinese ? /^昨天 / : /^Yesterday · /)
    await page.getByText(/UTC[+-]\d+/).waitFor()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    const menu = (id: string) =>
      row(page, id)
        .getByRole('button', { name: said(callList.menu.of, { id }) })
        .click()
    await menu('yesterday-1')
    await on.picture(page, `row-menu-${locale}`)
    await page.getByRole('menuitem', { name: callList.menu.copyId }).click()
    await until(async () => (await page.evaluate('navigator.clipboard.readText()')) === 'yesterday-1')
    await menu('today-1')
    const agent = said(words.party.named, { name: ZHANG.name, id: ZHANG.id })
    await page.getByRole('menuitem', { name: said(callList.menu.callsOfAgent, { agent }) }).click()
    await until(async () => (await shownIds(page)).includes('today-1') && page.url().includes('agent=1001'))
    await page.goBack()
    await showsExactly(page, ['today-1', 'yesterday-1', 'older-1'])
  })
}

// Walked as a new user would; clicks are counted by the page itself.
journey(
  'yesterday’s caller …8000 who gave up while it rang: found, understood and passed on in eight clicks',
  async () => {
    const at = (customer: string, id: string, ago: number, end: 'gives-up' | 'talks') =>
      end === 'talks'
        ? talked(id, ago, { customer })
        : [
            { callId: id, at: ago, type: 'call-started', callType: 'inbound', customer, dialledNumber: '02150001000' },
            { callId: id, at: ago - 1, type: 'queue-entered', skillGroup: SALES },
            { callId: id, at: ago - 3, type: 'agent-ringing', agent: ZHANG, skillGroup: SALES },
            { callId: id, at: ago - 9, type: 'hangup-requested', by: 'customer' },
            { callId: id, at: ago - 9.1, type: 'call-ended', releasedBy: 'customer' },
          ]
    // The contact centre's clock stands near noon: two hours ago yesterday is around ten.
    const ten = DAY + 2 * 3600
    await on.tell([
      ...at('13612348000', 'wanted', ten, 'gives-up'),
      ...at('13612348000', 'later-reached', ten - 3 * 3600, 'talks'),
      ...at('13612349999', 'other-caller', ten + 60, 'gives-up'),
      ...at('13612348000', 'older', ten + DAY, 'gives-up'),
    ])
    const page = await on.open()
    await isLive(page)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.evaluate(`window.clicks = 0; addEventListener('click', () => { window.clicks++ }, true)`)
    await page.getByRole('button', { name: '昨天' }).click()
    await page.getByRole('combobox', { name: '主叫号码' }).click()
    await page.keyboard.type('*8000')
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: '挂断原因' }).click()
    await page.getByRole('option', { name: '振铃放弃' }).click()
    await page.keyboard.press('Escape')
    await showsExactly(page, ['wanted'])
    await row(page, 'wanted').getByRole('button', { name: '通话 wanted 的更多操作' }).click()
    await page.getByRole('menuitem', { name: '复制链接' }).click()
    await row(page, 'wanted').locator('time').first().click()
    await page.locator('.why').getByText('为什么是“振铃放弃”').waitFor()
    await page.getByText('坐席电话正在振铃时，客户挂断了。').first().waitFor()
    await on.picture(page, 'timed-task')
    const clicks = Number(await page.evaluate('window.clicks'))
    assert.ok(clicks <= 8, `${clicks} clicks`)
    const link = String(await page.evaluate('navigator.clipboard.readText()'))
    const colleague = await on.open({ path: link.slice(on.server.url.length), login: false })
    await logIn(colleague, await makeUser('colleague', 'manager'))
    await colleague.goto(link)
    await colleague.locator('.why').getByText('为什么是“振铃放弃”').waitFor()
  },
)
