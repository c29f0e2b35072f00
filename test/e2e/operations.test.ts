// The operations page: how the connections are, what was kept aside and how it is taken again, what the reconciliation
// finds and how it is mended, and who gets there at all.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { freePort } from '../../src/demo/free-port.ts'
import { dialledOut, talked } from './stories.ts'
import { type EventLine, isLive, journey, journeys, textOf, until } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'callbook-operations-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const config = join(folder, 'callbook.config.json')
writeFileSync(
  config,
  JSON.stringify({
    connectors: [
      {
        name: 'pbx1',
        type: 'asterisk',
        host: '127.0.0.1',
        // Nobody listens there.
        port: await freePort('127.0.0.1', 19_000),
        username: 'callbook',
        secretEnv: 'PBX1_SECRET',
        recordings: { folder: join(folder, 'no-such-folder') },
      },
    ],
  }),
)
const on = journeys({ CALLBOOK_CONFIG: config, PBX1_SECRET: 'not needed' })
const DAY_MS = 86_400_000

async function makeUser(role: 'manager' | 'agent', agentId?: string): Promise<{ username: string; password: string }> {
  const password = 'journeys need a password'
  const made = await on.server.api('/users', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: `the-${role}`, role, password, ...(agentId ? { agentId } : {}) }),
  })
  assert.ok(made.status === 201 || made.status === 409, await made.clone().text())
  return { username: `the-${role}`, password }
}

/** Sends events of which some are refused. */
async function sendRaw(events: readonly Record<string, unknown>[]): Promise<void> {
  const answer = await on.server.api('/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  })
  assert.equal(answer.status, 200)
}

/** Began so many seconds ago, and nothing was heard since. */
function withoutEnd(callId: string, ago: number): EventLine[] {
  return talked(callId, ago).filter(({ type }) => type !== 'call-ended')
}

journey('a connection that cannot be made is shown with its reason, and the diagnosis says what to do', async () => {
  const page = await on.open()
  await page.getByRole('link', { name: '设置' }).click()
  await page.waitForURL(/\/settings\/connectors$/)
  const card = page.locator('[data-connector=pbx1]')
  await card.getByText(/ECONNREFUSED|refused/i).waitFor()
  assert.notEqual(await card.locator('.state').first().getAttribute('data-status'), 'connected')
  assert.match(await textOf(card), /Asterisk[\s\S]+最近消息\s+还没有/)
  await card.getByText('文件夹不存在').waitFor()
  await card.getByRole('button', { name: '测试连接' }).click()
  const findings = card.locator('.diagnosis-finding')
  await findings.first().waitFor()
  await card.getByText('错误').first().waitFor()
  await on.picture(page, 'operations-connectors')
})

journey('what was refused is listed as it came, and taken again once it can be', async () => {
  const at = Date.now() + DAY_MS + 4_000
  await sendRaw([
    { id: 'early-1', callId: 'early', at, type: 'call-started', callType: 'inbound', customer: '<b>13800138000</b>' },
    { id: 'never-1', callId: 'never', at: Date.now(), type: 'key-pressed', key: '' },
  ])
  const page = await on.open()
  await page.goto('/operations/rejected')
  const rows = page.locator('.rejected')
  await rows.first().waitFor()
  assert.match(await textOf(rows.filter({ hasText: '时间超出范围' })), /traffic/)
  await rows.filter({ hasText: '时间超出范围' }).getByRole('button').click()
  await page.locator('.rejected-raw').getByText('"customer":"<b>13800138000</b>"').waitFor()
  await page.getByRole('checkbox', { name: '全选' }).check()
  await on.picture(page, 'operations-rejected')
  await until(async () => Date.now() > at - DAY_MS + 500)
  await page.getByRole('button', { name: '重新处理' }).click()
  await page.getByText('已接收 1 条，1 条仍无法接收').waitFor()
  await until(async () => (await rows.count()) === 1)
  await rows.getByText('仍无法接收').waitFor()
  assert.equal((await on.server.api('/calls/early')).status, 200)
  await on.picture(page, 'operations-replayed')

  const manager = await on.open({ login: await makeUser('manager') })
  await manager.goto('/operations/rejected')
  await manager.locator('.rejected').first().waitFor()
  assert.equal(await manager.getByRole('button', { name: '重新处理' }).count(), 0)
  assert.equal(await manager.getByRole('checkbox').count(), 0)

  await page.getByRole('checkbox', { name: /^选择/ }).check()
  await page.getByRole('button', { name: '删除' }).click()
  const dialog = page.getByRole('dialog', { name: '删除 1 条未接收的内容？' })
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '删除' }).click()
  await dialog.getByRole('button', { name: '删除' }).click()
  await page.getByText('没有未接收的内容').waitFor()
})

