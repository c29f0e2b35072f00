// Finding calls: every condition, all of them together with the days, in the address, and only what one may see.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import {
  abandonedInQueue,
  dialledOut,
  internalCall,
  LI,
  queueTimeout,
  ringing,
  SALES,
  SUPPORT,
  talked,
  VIP,
  ZHANG,
} from './stories.ts'
import { isLive, journey, journeys, row, shownIds, showsExactly, until } from './support.ts'

const on = journeys()
const DAY = 86_400
let isTold = false

/** Calls of today, of three and of ten days ago. */
async function someCalls(): Promise<void> {
  if (isTold) return
  isTold = true
  await on.tell([
    ...talked('in-sales', 900, { customer: '13800138000', agent: ZHANG, group: SALES }),
    ...talked('in-vip', 800, { customer: '13800138111', agent: LI, group: VIP }),
    ...abandonedInQueue('gave-up', 700, { customer: '13900138000', group: SUPPORT }),
    ...queueTimeout('too-long', 600, { customer: '13700137000', group: VIP }),
    ...dialledOut('out', 500, { customer: '18600186000', agent: LI }),
    ...dialledOut('out-busy', 400, { customer: '18600186777', agent: ZHANG, answered: false }),
    ...internalCall('inside', 300),
    ...talked('three-days-ago', 3 * DAY, { customer: '13800138000', agent: ZHANG, group: SALES }),
    ...abandonedInQueue('ten-days-ago', 10 * DAY, { customer: '13800138000', group: SUPPORT }),
  ])
}

const choose = async (page: Page, field: string, ...labels: string[]) => {
  await page.getByRole('combobox', { name: field }).click()
  for (const label of labels) await page.getByRole('option', { name: label }).first().click()
  await page.keyboard.press('Escape')
}

journey('by caller and callee: beginning, end, middle and the whole number', async () => {
  await someCalls()
  const page = await on.open()
  const caller = page.getByRole('combobox', { name: '主叫号码' })
  const callee = page.getByRole('combobox', { name: '被叫号码' })
  await caller.focus()
  await page.getByText('138* 开头').waitFor()
  for (const [term, ids] of [
    ['138*', ['in-vip', 'in-sales']],
    ['*8000', ['gave-up', 'in-sales']],
    ['*3800138*', ['in-vip', 'in-sales']],
    ['13700137000', ['too-long']],
    ['137', []],
  ] as const) {
    await caller.fill(term)
    await caller.press('Enter')
    await showsExactly(page, ids)
  }
  await page.getByText('没有符合条件的通话').waitFor()
  await on.picture(page, 'empty')
  await caller.fill('1*3')
  await page.getByText('* 只能放在开头或结尾').waitFor()
  await page.getByRole('button', { name: '重置' }).click()
  await until(async () => (await caller.inputValue()) === '')
  await callee.fill('186*')
  await showsExactly(page, ['out-busy', 'out'])
  await callee.fill('*777')
  await showsExactly(page, ['out-busy'])
})

journey('by agent, by part of a name, by type and by reason', async () => {
  await someCalls()
  const page = await on.open()
  const reset = () => page.getByRole('button', { name: '重置' }).click()
  await choose(page, '坐席姓名', '李四')
  await showsExactly(page, ['out', 'in-vip'])
  await reset()
  await page.getByRole('combobox', { name: '坐席姓名' }).click()
  await page.keyboard.type('三')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await showsExactly(page, ['out-busy', 'in-sales'])
  await reset()
  await choose(page, '呼叫类型', '呼出')
  await showsExactly(page, ['out-busy', 'out'])
  await choose(page, '呼叫类型', '内部')
  await showsExactly(page, ['inside', 'out-busy', 'out'])
  await reset()
  await choose(page, '挂断原因', '排队超时', '未接通')
  await showsExactly(page, ['out-busy', 'too-long'])
  await reset()
  await choose(page, '挂断原因', '排队放弃')
  await showsExactly(page, ['gave-up'])
})

journey('two choices in one breath are both kept', async () => {
  await someCalls()
  const page = await on.open()
  await page.getByRole('combobox', { name: '挂断原因' }).click()
  await page.getByRole('option', { name: '排队超时' }).waitFor()
  // Faster than the address can follow on a busy machine.
  await page.getByRole('option').evaluateAll(async (all) => {
    for (const option of all)
      if (/排队超时|未接通/.test(option.textContent ?? '')) {
        option.click()
        await Promise.resolve()
      }
  })
  await showsExactly(page, ['out-busy', 'too-long'])
  await page.goBack()
  await until(async () => (await shownIds(page)).length === 1)
  await page.goBack()
  await until(async () => (await shownIds(page)).length > 2)
})

