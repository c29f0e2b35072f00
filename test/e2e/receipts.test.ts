// The receipts page: what was done to recordings for good is listed, found by its call, and the chain is checked; a receipt
// that was changed behind Callbook's back is found. Leaves pictures in both languages, light and dark.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { talked } from './stories.ts'
import { journey, journeys, recordingBytes, textOf, until } from './support.ts'

const on = journeys()
const WAV = recordingBytes('1795398725.18-stereo.wav')

async function send(path: string, method: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await on.server.api(path, { method, headers, body: JSON.stringify(body) })
  assert.equal(answer.status, 200, await answer.text())
}

/** Sixty-three receipts: more than a page. */
async function someReceipts(): Promise<void> {
  for (const callId of ['kept', 'card', 'gone']) {
    await on.tell(talked(callId, callId === 'gone' ? 9 * 86_400 : 600))
    const headers = { 'content-type': 'audio/wav' }
    const answer = await on.server.api(`/calls/${callId}/recordings/1`, { method: 'PUT', body: WAV, headers })
    assert.equal(answer.status, 201)
  }
  await send('/calls/card/recordings/1/silence', 'POST', { fromMs: 1_000, toMs: 2_500, reason: '银行卡号' })
  for (let i = 0; i < 30; i++) {
    await send('/calls/kept/recordings/1/hold', 'PUT', { reason: `投诉 ${2_000 + i}` })
    const released = await on.server.api('/calls/kept/recordings/1/hold', { method: 'DELETE' })
    assert.equal(released.status, 200)
  }
  await send('/retention', 'PUT', { capacityBytes: 500_000_000_000, ageDays: 5 })
  await send('/retention/sweep', 'POST', {})
}

journey('receipts are listed newest first, found by their call, opened, and their chain is checked', async () => {
  await someReceipts()
  const page = await on.open()
  await page.getByRole('link', { name: '运维' }).click()
  await page.getByRole('link', { name: '凭证', exact: true }).click()
  await page.waitForURL(/\/operations\/receipts$/)
  const rows = page.locator('.receipt')
  await rows.first().waitFor()
  assert.equal(await rows.count(), 50)
  assert.match(await textOf(rows.first()), /^63\s.*\s删除录音\s录音 1.*超过保留天数\sgone\s/s)
  assert.match(await textOf(rows.nth(1)), /^62\s.*\s修改保留规则\s无期限 → 5 天 · 500 GB/s)
  await page.getByRole('button', { name: '更早的凭证' }).click()
  await rows.nth(62).waitFor()
  assert.match(await textOf(rows.nth(62)), /^1\s.*\s静音片段\s录音 1 的 .*银行卡号/s)
  await page.locator('.section-hint').scrollIntoViewIfNeeded()

  await page.getByRole('button', { name: '校验凭证链' }).click()
  await page.getByText('63 张凭证，凭证链完整。').waitFor()
  await on.picture(page, 'receipts-whole')

  // By the keyboard: the call whose receipts are wanted.
  await page.getByRole('textbox', { name: '通话 ID' }).fill('card')
  await page.keyboard.press('Enter')
  await page.waitForURL(/call=card/)
  await until(async () => (await rows.count()) === 1)
  await rows.first().getByRole('button').first().click()
  await page.getByText('"kind": "range-silenced"').waitFor()
  await on.picture(page, 'receipts-of-call')
  await page.getByRole('link', { name: '查看通话' }).click()
  await page.waitForURL(/\/calls\/card/)
  await page.goBack()
  await page.getByRole('textbox', { name: '通话 ID' }).fill('none')
  await page.keyboard.press('Enter')
  await page.getByText('这通通话没有凭证').waitFor()
})

journey(
  'a receipt that was changed is found, and so is an end that was cut off, against a hash that was kept',
  async () => {
    const page = await on.open({ locale: 'en-US', colorScheme: 'dark' })
    await page.goto('/operations/receipts')
    await page.locator('.receipt').first().waitFor()
    const kept = (await (await on.server.api('/receipts?limit=1')).json()) as { head: { hash: string } }
    await page.getByText('Prove the end, and check without the server').click()
    const known = page.getByRole('textbox', { name: /A hash kept earlier/ })
    await known.fill('not a hash')
    await page.getByText('These are not 64 hexadecimal digits.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Verify the chain' }).isDisabled(), true)
    await known.fill(kept.head.hash)
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    await page.getByText('nothing was cut off the end').waitFor()
    await on.picture(page, 'receipts-end-proven-dark')

    const db = new DatabaseSync(join(on.server.folder, 'callbook.db'), { timeout: 10_000 })
    db.exec(`UPDATE receipt SET actor = 'user:nobody' WHERE seq = 4; DELETE FROM receipt WHERE seq = 63`)
    db.close()
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    await page.getByText('The chain is broken').waitFor()
    await page.getByText('Receipt 4 was changed').waitFor()
    await page.getByText('The hash you kept is nowhere').waitFor()
    await on.picture(page, 'receipts-broken-dark')
  },
)
