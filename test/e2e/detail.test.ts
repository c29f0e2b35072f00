// One call: what happened and why, its sound, and its WAV.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { conversation, upload } from './sound-stories.ts'
import { abandonedInQueue, internalCall, LI, ringing, SALES, talked, ZHANG } from './stories.ts'
import { journey, journeys, recordingBytes, row, textOf, until } from './support.ts'

const on = journeys()
const stereo = recordingBytes('1795398725.18-stereo.wav')
/** 8 kHz, 16 bit, two channels. */
const STEREO_SECONDS = (stereo.length - 44) / 32_000

async function recordedCall(callId: string, talkSeconds = 20): Promise<void> {
  await on.tell(talked(callId, 200, { talkSeconds }))
  const stored = await on.server.api(`/calls/${callId}/recordings/1`, {
    method: 'PUT',
    headers: { 'content-type': 'audio/wav' },
    body: new Uint8Array(stereo),
  })
  assert.ok(stored.ok, `${stored.status} ${await stored.clone().text()}`)
}

const seconds = (page: Page) => page.evaluate<number>('document.querySelector("audio").currentTime')

journey('a call is explained step by step, with the reason and the steps that made it', async () => {
  await on.tell(abandonedInQueue('explained', 60))
  const page = await on.open()
  await row(page, 'explained').getByRole('link', { name: /详情/ }).click()
  await page.waitForURL(/\/calls\/explained$/)
  const steps = page.locator('.step')
  await steps.first().waitFor()
  assert.deepEqual(await page.locator('.step-what').allInnerTexts(), [
    '客户 13900139000 拨打 02150001000 来电',
    '进入技能组“技术支持”排队',
    '客户挂断',
    '客户放弃在技能组“技术支持”排队',
    '通话结束，客户挂断',
  ])
  assert.match(await textOf(steps.nth(1)), /\d\d:\d\d:\d\d\.\d\s+\+0:01\.0/)
  await page.getByText('客户在排队等候时挂断，当时没有坐席电话在振铃。').waitFor()
  assert.deepEqual(await page.locator('.is-decisive .step-what').allInnerTexts(), [
    '进入技能组“技术支持”排队',
    '客户挂断',
    '客户放弃在技能组“技术支持”排队',
  ])
  const facts = await textOf(page.locator('.facts'))
  for (const fact of ['主叫号码\n13900139000', '被叫号码\n02150001000', '挂断方\n客户', '技能组\n技术支持'])
    assert.ok(facts.includes(fact), fact)
  assert.match(await textOf(page.locator('.time-numbers')), /总时长\s+0:09[\s\S]+排队\s+0:08/)
  await on.picture(page, 'detail')
  await page.keyboard.press('Escape')
  await page.waitForURL(/\/calls$/)
  // The same address opened fresh is a page of its own.
  await page.goto('/calls/explained?range=7d')
  await page.locator('.call-page .steps').waitFor()
  await page.goto('/calls/no-such-call')
  await page.getByText('没有这通通话，或者您无权查看。').waitFor()
})

journey('a live call on its own page is followed step by step, to the recording that comes after its end', async () => {
  await on.tell(ringing('followed', 30))
  const page = await on.open({ path: '/calls/followed' })
  const lastStep = page.locator('.step-what').last()
  await until(async () => /张三（1001）/.test(await textOf(lastStep)))
  await on.tell([{ callId: 'followed', at: 25, type: 'agent-answered', agent: LI }])
  await until(async () => /^李四（1002）接听$/.test(await textOf(lastStep)))
  await on.tell([{ callId: 'followed', at: 25 - STEREO_SECONDS, type: 'call-ended', releasedBy: 'customer' }])
  await page.getByText('通话结束，客户挂断').waitFor()
  assert.equal(await page.locator('.sound-channel').count(), 0)
  await upload(on, 'followed', stereo)
  await until(async () => (await page.locator('.sound-channel').count()) === 2)
})