journey('a day is checked, its findings lead to their calls, and repairs make it right', async () => {
  const hour = 3_600
  for (const n of [1, 2, 3]) await on.tell(withoutEnd(`endless-${n}`, 14 * hour + n))
  await on.tell(dialledOut('fine', 14 * hour))
  const page = await on.open()
  await page.goto('/operations/reconciliation')
  await page.getByRole('button', { name: '立即检查' }).click()
  const group = page.locator('[data-kind=call-without-end]')
  await group.getByText('已 14 小时没有任何消息').first().waitFor()
  assert.match(await textOf(page.locator('.day-report .card-head')), /共 4 通通话，3 个问题/)
  await on.picture(page, 'operations-reconciliation')
  await group.getByRole('button', { name: '按最后的消息结束通话' }).first().click()
  await group.getByText('已修复').waitFor()
  await group.getByRole('button', { name: /^全部修复/ }).click()
  const dialog = page.getByRole('dialog', { name: '修复 2 个问题？' })
  await on.picture(page, 'operations-confirm')
  await dialog.getByRole('button', { name: '全部修复' }).click()
  await until(async () => (await group.getByText('已修复').count()) === 3)
  await page.getByRole('button', { name: '重新检查' }).click()
  await page.getByText('没有发现问题').waitFor()
  assert.match(await textOf(page.locator('.score')), /100/)
  await page.getByRole('button', { name: /：100 分，0 个问题/ }).waitFor()

  // What was repaired is told in the record.
  await page.goto('/calls/endless-1?range=7d')
  await page.locator('.facts').getByText('估计').waitFor()
  await page.getByText('通话的结束没有上报，结束时间是估计的').waitFor()
})

journey('a finding leads to its call', async () => {
  await on.tell(withoutEnd('lost', 14 * 3_600))
  const page = await on.open()
  await page.goto('/operations/reconciliation')
  await page.locator('.day-report').getByRole('button', { name: /检查/ }).click()
  await page.getByRole('link', { name: 'lost' }).click()
  await page.waitForURL(/\/calls\/lost\?from=/)
  await page.locator('.call-page').waitFor()
  await page.locator('.steps').waitFor()
})

journey('an agent neither sees the operations page nor gets there', async () => {
  const page = await on.open({ login: await makeUser('agent', '1001') })
  await isLive(page)
  assert.equal(await page.getByRole('link', { name: '运维' }).count(), 0)
  for (const path of ['/operations', '/operations/rejected', '/operations/reconciliation']) {
    await page.goto(path)
    await page.waitForURL(/\/calls$/)
  }
})

for (const locale of ['zh-CN', 'en-US'] as const)
  journey(`operations fit every screen, light and dark, and nothing is refused (${locale})`, async () => {
    await sendRaw([
      { id: 'odd-1', callId: 'odd', at: Date.now(), type: 'no-such-type' },
      { id: 'odd-2', callId: 'odd', at: Date.now(), type: 'key-pressed', key: 'x'.repeat(400) },
    ])
    await on.tell(withoutEnd('silent', 14 * 3_600))
    const page = await on.open({ locale })
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))

    await page.goto('/operations/connectors')
    await page
      .locator('.card')
      .getByRole('button', { name: /测试连接|Test connection/ })
      .click()
    await page.locator('.diagnosis-finding').first().waitFor()
    await on.looks(page, `operations-connectors-${locale}`)

    await page.goto('/operations/rejected')
    await page.locator('.rejected-open').first().click()
    await page.locator('.rejected-raw').waitFor()
    await page.getByRole('checkbox').nth(1).check()
    await on.looks(page, `operations-rejected-${locale}`)

    await page.goto('/operations/reconciliation')
    await page.locator('.day-report button').first().click()
    await page.locator('.finding-group').first().waitFor()
    await on.looks(page, `operations-reconciliation-${locale}`)
    assert.deepEqual(complaints, [])
  })
