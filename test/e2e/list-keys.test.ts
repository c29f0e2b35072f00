// The list by keyboard alone, in both languages: rows, keys, menu; and what screen readers are told.
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { LANGUAGES, said } from './console-words.ts'
import { abandonedInQueue, dialledOut, ringing, talked } from './stories.ts'
import { isLive, journey, journeys, recordingBytes, row, shownIds, showsExactly, until } from './support.ts'

const on = journeys()
let isTold = false

async function someCalls(): Promise<void> {
  if (isTold) return
  isTold = true
  await on.tell([
    ...talked('key-1', 900, { agent: { id: '1001', name: 'Anna' }, group: { id: 'sales', name: 'Sales' } }),
    ...abandonedInQueue('key-2', 800, { group: { id: 'support', name: 'Support' } }),
    ...dialledOut('key-3', 700, { agent: { id: '1002', name: 'Ben' } }),
  ])
  const put = await on.server.api('/calls/key-1/recordings/1', {
    method: 'PUT',
    headers: { 'content-type': 'audio/wav' },
    body: recordingBytes('1795398725.18-stereo.wav'),
  })
  assert.ok(put.ok, await put.clone().text())
}

const focused = (page: Page) => page.evaluate<string | undefined>('document.activeElement?.dataset.call')

for (const { locale, words } of LANGUAGES) {
  journey(`rows by keyboard: walked, opened, played, and never while typing (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale })
    await row(page, 'key-1').waitFor()
    await isLive(page)
    // Faster than the page draws.
    for (const key of ['ArrowDown', 'j', 'j', 'j', 'k']) await page.keyboard.press(key)
    assert.equal(await focused(page), 'key-2')
    await on.picture(page, `keys-row-${locale}`)
    const name = await row(page, 'key-2').getAttribute('aria-label')
    assert.match(name ?? '', new RegExp(words.hangupReason['abandoned-in-queue']))
    assert.equal(await page.locator('.call-row[tabindex="0"]').count(), 1)
    await page.keyboard.press('End')
    assert.equal(await focused(page), 'key-1')
    await page.keyboard.press('Space')
    await row(page, 'key-1')
      .getByRole('button', { name: said(words.list.pauseOf, { id: 'key-1' }) })
      .waitFor()
    await page.keyboard.press('Space')
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/calls\/key-3/)
    await page.locator('.steps').waitFor()
    await page.keyboard.press('Escape')
    await page.waitForURL(/\/calls$/)
    // The menu of a row, and back.
    await row(page, 'key-2').focus()
    await page.keyboard.press('Shift+F10')
    const menu = page.getByRole('menu')
    await menu.getByText(words.callList.menu.copyLink).waitFor()
    await page.keyboard.press('Escape')
    await menu.waitFor({ state: 'detached' })
    assert.equal(await focused(page), 'key-2')
    await page.keyboard.press('Escape')
    assert.equal(await focused(page), undefined)
    // "/" leads to the search, where j and ? are letters.
    await page.keyboard.press('/')
    const field = page.getByRole('textbox', { name: words.callList.everywhere })
    await until(() => field.evaluate((input) => input.matches(':focus')))
    await page.keyboard.type('j?')
    assert.equal(await field.inputValue(), 'j?')
    await page.keyboard.press('Escape')
    assert.equal(await field.inputValue(), '')
    await page.keyboard.type('Ben')
    await page.keyboard.press('Enter')
    await showsExactly(page, ['key-3'])
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await until(async () => (await shownIds(page)).length === 3)
    // The sheet of the keys; characters can be switched off.
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: words.callList.keys.title })
    await sheet.waitFor()
    await on.picture(page, `keys-sheet-${locale}`)
    await sheet.getByRole('switch').click()
    await page.keyboard.press('Escape')
    await sheet.waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.keyboard.press('ArrowDown')
    assert.notEqual(await focused(page), undefined)
    assert.equal(await sheet.count(), 0)
  })

  journey(`everything that can be operated has a name in the reader’s language (${locale})`, async () => {
    await someCalls()
    const page = await on.open({ locale, path: '/calls?type=inbound&talkMs=0-' })
    await row(page, 'key-1').waitFor()
    await page.getByRole('button', { name: words.callList.more.button }).click()
    await page.getByRole('group', { name: words.callList.more.label }).waitFor()
    const tree = await page.locator('.shell').ariaSnapshot()
    const nameless = tree
      .split('\n')
      .filter((line) => /^\s*- (button|link|textbox|combobox|checkbox|switch|menuitem|spinbutton)(?! ")/.test(line))
    assert.deepEqual(nameless, [])
    for (const name of [
      `- search "${words.search.label}"`,
      `- textbox "${words.callList.everywhere}"`,
      `- combobox "${words.search.hangupReason}"`,
      `- list "${words.callList.condition.label}"`,
      `- button "${said(words.list.detailOf, { id: 'key-1' })}"`.replace('button', 'link'),
      `- button "${said(words.callList.menu.of, { id: 'key-1' })}"`,
      `- columnheader "${words.list.column.reason}"`,
    ])
      assert.ok(tree.includes(name), `${name} is not in\n${tree}`)
    if (locale === 'en-US') assert.doesNotMatch(tree, /[\u4e00-\u9fff]/)
  })
}

journey('nothing moves under the keyboard or the mouse; at rest the list goes on', async () => {
  await someCalls()
  const page = await on.open({ locale: 'en-US' })
  await isLive(page)
  await page.keyboard.press('ArrowDown')
  const first = await focused(page)
  assert.ok(first)
  const place = () => row(page, first).boundingBox()
  const before = await place()
  await on.tell(ringing('comes-in', 1, { customer: '13711112222' }))
  await page.getByRole('button', { name: '1 new call' }).waitFor()
  assert.deepEqual(await place(), before)
  await page.getByRole('button', { name: '1 new call' }).click()
  await row(page, 'comes-in').getByText('Ringing').waitFor()
  assert.equal((await shownIds(page))[0], 'comes-in')
  await on.tell([{ callId: 'comes-in', at: 0, type: 'call-ended', releasedBy: 'customer' }])
  await row(page, 'comes-in').getByText('Abandoned').waitFor()
  // Nobody has moved for a while: the next one comes by itself.
  await on.tell(ringing('comes-later', 1, { customer: '13711113333' }))
  await row(page, 'comes-later').waitFor()
  await on.tell([{ callId: 'comes-later', at: 0, type: 'call-ended', releasedBy: 'customer' }])
})