journey('several skill groups together with days, numbers and reasons; the address holds it all', async () => {
  await someCalls()
  const page = await on.open()
  await choose(page, '技能组', '销售', '技术支持')
  await showsExactly(page, ['gave-up', 'in-sales'])
  await page.getByRole('button', { name: '近7天' }).click()
  await showsExactly(page, ['gave-up', 'in-sales', 'three-days-ago'])
  await page.getByRole('button', { name: '近30天' }).click()
  await showsExactly(page, ['gave-up', 'in-sales', 'three-days-ago', 'ten-days-ago'])
  await page.getByRole('combobox', { name: '主叫号码' }).fill('138*')
  await showsExactly(page, ['in-sales', 'three-days-ago', 'ten-days-ago'])
  await choose(page, '挂断原因', '正常')
  await showsExactly(page, ['in-sales', 'three-days-ago'])
  await page.getByText('共 2 通').waitFor()
  await on.picture(page, 'search')
  const address = page.url()
  // A colleague opens the same address; "back" undoes the last condition.
  const colleague = await on.open({ path: address.slice(on.server.url.length), login: false })
  await colleague.context().addCookies(await page.context().cookies())
  await colleague.goto(address)
  await showsExactly(colleague, ['in-sales', 'three-days-ago'])
  await page.goBack()
  await showsExactly(page, ['in-sales', 'three-days-ago', 'ten-days-ago'])
})

journey('a range picked in the calendar, and none beyond the last 30 days', async () => {
  await someCalls()
  const page = await on.open()
  const [today] = (await on.calls()).items
  assert.ok(today)
  const day = (back: number) =>
    new Date(Date.parse(today.startedAt.slice(0, 10)) - back * DAY * 1000).toISOString().slice(0, 10)
  const [from, to] = [page.locator('.day-range input').first(), page.locator('.day-range input').last()]
  await page.locator('.day-shown').click()
  await from.fill(day(12))
  await from.press('Enter')
  await to.fill(day(2))
  await to.press('Enter')
  await showsExactly(page, ['three-days-ago', 'ten-days-ago'])
  assert.match(page.url(), new RegExp(`from=${day(12)}&to=${day(2)}`))
  await from.click()
  const cell = (back: number) => page.locator(`.ant-picker-dropdown:visible td[title="${day(back)}"]`).first()
  await cell(29).waitFor()
  assert.doesNotMatch((await cell(29).getAttribute('class')) ?? '', /disabled/)
  assert.match((await cell(30).getAttribute('class')) ?? '', /disabled/)
  await on.picture(page, 'calendar')
  await page.keyboard.press('Escape')
  // An address made by hand does not lead outside either.
  await page.goto('/calls?from=2001-01-01&to=2099-01-01')
  await row(page, 'ten-days-ago').waitFor()
})

journey('a live call joins a search only once it fits', async () => {
  await someCalls()
  const page = await on.open({ path: '/calls?hangupReason=abandoned-while-ringing' })
  await isLive(page)
  assert.deepEqual(await shownIds(page), [])
  await on.tell(ringing('hangs-up', 2))
  await on.tell([
    { callId: 'hangs-up', at: 0, type: 'hangup-requested', by: 'customer' },
    { callId: 'hangs-up', at: 0, type: 'call-ended', releasedBy: 'customer' },
  ])
  await showsExactly(page, ['hangs-up'])
  await page.getByText('共 1 通').waitFor()
})

journey('an agent sees only her own calls', async () => {
  await someCalls()
  const made = await on.server.api('/users', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'lisi',
      role: 'agent',
      agentId: LI.id,
      password: 'password of lisi',
      mustChangePassword: false,
    }),
  })
  assert.equal(made.status, 201, await made.clone().text())
  const page = await on.open({ login: { username: 'lisi', password: 'password of lisi' } })
  await isLive(page)
  await showsExactly(page, ['out', 'in-vip'])
  await on.tell([...ringing('not-hers', 2, { agent: ZHANG }), ...ringing('hers', 1, { agent: LI })])
  await row(page, 'hers').waitFor()
  await showsExactly(page, ['hers', 'out', 'in-vip'])
  await page.goto('/calls/in-sales')
  await page.getByText('没有这通通话，或者您无权查看。').waitFor()
  assert.equal(await page.getByRole('combobox', { name: '坐席姓名' }).count(), 0)
  await on.tell([
    { callId: 'hers', at: 0, type: 'call-ended', releasedBy: 'customer' },
    { callId: 'not-hers', at: 0, type: 'call-ended', releasedBy: 'customer' },
  ])
})