journey('so is a call between two agents', async () => {
  const [begun, rings, answered, ended] = internalCall('between-us', 30)
  assert.ok(begun && rings && answered && ended)
  await on.tell([begun, rings])
  const page = await on.open({ path: '/calls/between-us' })
  const lastStep = page.locator('.step-what').last()
  await until(async () => /振铃/.test(await textOf(lastStep)))
  await on.tell([answered])
  await until(async () => /^李四（1002）接听$/.test(await textOf(lastStep)))
  await on.tell([ended])
  await page.getByText(/^通话结束/).waitFor()
})

journey('every decided value says why: the rule, the steps it rests on, and what was missing', async () => {
  await on.tell([
    ...talked('decided', 120),
    { callId: 'decided', at: 119, type: 'call-described', callType: 'inbound', guessed: ['callType'] },
  ])
  const page = await on.open({ path: '/calls/decided' })
  const facts = page.locator('.facts')
  const ask = (field: string) => facts.getByRole('button', { name: `${field}：为什么？` })
  await ask('坐席').click()
  const why = facts.locator('.value-why')
  await why.getByText('第一个与客户通话的坐席。').waitFor()
  await on.picture(page, 'why-agent')
  const step = why.getByRole('button', { name: /第 \d+ 步/ })
  await step.click()
  assert.match(await textOf(page.locator('.is-pointed-at .step-what')), /^张三（1001）接听$/)
  // With the keyboard alone: open, read, close; the drawer stays.
  await ask('呼叫类型').focus()
  await until(async () => (await why.count()) === 0)
  await page.keyboard.press('Enter')
  await why.getByText('电话系统没有说明类型，这是从谁呼叫了谁看出来的。').waitFor()
  await why.getByText('呼叫类型没有上报，由通话走向推断').waitFor()
  await on.picture(page, 'why-type')
  await page.keyboard.press('Escape')
  await until(async () => (await why.count()) === 0)
  assert.ok(await ask('呼叫类型').evaluate((button) => button.matches(':focus')))
  assert.match(page.url(), /\/calls\/decided$/)
  for (const field of ['通话建立时间', '主叫号码', '被叫号码', '技能组']) {
    await ask(field).click()
    await until(async () => /[。]/.test(await textOf(why)))
    assert.equal(await why.count(), 1, field)
  }
  await page.getByText('补充通话信息：呼叫类型为呼入').waitFor()
})

journey('a recording plays from the list without leaving it, and the sound really goes on', async () => {
  await recordedCall('recorded')
  const page = await on.open()
  await row(page, 'recorded').getByRole('button', { name: /播放/ }).click()
  await page.locator('.dock').waitFor()
  await until(async () => (await seconds(page)) > 0.5)
  await on.picture(page, 'dock')
  assert.match(page.url(), /\/calls$/)
  await page.locator('.list-scroller').focus()
  await page.keyboard.press('Space')
  await until(() => page.evaluate<boolean>('document.querySelector("audio").paused'))
  const paused = await seconds(page)
  await page.getByRole('button', { name: '前进 10 秒' }).click()
  const end = await page.evaluate<number>('document.querySelector("audio").duration')
  await until(async () => (await seconds(page)) >= Math.min(paused + 9.5, end - 0.1))
  await page.getByRole('button', { name: '后退 10 秒' }).click()
  await until(async () => (await seconds(page)) <= paused + 0.5)
  await page.getByRole('button', { name: '关闭播放器' }).click()
  await page.locator('.dock').waitFor({ state: 'detached' })
})

journey('the detail draws the sound of both sides, plays it, and hands playing over to the dock', async () => {
  // Long enough to be still playing when the drawer has closed, however slow the machine is.
  await on.tell(talked('drawn', 400, { talkSeconds: 240 }))
  await upload(on, 'drawn', conversation(240, 51))
  const page = await on.open()
  await row(page, 'drawn').getByRole('link', { name: /详情/ }).click()
  // Two channels, two lanes.
  await until(async () => (await page.locator('.sound-channel').count()) === 2)
  await page.locator('.player').getByRole('button', { name: '播放', exact: true }).click()
  await until(async () => (await seconds(page)) > 0.3)
  await on.picture(page, 'player')
  assert.equal(await page.locator('.dock').count(), 0)
  await page.getByRole('button', { name: '关闭', exact: true }).or(page.locator('.ant-drawer-close')).first().click()
  await page.locator('.dock').waitFor()
  const then = await seconds(page)
  await until(async () => (await seconds(page)) > then)
})

