// The list while calls happen: what arrives and changes by itself, and what does not move under the reader's eyes.
import assert from 'node:assert/strict'
import { internalCall, LI, ringing, talked, talking } from './stories.ts'
import { isLive, journey, journeys, row, shownIds, showsExactly, textOf, until } from './support.ts'

const on = journeys()

journey('today’s list, newest first, without internal calls', async () => {
  await on.tell([
    ...talked('first', 600),
    ...talked('second', 500, { customer: '13900139000' }),
    ...internalCall('inside', 450),
  ])
  const page = await on.open()
  await showsExactly(page, ['second', 'first'])
  const cells = await row(page, 'first').locator('td').allInnerTexts()
  const [call] = (await on.calls('caller=13800138000')).items
  assert.ok(call)
  const clock = (iso: string | null) => iso?.slice(11, 19)
  assert.deepEqual(
    cells.slice(0, 10).map((text) => text.trim()),
    [
      'first',
      clock(call.startedAt),
      clock(call.establishedAt),
      '13800138000',
      '1001',
      '呼入',
      '张三',
      '销售',
      '0:20',
      '正常',
    ],
  )
  await page.getByText('共 2 通').waitFor()
  await on.picture(page, 'list')
})

journey('a live call appears, changes and ends without a reload', async () => {
  const page = await on.open()
  await isLive(page)
  // A mark that a reload would wipe out.
  await page.evaluate('window.notReloaded = true')
  const columns = () => page.locator('.call-table th').evaluateAll((heads) => heads.map(({ offsetLeft }) => offsetLeft))
  const places = await columns()
  await on.tell(ringing('live-call', 3))
  // It glows, and moves nothing.
  await page.locator('.call-row[class*="glow-"]').waitFor()
  assert.deepEqual(await columns(), places)
  await row(page, 'live-call').getByText('振铃中').waitFor()
  assert.equal((await shownIds(page))[0], 'live-call')
  await on.tell([{ callId: 'live-call', at: 1, type: 'agent-answered', agent: LI }])
  await row(page, 'live-call').getByText('通话中').waitFor()
  await row(page, 'live-call').getByText('李四').waitFor()
  const talk = row(page, 'live-call').locator('.talk-running')
  const before = await textOf(talk)
  await until(async () => (await textOf(talk)) !== before)
  await on.picture(page, 'live-call')
  await on.tell([{ callId: 'live-call', at: 0, type: 'call-ended', releasedBy: 'agent' }])
  await row(page, 'live-call').getByText('正常').waitFor()
  assert.equal(await row(page, 'live-call').count(), 1)
  assert.equal(await page.evaluate('window.notReloaded'), true)
})

journey('a live call’s detail goes on by itself', async () => {
  await on.tell(ringing('watched', 2))
  const page = await on.open({ path: '/calls/watched' })
  await page.locator('.detail').getByText('振铃中').waitFor()
  await on.tell([{ callId: 'watched', at: 0, type: 'agent-answered', agent: LI }])
  await page.locator('.steps').getByText('李四（1002）接听').waitFor()
  await on.tell([{ callId: 'watched', at: 0, type: 'call-ended', releasedBy: 'customer' }])
  await page.locator('.why').getByText('为什么是“正常”').waitFor()
})

journey('scrolled down, the reader’s place is kept and new calls wait in a pill', async () => {
  await on.tell(Array.from({ length: 60 }, (_, n) => talked(`many-${n}`, 400 - n)).flat())
  const page = await on.open()
  await isLive(page)
  await row(page, 'many-50').waitFor()
  const scroller = page.locator('.list-scroller')
  await scroller.evaluate((list) => list.scrollTo({ top: 400 }))
  const place = () => row(page, 'many-50').boundingBox()
  const before = await place()
  await on.tell([...ringing('new-1', 2), ...ringing('new-2', 1), ...talking('new-3', 3)])
  const pill = page.getByRole('button', { name: '3 通新通话' })
  await pill.waitFor()
  assert.deepEqual(await place(), before)
  assert.equal(await row(page, 'new-1').count(), 0)
  await on.picture(page, 'pill')
  await pill.click()
  await row(page, 'new-2').waitFor()
  assert.deepEqual((await shownIds(page)).slice(0, 3), ['new-2', 'new-1', 'new-3'])
  assert.equal(await scroller.evaluate((list) => list.scrollTop), 0)
  await pill.waitFor({ state: 'detached' })
})

journey('on another page new calls wait in the pill, and pages neither skip nor repeat a call', async () => {
  const page = await on.open()
  await isLive(page)
  const first = await shownIds(page)
  await page.getByRole('button', { name: '下一页' }).click()
  await page.getByText('第 2 页').waitFor()
  await until(async () => (await shownIds(page)).at(-1) === 'first')
  const second = await shownIds(page)
  const all = [...first, ...second]
  assert.equal(new Set(all).size, all.length)
  const known = [...(await on.calls('limit=200')).items.map((call) => call.id)]
  assert.deepEqual(all, known)
  await on.tell(ringing('later', 1))
  await page.getByRole('button', { name: '1 通新通话' }).waitFor()
  assert.deepEqual(await shownIds(page), second)
  // The page has its own address, and "back" leads to the first one.
  await page.reload()
  await showsExactly(page, second)
  await page.goBack()
  await row(page, 'later').waitFor()
  assert.deepEqual(await shownIds(page), ['later', ...first].slice(0, 50))
})

journey('rows below what is in sight are drawn too, once the list rests', async () => {
  const page = await on.open()
  await isLive(page)
  assert.equal((await shownIds(page)).length, 50)
  await until(async () => (await page.locator('.call-row > td[colspan]').count()) === 0)
  assert.match(await textOf(page.locator('.call-row').last()), /\d\d:\d\d:\d\d/)
})

journey('the page says when the server is gone, and misses and doubles nothing when it is back', async () => {
  const page = await on.open()
  await isLive(page)
  const before = await shownIds(page)
  await on.tell(talking('over-the-restart', 5))
  await row(page, 'over-the-restart').getByText('通话中').waitFor()
  await on.server.kill()
  await page.getByText('已断开，正在重连…').waitFor()
  await on.picture(page, 'disconnected')
  await on.server.start()
  // Told while the browser may not be back yet.
  await on.tell([
    ...talked('while-away-1', 4, { talkSeconds: 1 }),
    { callId: 'over-the-restart', at: 1, type: 'call-ended', releasedBy: 'customer' },
    ...ringing('while-away-2', 2),
  ])
  await isLive(page)
  await row(page, 'while-away-2').getByText('振铃中').waitFor()
  await row(page, 'over-the-restart').getByText('正常').waitFor()
  await row(page, 'while-away-1').waitFor()
  const shown = await shownIds(page)
  assert.equal(shown.length, before.length + 3)
  // The store's own order: nothing lost, nothing twice.
  assert.deepEqual(
    shown,
    (await on.calls('limit=200')).items.slice(0, shown.length).map((call) => call.id),
  )
  await on.tell([{ callId: 'while-away-2', at: 0, type: 'call-ended', releasedBy: 'customer' }])
  await row(page, 'while-away-2').getByText('振铃放弃').waitFor()
})
