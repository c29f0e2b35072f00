// Recording retention in the console: what limits would do is seen before they are saved; what is held stays; what was
// deleted says why. Leaves pictures of the page in both languages, light and dark.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { SALES, SUPPORT, talked } from './stories.ts'
import { journey, journeys, recordingBytes, row, textOf, until } from './support.ts'

const on = journeys()
const WAV = recordingBytes('1795398725.18-stereo.wav')
const DAY_S = 86_400
let isRecorded = false

/** Eight recordings, one a day, the newest of today; every other one of another skill group. */
async function eightDays(): Promise<void> {
  if (isRecorded) return
  isRecorded = true
  for (let day = 0; day < 8; day++) {
    const callId = `kept-${day}`
    await on.tell(talked(callId, day * DAY_S + 600, { group: day % 2 === 0 ? SALES : SUPPORT }))
    await upload(callId)
  }
}

async function upload(callId: string): Promise<void> {
  const headers = { 'content-type': 'audio/wav' }
  const answer = await on.server.api(`/calls/${callId}/recordings/1`, { method: 'PUT', body: WAV, headers })
  assert.equal(answer.status, 201)
}

async function stateOf(callId: string): Promise<{ state: string; heldBy: string | null }> {
  const call = (await (await on.server.api(`/calls/${callId}`)).json()) as {
    recordings: { state: string; heldBy: string | null }[]
  }
  return call.recordings[0] ?? { state: 'none', heldBy: null }
}

/** The rehearsal of what the form says now. */
const rehearsed = (page: Page) => page.locator('.rehearsal[data-fresh=true]')

journey('a recording is held with a reason, seen by whom and why, and released', async () => {
  await eightDays()
  const page = await on.open({ path: '/calls/kept-7' })
  await page.goto('/calls/kept-7')
  const recording = page.locator('.recording')
  await recording.getByRole('button', { name: '锁定' }).click()
  const dialog = page.getByRole('dialog', { name: '锁定这条录音？' })
  assert.equal(await dialog.getByRole('button', { name: '锁定' }).isDisabled(), true)
  await dialog.getByRole('textbox').fill('投诉 2041')
  await on.picture(page, 'retention-hold-dialog')
  await dialog.getByRole('textbox').press('Enter')
  await page.getByText(/admin 于 .* 锁定：投诉 2041/).waitFor()
  assert.equal((await stateOf('kept-7')).heldBy, 'user:admin')
  await page.getByText('录音 1 被锁定，自动清理会跳过它').waitFor()
  await on.picture(page, 'retention-held')
})

journey('limits are rehearsed before they are saved, delete what was said and pass by what is held', async () => {
  await eightDays()
  const hold = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"reason":"投诉 2041"}' }
  assert.equal((await on.server.api('/calls/kept-7/recordings/1/hold', hold)).status, 200)
  const page = await on.open()
  await page.getByRole('link', { name: '设置' }).click()
  await page.getByRole('link', { name: '录音保留' }).click()
  await page.waitForURL(/\/settings\/retention$/)
  await page.getByText('未设任何期限，录音会一直保留。').waitFor()
  await rehearsed(page).getByText('不删除任何录音').waitFor()

  await page.getByRole('switch', { name: '容量上限' }).click()
  await page.getByRole('combobox', { name: '容量上限的单位' }).click()
  await page.locator('.ant-select-item-option').getByText('MB', { exact: true }).click()
  const capacity = (WAV.length * 5.5) / 1e6
  await page.getByRole('spinbutton', { name: '容量上限' }).fill(capacity.toFixed(3))
  // The oldest is held: three others go, one of them in its place.
  await rehearsed(page)
    .getByText(/^3 条，/)
    .first()
    .waitFor()
  await rehearsed(page)
    .getByText(/已锁定、因此跳过：1 条.*代替删除：1 条/)
    .waitFor()
  await rehearsed(page).getByText('最先删除的 3 条').click()
  assert.match(await textOf(page.locator('.going-list').last()), /代替已锁定的录音/)
  assert.equal((await stateOf('kept-6')).state, 'available')
  await on.picture(page, 'retention-rehearsal')

  await page.getByRole('button', { name: '保存', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: /保存并删除 3 条录音/ })
  await on.picture(page, 'retention-confirm')
  await dialog.getByRole('button', { name: '保存', exact: true }).click()
  await until(async () => (await stateOf('kept-4')).state === 'deleted')
  const states = await Promise.all([7, 6, 5, 4, 3, 0].map(async (day) => (await stateOf(`kept-${day}`)).state))
  assert.deepEqual(states, ['available', 'deleted', 'deleted', 'deleted', 'available', 'available'])

  await page.getByRole('button', { name: '立即清理' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '立即清理' }).click()
  await page.getByText(/最近一次 .* 没有需要删除的录音/).waitFor()
  await page.goto('/calls/kept-6')
  await page.getByText(/录音已删除：超出容量上限/).waitFor()
  await on.picture(page, 'retention-deleted')
})

journey('a manager looks and rehearses nothing into being; an agent has no such page', async () => {
  const password = 'journeys need a password'
  for (const user of [
    { name: 'the-manager', role: 'manager', password },
    { name: 'the-agent', role: 'agent', agentId: '1001', password },
  ]) {
    const headers = { 'content-type': 'application/json' }
    const made = await on.server.api('/users', { method: 'POST', headers, body: JSON.stringify(user) })
    assert.equal(made.status, 201)
  }
  const page = await on.open({ login: { username: 'the-manager', password } })
  await page.goto('/operations/retention')
  await page.getByText('您可以查看；处理需要管理员。').waitFor()
  assert.equal(await page.getByRole('switch', { name: '容量上限' }).isDisabled(), true)
  assert.equal(await page.getByRole('button', { name: '立即清理' }).count(), 0)
  const other = await on.open({ login: { username: 'the-agent', password } })
  await other.goto('/operations/retention')
  await other.waitForURL(/\/calls$/)
  await other.goto('/calls')
  await row(other, 'kept-0').locator('.action-link').first().click()
  await other.locator('.recording').waitFor()
  assert.equal(await other.getByRole('button', { name: '锁定' }).count(), 0)
})

for (const locale of ['zh-CN', 'en-US'] as const)
  journey(`the page of limits fits every screen, light and dark (${locale})`, async () => {
    await eightDays()
    const page = await on.open({ locale })
    const refused: string[] = []
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) refused.push(message.text())
    })
    await page.goto('/operations/retention')
    await rehearsed(page).waitFor()
    await page.getByRole('switch').first().click()
    await page.getByRole('spinbutton').first().fill('2')
    await rehearsed(page).waitFor()
    const group = page.getByRole('combobox', { name: /为技能组单独设置|Limits for a skill group/ })
    await group.click()
    await page.locator('.ant-select-item-option').first().click()
    await rehearsed(page).waitFor()
    await on.looks(page, `retention-${locale}`)
    assert.deepEqual(refused, [])
  })