journey('the lanes show who was there when, and a click plays the sound from that moment on', async () => {
  // As long as the sound, so that the recording has its place in the call.
  await recordedCall('lanes', STEREO_SECONDS)
  const page = await on.open({ path: '/calls/lanes' })
  const lanes = page.locator('.flow-lane')
  await lanes.first().waitFor()
  assert.deepEqual(await page.locator('.flow-name').allInnerTexts(), ['客户', 'IVR', '销售', '张三'])
  const talk = lanes.nth(3).getByRole('button', { name: /张三 · 通话/ })
  const box = await talk.boundingBox()
  assert.ok(box)
  await talk.click({ position: { x: box.width * 0.75, y: box.height / 2 } })
  await until(async () => (await seconds(page)) >= STEREO_SECONDS * 0.7)
  assert.equal(await textOf(page.locator('.is-pointed-at .step-what')), '张三（1001）接听')
  await page.locator('.flow-playhead').waitFor()
  await on.picture(page, 'detail-lanes')
  // By keyboard a bar plays from its beginning; so does a step from its time.
  await page.evaluate('document.querySelector("audio").pause()')
  await talk.focus()
  await page.keyboard.press('Enter')
  await until(async () => (await seconds(page)) < STEREO_SECONDS * 0.7)
})

journey('the steps are copied as text, and other calls of the customer are a click away', async () => {
  await on.tell([
    ...talked('earlier', 86_400, { customer: '13311112222' }),
    ...abandonedInQueue('later', 60, { customer: '13311112222' }),
  ])
  const page = await on.open({ path: '/calls/later' })
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: '复制流程' }).click()
  await page.locator('.copy-button').getByText('已复制').waitFor()
  const text = await page.evaluate<string>('navigator.clipboard.readText()')
  assert.match(text, /^13311112222 · 呼入 · later · 排队放弃\n/)
  assert.match(text, /\n\d\d:\d\d:\d\d\.\d {2}\+0:01\.0 {2}进入技能组“技术支持”排队 \(0:08\)\n/)
  const others = page.locator('.others .other')
  await others.first().waitFor()
  assert.equal(await others.count(), 1)
  await others.first().click()
  await page.waitForURL(/\/calls\/earlier$/)
  await page.locator('.flow-lane').first().waitFor()
})

journey('a note is written at a moment of the call, stays, is changed and removed', async () => {
  await recordedCall('noted', STEREO_SECONDS)
  const page = await on.open({ path: '/calls/noted' })
  const notes = page.locator('.notes')
  await page.locator('.flow-lane').first().waitFor()
  await page
    .locator('.flow-lane')
    .nth(3)
    .getByRole('button', { name: /张三 · 通话/ })
    .focus()
  await page.keyboard.press('Enter')
  await until(async () => (await seconds(page)) > 0.2)
  await page.evaluate('document.querySelector("audio").pause()')
  await notes.getByRole('textbox', { name: '备注内容' }).fill('客户很着急，\n周五前回电')
  await notes.getByRole('checkbox', { name: /记在/ }).check()
  await notes.getByRole('combobox', { name: '标签' }).fill('投诉')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await notes.getByRole('textbox', { name: '备注内容' }).press('Control+Enter')
  const note = notes.locator('.note')
  await note.waitFor()
  await page.reload()
  await note.waitFor()
  assert.match(
    await textOf(note),
    /^admin\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[\s\S]*0:0\d客户很着急，\n周五前回电\s+投诉$/,
  )
  await page.locator('.flow-note').waitFor()
  await on.picture(page, 'detail-notes')
  await note.getByRole('button', { name: '修改' }).click()
  await notes.getByRole('textbox', { name: '备注内容' }).first().fill('已回电')
  await notes.getByRole('button', { name: '保存' }).first().click()
  await note.getByText('已修改').waitFor()
  await note.getByRole('button', { name: '删除' }).click()
  await page.locator('dialog').getByRole('button', { name: '删除' }).click()
  await until(async () => (await note.count()) === 0)
  // Escape in a note that is being written leaves the call open.
  assert.match(page.url(), /\/calls\/noted$/)
})

