// Flow and sound of a call on one axis, the call as a page of its own, and what the player can do there; in both languages.
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { LANGUAGES, said } from './console-words.ts'
import { conversation, liveCall, pausedCall, story, transferredCall, twiceRecorded, upload } from './sound-stories.ts'
import { LI } from './stories.ts'
import { admin, journey, journeys, row, until } from './support.ts'

const on = journeys()

const audio = (page: Page, what: string) => page.evaluate<number>(`document.querySelector("audio").${what}`)

async function boxOf(place: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await place.waitFor()
  const box = await place.boundingBox()
  assert.ok(box)
  return box
}

/** Px, as far as a picture can tell. */
function near(a: number, b: number, what: string): void {
  assert.ok(Math.abs(a - b) <= 2, `${what}: ${a} and ${b}`)
}

for (const { locale, words } of LANGUAGES) {
  const at = (path: string) => on.open({ path, locale })

  journey(
    `lanes, sound and ruler are one axis with one playhead, and every place of it is heard (${locale})`,
    async () => {
      const id = `axis-${locale}`
      await transferredCall(on, id, 4_000)
      const page = await at(`/calls/${id}`)
      const part = page.locator('.sound-part[data-recording="1"]')
      await until(async () => (await page.locator('.sound-channel canvas').count()) === 4)
      const track = await boxOf(page.locator('.flow-track').first())
      const talk = await boxOf(page.locator('.lane-of-agent .bar-talk').first())
      const sound = await boxOf(part)
      // Recorded from the answer on: the sound stands under the talk, as wide as the call's rest.
      near(sound.x, talk.x, 'beginning of talk and of sound')
      near(sound.x, track.x + (31.4 / 210) * track.width, 'beginning on the axis')
      near(sound.x + sound.width, track.x + track.width, 'end')
      const hold = await boxOf(page.locator('.lane-of-customer .bar-hold'))
      const mark = await boxOf(page.locator('.sound-mark.is-hold'))
      near(mark.x, hold.x, 'hold in lanes and sound')
      near(mark.width, hold.width, 'how long the hold is')
      await page.locator('.sound-gap').getByText(words.timeline.unrecorded).waitFor()
      assert.ok((await page.locator('.sound-mark.is-silence').count()) >= 2)

      // A click on the sound is heard from there, and the playhead stands there, through lanes and sound.
      await page.mouse.click(track.x + (150 / 210) * track.width, sound.y + 10)
      await until(async () => (await audio(page, 'currentTime')) > 117)
      await page.evaluate('document.querySelector("audio").pause()')
      const heard = await audio(page, 'currentTime')
      assert.ok(heard < 125, `${heard}`)
      const head = page.locator('.flow-playhead')
      const line = await boxOf(head)
      near(line.x, track.x + ((31.4 + heard) / 210) * track.width, 'playhead')
      assert.ok(line.y <= track.y && line.y + line.height >= sound.y + sound.height, 'through both')
      assert.equal(await head.count(), 1)

      // A step is heard; so is a bar by keyboard.
      await page.locator('.step').filter({ hasText: '+2:05.0' }).locator('.step-listen').click()
      await until(async () => Math.abs((await audio(page, 'currentTime')) - (125 - 31.4)) < 2)
      await page.evaluate('document.querySelector("audio").pause()')
      await page.locator('.lane-of-agent .bar-talk').first().focus()
      await page.keyboard.press('Enter')
      await until(async () => (await audio(page, 'currentTime')) < 2)
      await page.evaluate('document.querySelector("audio").pause()')

      // The ruler is a slider over the whole call.
      const ruler = page.getByRole('slider', { name: words.timeline.position })
      await ruler.focus()
      await page.keyboard.press('End')
      await until(async () => (await ruler.getAttribute('aria-valuetext')) === '3:30 / 3:30')
      await page.keyboard.press('Home')
      for (const key of ['PageUp', 'PageUp', 'ArrowRight']) await page.keyboard.press(key)
      await until(async () => /^1:3\d \/ 3:30$/.test((await ruler.getAttribute('aria-valuetext')) ?? ''))
      await page.evaluate('document.querySelector("audio").pause()')
      await on.picture(page, `sound-axis-${locale}`)
    },
  )

  journey(`each recording of a call stands where it was made (${locale})`, async () => {
    const id = `twice-${locale}`
    await twiceRecorded(on, id, 2_000)
    const page = await at(`/calls/${id}`)
    const track = await boxOf(page.locator('.flow-track').first())
    for (const [n, from, to] of [
      [1, 12, 37],
      [2, 60, 100],
    ] as const) {
      const part = await boxOf(page.locator(`.sound-part[data-recording="${n}"]`))
      near(part.x, track.x + (from / 100) * track.width, `beginning of ${n}`)
      near(part.x + part.width, track.x + (to / 100) * track.width, `end of ${n}`)
    }
    assert.equal(await page.locator('.sound-gap').count(), 2)
    // Each moment is heard in its own recording, and the first is followed by the second.
    const sound = await boxOf(page.locator('.sound-track'))
    await page.mouse.click(track.x + 0.8 * track.width, sound.y + 10)
    await until(async () => /recordings\/2$/.test(await page.evaluate<string>('document.querySelector("audio").src')))
    await until(async () => (await audio(page, 'currentTime')) > 19)
    await page.mouse.click(track.x + 0.365 * track.width, sound.y + 10)
    await until(async () => /recordings\/1$/.test(await page.evaluate<string>('document.querySelector("audio").src')))
    await until(async () => /recordings\/2$/.test(await page.evaluate<string>('document.querySelector("audio").src')))
    await on.picture(page, `sound-twice-${locale}`)
  })

  journey(`a long call is looked at closer, by buttons, keys and wheel (${locale})`, async () => {
    const id = `long-${locale}`
    await story(on, id, 3_000, [
      { at: 0, type: 'call-started', callType: 'inbound', customer: '13800000001' },
      { at: 0, type: 'queue-entered', skillGroup: { id: 'sales', name: '销售' } },
      { at: 300, type: 'agent-answered', agent: LI },
      { at: 300, type: 'recording-started' },
      { at: 900, type: 'call-ended', releasedBy: 'customer' },
    ])
    await upload(on, id, conversation(600, 21))
    const page = await at(`/calls/${id}`)
    const part = page.locator('.sound-part[data-recording="1"]')
    await until(async () => (await page.locator('.sound-channel').count()) === 2)
    const track = await boxOf(page.locator('.flow-track').first())
    await page.getByRole('button', { name: words.timeline.showTalk }).click()
    const talk = await boxOf(page.locator('.lane-of-agent .bar-talk'))
    assert.ok(talk.width > 0.9 * track.width)
    near((await boxOf(part)).x, talk.x, 'sound and talk, closer')
    await on.picture(page, `sound-zoomed-${locale}`)
    const strip = page.getByRole('scrollbar', { name: words.timeline.shown })
    const shown = () => strip.getAttribute('aria-valuetext')
    await page.keyboard.press('+')
    const before = await shown()
    await strip.focus()
    await page.keyboard.press('Home')
    assert.match((await shown()) ?? '', /^0:00–/)
    await page.keyboard.press('End')
    assert.match((await shown()) ?? '', /–15:00$/)
    assert.notEqual(await shown(), before)
    // What plays out of sight is followed.
    await page.getByRole('slider', { name: words.timeline.position }).focus()
    await page.keyboard.press('Home')
    await until(async () => /^5:|^4:/.test((await shown()) ?? ''))
    await page.evaluate('document.querySelector("audio").pause()')
    await page.keyboard.press('0')
    await strip.waitFor({ state: 'detached' })
    await page.mouse.move(track.x + track.width / 2, track.y + 4)
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -480)
    await page.keyboard.up('Control')
    await strip.waitFor()
    await page.getByRole('button', { name: words.timeline.showWhole }).click()
    await strip.waitFor({ state: 'detached' })
  })

  journey(`the axis of a live call grows, and what is being recorded with it (${locale})`, async () => {
    const id = `ongoing-${locale}`
    await liveCall(on, id)
    const page = await at(`/calls/${id}`)
    const now = page.locator('.flow-now')
    const running = page.locator('.sound-part.is-running')
    await running.getByText(words.timeline.running).waitFor()
    // Both in one moment: a moment later they are further.
    const [recordedTo, nowAt] = await page.evaluate<[number, number]>(
      '[document.querySelector(".is-running").getBoundingClientRect().right, document.querySelector(".flow-now").getBoundingClientRect().left]',
    )
    near(recordedTo, nowAt, 'recorded until now')
    // It grows by parts of a second, not by leaps.
    const widths = new Set<number>()
    await until(async () => widths.add((await running.boundingBox())?.width ?? 0).size > 8)
    await on.picture(page, `sound-live-${locale}`)
    await on.tell([{ callId: id, at: 0, type: 'call-ended', releasedBy: 'agent' }])
    await now.waitFor({ state: 'detached' })
  })

  journey(`a call is a drawer over the list, a page by its address, and a sheet of paper (${locale})`, async () => {
    const id = `paged-${locale}`
    await transferredCall(on, id, 6_000)
    const page = await on.open({ locale, path: '/calls?range=7d' })
    await row(page, id).locator('.action-link').click()
    const drawer = page.locator('.detail-drawer')
    await drawer.locator('.steps').waitFor()
    await drawer.getByRole('link', { name: words.detail.asPage }).click()
    const own = page.locator('.call-page')
    await own.locator('.steps').waitFor()
    assert.match(page.url(), new RegExp(`/calls/${id}\\?range=7d$`))
    assert.equal(await page.locator('.call-table').count(), 0)
    // The steps beside the sound; below it on a narrow screen.
    const [sound, steps] = [own.locator('.detail-sound'), own.locator('.steps')]
    assert.ok((await boxOf(steps)).x > (await boxOf(sound)).x + (await boxOf(sound)).width)
    await on.picture(page, `sound-page-${locale}`)
    await own.getByRole('button', { name: words.detail.next }).waitFor()
    await page.setViewportSize({ width: 768, height: 1000 })
    await until(async () => (await boxOf(steps)).y > (await boxOf(sound)).y + (await boxOf(sound)).height)
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > window.innerWidth'), false)
    await on.picture(page, `sound-page-768-${locale}`)
    // On paper: all of the call, and nothing that can only be clicked.
    await page.emulateMedia({ media: 'print' })
    for (const away of [
      '.topbar',
      '.call-page-bar',
      '.player',
      '.recording-actions',
      '.zoom-buttons',
      '.flow-playhead',
    ])
      assert.equal(await page.locator(away).first().isVisible(), false, away)
    assert.ok(await steps.isVisible())
    assert.ok(await page.locator('.sound-channel canvas').first().isVisible())
    await page.screenshot({ path: `test-artefacts/sound-paper-${locale}.png`, fullPage: true })
    await page.emulateMedia({ media: null })
    await page.setViewportSize({ width: 1440, height: 900 })
    // Back is the drawer over the list; sent to a colleague, it is the page.
    await page.goBack()
    await drawer.locator('.steps').waitFor()
    const other = await on.open({ locale, path: new URL(page.url()).pathname })
    await other.locator('.call-page .steps').waitFor()
    await other.getByRole('link', { name: words.detail.toList }).click()
    await other.locator('.call-table').waitFor()
  })

  journey(`silence is passed over, visibly; the player is ruled by keys, and they are told (${locale})`, async () => {
    const id = `quiet-${locale}`
    await story(on, id, 2_400, [
      { at: 0, type: 'call-started', callType: 'inbound', customer: '13800000002' },
      { at: 4, type: 'agent-answered', agent: LI },
      { at: 64, type: 'call-ended', releasedBy: 'customer' },
    ])
    await upload(on, id, conversation(60, 31, [[6, 40]]))
    const page = await at(`/calls/${id}`)
    const skip = page.getByRole('button', { name: words.recording.skipSilence })
    await until(async () => (await page.locator('.sound-mark.is-silence').count()) > 0)
    await page.getByRole('button', { name: words.recording.play, exact: true }).click()
    await until(async () => (await audio(page, 'currentTime')) > 0)
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('s')
    assert.equal(await skip.getAttribute('aria-pressed'), 'true')
    await page.locator('.sound-mark.is-skipped').first().waitFor()
    await page.evaluate('document.querySelector("audio").currentTime = 5')
    await page.locator('.skipped').waitFor()
    await on.picture(page, `sound-skipped-${locale}`)
    await until(async () => (await audio(page, 'currentTime')) > 39)
    const at39 = await audio(page, 'currentTime')
    assert.ok(at39 < 50, `${at39}: it did not play through`)
    await page.keyboard.press('s')
    assert.equal(await skip.getAttribute('aria-pressed'), 'false')
    await page.keyboard.press('v')
    await page.locator('.recording-verified.is-intact').waitFor()
    await page.goto('/calls')
    await page.locator('.call-row').first().waitFor()
    await page.keyboard.press('?')
    const sheet = page.getByRole('dialog', { name: words.callList.keys.title })
    for (const key of ['silence', 'verify', 'zoom'] as const) await sheet.getByText(words.callList.keys[key]).waitFor()
  })

  journey(`a part is chosen on the sound, heard, and made silent for good (${locale})`, async () => {
    const id = `card-${locale}`
    await story(on, id, 2_800, [
      { at: 0, type: 'call-started', callType: 'inbound', customer: '13800000003' },
      { at: 4, type: 'agent-answered', agent: LI },
      { at: 34, type: 'call-ended', releasedBy: 'customer' },
    ])
    const wav = conversation(30, 41)
    await upload(on, id, wav)
    const page = await at(`/calls/${id}`)
    const open = page.getByRole('button', { name: words.recording.silence.open })
    await open.click()
    const dialog = page.getByRole('dialog', { name: words.recording.silence.title })
    const track = await boxOf(dialog.locator('.sound-track'))
    await until(async () => (await dialog.locator('.sound-channel').count()) === 2)
    // All of its 30 s are on show. Dragged from 10 s to 14 s, then one edge moved by keyboard, the other typed.
    const x = (second: number) => track.x + (second / 30) * track.width
    await page.mouse.move(x(10), track.y + 20)
    await page.mouse.down()
    await page.mouse.move(x(12), track.y + 24, { steps: 4 })
    await page.mouse.move(x(14), track.y + 24, { steps: 4 })
    await page.mouse.up()
    const from = dialog.getByRole('textbox', { name: words.recording.silence.from })
    const to = dialog.getByRole('textbox', { name: words.recording.silence.to })
    assert.match(await from.inputValue(), /^0:(09\.9|10\.[01])$/)
    assert.match(await to.inputValue(), /^0:1(3\.9|4\.[01])$/)
    await dialog.getByRole('slider', { name: words.recording.silence.to }).focus()
    await page.keyboard.press('Shift+ArrowRight')
    assert.match(await to.inputValue(), /^0:1(4\.9|5\.[01])$/)
    await from.fill('0:11.0')
    await to.fill('0:15.0')
    await on.picture(page, `silence-chosen-${locale}`)
    // Heard from its beginning, and only to its end.
    await dialog.getByRole('button', { name: said(words.recording.silence.hear, { seconds: '0:04.0' }) }).click()
    await until(async () => (await audio(page, 'currentTime')) > 11)
    await until(() => page.evaluate<boolean>('document.querySelector("audio").paused'))
    const stoppedAt = await audio(page, 'currentTime')
    assert.ok(stoppedAt >= 15 && stoppedAt < 15.5, `${stoppedAt}`)
    // Without a reason nothing is done; the words say that it is for good.
    await dialog.getByRole('button', { name: words.recording.silence.next }).click()
    await dialog.getByText(words.recording.silence.noReason).waitFor()
    await dialog.getByRole('textbox', { name: words.recording.silence.reason }).fill('6222 …')
    await page.keyboard.press('Enter')
    const span = { from: '0:11.0', to: '0:15.0', seconds: '0:04.0' }
    const asked = page.getByRole('dialog', { name: said(words.recording.silence.ask, span) })
    await asked.getByText(words.recording.silence.forGood).waitFor()
    await on.picture(page, `silence-asked-${locale}`)
    await asked.getByRole('button', { name: words.recording.silence.back }).click()
    assert.equal(await from.inputValue(), '0:11.0')
    await dialog.getByRole('button', { name: words.recording.silence.next }).click()
    await asked.getByRole('button', { name: said(words.recording.silence.action, span) }).click()
    await asked.waitFor({ state: 'detached' })
    await page.locator('.sound-mark.is-silenced').waitFor()
    await page.getByText(said(words.recording.silencedPart, { from: '0:11', to: '0:15', because: '6222 …' })).waitFor()
    await on.picture(page, `silence-done-${locale}`)

    // The audio itself: nothing in that part, everything else byte for byte.
    const now = Buffer.from(await (await on.server.api(`/calls/${id}/recordings/1`)).arrayBuffer())
    const byte = (second: number) => 44 + second * 32_000
    assert.equal(now.length, wav.length)
    assert.ok(now.subarray(byte(11), byte(15)).every((value) => value === 0))
    assert.ok(wav.subarray(byte(11), byte(15)).some((value) => value !== 0))
    assert.deepEqual(now.subarray(0, byte(11)), wav.subarray(0, byte(11)))
    assert.deepEqual(now.subarray(byte(15)), wav.subarray(byte(15)))
    const receipts = (await (await on.server.api('/receipts')).json()) as { items: { actor: string; body: object }[] }
    const receipt = receipts.items.find(({ body }) => 'callId' in body && body.callId === id)
    assert.ok(receipt)
    assert.equal(receipt.actor, `user:${admin.username}`)
    assert.partialDeepStrictEqual(receipt.body, { kind: 'range-silenced', n: 1, fromMs: 11_000, toMs: 15_000 })
  })

  journey(`pauses, what was made silent, and what cannot be heard say so on the axis (${locale})`, async () => {
    const id = `paused-${locale}`
    await pausedCall(on, id, 2_600)
    const page = await at(`/calls/${id}`)
    const track = await boxOf(page.locator('.flow-track').first())
    const paused = await boxOf(page.locator('.sound-mark.is-paused'))
    near(paused.x, track.x + (50 / 128) * track.width, 'where it was paused')
    near(paused.width, (22 / 128) * track.width, 'how long')
    near((await boxOf(page.locator('.sound-mark.is-silenced'))).x, track.x + (28 / 128) * track.width, 'silenced')
    const legend = page.locator('.talk-line')
    for (const kind of ['paused', 'silenced'] as const) await legend.getByText(words.recording.marks[kind]).waitFor()
    await on.picture(page, `sound-paused-${locale}`)
  })
}