journey('the WAV that is downloaded is the WAV that came in, byte for byte', async () => {
  await recordedCall('downloaded')
  const page = await on.open()
  const inRow = row(page, 'downloaded').getByRole('link', { name: /下载/ })
  const inDetail = page.locator('.recording').getByRole('link', { name: '下载 WAV' })
  for (const link of [inRow, inDetail]) {
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    assert.deepEqual(readFileSync(await download.path()), stereo)
    assert.match(download.suggestedFilename(), /^\d{8}-\d{6}_呼入_13800138000_张三\.wav$/)
    if (link === inRow) await row(page, 'downloaded').getByRole('link', { name: /详情/ }).click()
  }
})

journey('where there is no sound, the reason is said', async () => {
  await on.tell(talked('silent', 100, { agent: ZHANG, group: SALES }))
  const page = await on.open()
  assert.ok(await row(page, 'silent').getByRole('button', { name: /播放/ }).isDisabled())
  assert.equal(await row(page, 'silent').getByRole('button', { name: /播放/ }).getAttribute('title'), '没有录音')
})

journey('numbers and ids are copied by a click', async () => {
  await on.tell(talked('copied', 90))
  const page = await on.open()
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await row(page, 'copied').getByRole('button', { name: '复制 13800138000' }).click()
  await row(page, 'copied').getByText('已复制').waitFor()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), '13800138000')
  assert.match(page.url(), /\/calls$/)
})

journey(
  'the player by keyboard: back and on, slower and faster, a loop, one side alone, the next of the list',
  async () => {
    await recordedCall('older', STEREO_SECONDS)
    await recordedCall('newer', STEREO_SECONDS)
    const page = await on.open()
    await row(page, 'newer').getByRole('button', { name: /播放/ }).click()
    const dock = page.locator('.dock')
    await dock.waitFor()
    await page.evaluate('document.querySelector("audio").pause(); document.activeElement.blur()')
    const audio = (what: string) => page.evaluate<number>(`document.querySelector("audio").${what}`)
    await page.evaluate('document.querySelector("audio").currentTime = 3')
    await page.keyboard.press('ArrowLeft')
    await until(async () => (await audio('currentTime')) === 0)
    await page.keyboard.press('ArrowRight')
    await until(async () => (await audio('currentTime')) > STEREO_SECONDS - 0.1)
    await page.keyboard.press(']')
    await until(async () => (await audio('playbackRate')) === 1.25)
    await page.keyboard.press('[')
    await until(async () => (await audio('playbackRate')) === 1)
    // Switched off, single characters do nothing.
    await page.evaluate('localStorage.setItem("callbook.character-keys", "off")')
    await page.keyboard.press(']')
    await page.evaluate('localStorage.removeItem("callbook.character-keys")')
    assert.equal(await audio('playbackRate'), 1)
    // A loop from 1 s to 2 s: what is past its end goes round.
    await page.evaluate('document.querySelector("audio").currentTime = 1')
    await page.keyboard.press('l')
    await page.evaluate('document.querySelector("audio").currentTime = 2')
    await page.keyboard.press('l')
    await dock.getByRole('button', { name: /循环 0:01–0:02/ }).waitFor()
    await page.keyboard.press('Space')
    await until(async () => (await audio('currentTime')) < 1.9)
    await page.keyboard.press('l')
    await dock.getByRole('button', { name: '声道音量' }).click()
    await dock.getByRole('button', { name: '只听坐席' }).click()
    await until(async () => (await dock.getByRole('slider', { name: '客户' }).inputValue()) === '0')
    await on.picture(page, 'player-mix')
    await dock.getByRole('button', { name: '恢复' }).click()
    await page.keyboard.press('Escape')
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('Shift+N')
    await until(async () =>
      /\/older\/recordings\/1$/.test(await page.evaluate<string>('document.querySelector("audio").src')),
    )
    assert.ok(await dock.getByRole('button', { name: /列表中的上一条录音/ }).isEnabled())
  },
)
