// The first minutes with a truly empty data folder: the console says how a phone system is connected, a light turns green
// when the connection stands and again when the first call comes (by HTTP, and over an AMI socket), and sample calls come and
// go without a trace.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { FakeAmiServer } from '../../src/connectors/asterisk/fake-ami-server.ts'
import { startSimulatedPbx } from '../../src/demo/simulated-pbx.ts'
import { LANGUAGES, said } from './console-words.ts'
import { journey, journeys, row, textOf, until } from './support.ts'

const run = promisify(execFile)
const first = journeys()

for (const { locale, words } of LANGUAGES) {
  const { connect } = words
  const server = once(first.fresh)

  journey(`nothing is there yet: the console says how to connect, line by line (${locale})`, async () => {
    const on = await server()
    for (const [width, colorScheme] of [
      [1440, 'light'],
      [768, 'dark'],
    ] as const) {
      const page = await on.open({ locale, colorScheme, viewport: { width, height: 900 } })
      await page.getByRole('heading', { name: connect.welcome }).waitFor()
      for (const kind of ['Asterisk', 'FreePBX', 'FreeSWITCH', connect.http]) {
        await page.getByText(kind, { exact: true }).first().click()
        await page.locator('.step').nth(2).waitFor()
        await on.picture(page, `first-minutes-${kind.replace(/\W+/g, '-')}-${locale}-${width}`)
        const isWiderThanScreen = 'document.documentElement.scrollWidth > window.innerWidth'
        assert.equal(await page.evaluate(isWiderThanScreen), false)
      }
      await page.getByText('FreeSWITCH', { exact: true }).click()
      assert.match(await textOf(page.locator('.step').first()), /<param name="password" value="[0-9a-f]{32}"\/>/)
      await page.context().close()
    }
  })

  journey(`an Asterisk is connected in the console: tried out, saved, green, and green again (${locale})`, async () => {
    const on = await server()
    const pbx = new FakeAmiServer({ secret: 'right' })
    await pbx.start()
    // Its calls begin when somebody listens.
    const demo = await startSimulatedPbx({ rate: 0.5, secret: 'of-the-simulated-pbx', fromFirstClient: true })
    try {
      const page = await on.open({ locale })
      const form = page.getByRole('form', { name: connect.form.title })
      // The secret in the lines is the one in the form.
      await form.waitFor()
      const lines = await textOf(page.locator('.step').first())
      const secret = /secret = ([0-9a-f]{32})/.exec(lines)?.[1]
      assert.equal(await form.getByLabel(connect.form.secret, { exact: true }).inputValue(), secret)
      assert.match(lines, /permit = 127\.0\.0\.1/)

      // Where nobody listens.
      await form.getByLabel(connect.form.port, { exact: true }).fill('1')
      await form.getByRole('button', { name: connect.form.test, exact: true }).click()
      await form.locator('[data-works=false]').waitFor()
      // A PBX, with another secret. What was found goes as soon as something else is typed.
      await form.getByLabel(connect.form.port, { exact: true }).fill(String(pbx.port))
      await form.locator('.test-result').waitFor({ state: 'detached' })
      await form.getByRole('button', { name: connect.form.test, exact: true }).click()
      await form.locator('.tag-error').first().waitFor()
      await form.getByLabel(connect.form.secret, { exact: true }).fill('right')
      await form.locator('.test-result').waitFor({ state: 'detached' })
      await form.getByRole('button', { name: connect.form.test, exact: true }).click()
      await form.locator('[data-works=true]').waitFor()
      await on.picture(page, `first-minutes-tested-${locale}`)

      // The one that is really meant.
      await form.getByLabel(connect.form.name, { exact: true }).fill('demo')
      await form.getByLabel(connect.form.port, { exact: true }).fill(String(demo.port))
      await form.getByLabel(connect.form.username, { exact: true }).fill(demo.username)
      await form.getByLabel(connect.form.secret, { exact: true }).fill(demo.secret)
      await form.getByRole('button', { name: connect.form.connect, exact: true }).click()
      const lights = page.locator('.live-check')
      await lights
        .locator('[data-light=done]')
        .getByText(said(connect.live.connected, { name: 'demo' }))
        .waitFor()
      await on.picture(page, `first-minutes-connected-${locale}`)
      await lights.locator('[data-light=done]').getByText(connect.live.arrived).waitFor()
      await on.picture(page, `first-minutes-first-call-${locale}`)
      await lights.getByRole('link', { name: connect.live.toList }).click()
      await page.locator('.call-row').first().waitFor()

      // It is listed with its settings, and goes without its calls.
      await page.goto('/settings/connectors')
      const card = page.locator('[data-connector=demo]')
      await card.locator('.state-connected').waitFor()
      await card.getByText(connect.card.settings).click()
      await card.getByText(connect.card.consoleHint).waitFor()
      assert.doesNotMatch(await page.content(), new RegExp(demo.secret))
      await card.getByRole('button', { name: said(connect.card.editOf, { name: 'demo' }) }).click()
      const dialog = page.getByRole('dialog', { name: said(connect.form.editTitle, { name: 'demo' }) })
      await dialog.getByText(connect.form.more).click()
      await dialog.getByLabel(connect.form.agents, { exact: true }).fill('PJSIP/????')
      await on.picture(page, `settings-connector-edit-${locale}`)
      await dialog.getByRole('button', { name: connect.form.save, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      await card.getByText('PJSIP/????').waitFor()
      await card.getByRole('button', { name: said(connect.card.removeOf, { name: 'demo' }) }).click()
      await page.getByRole('dialog').getByRole('button', { name: connect.card.remove }).click()
      await card.waitFor({ state: 'detached' })
      assert.ok((await on.calls()).items.length > 0)
    } finally {
      await demo.close()
      await pbx.stop()
    }
  })
}

for (const { locale, words } of LANGUAGES) {
  const { connect, sample, list } = words
  const server = once(first.fresh)

  journey(`sample calls come with a button, say what they are, and go with a button (${locale})`, async () => {
    const on = await server()
    const page = await on.open({ locale })
    await page.getByRole('button', { name: connect.sample.fill }).click()
    const banner = page.locator('.sample-banner')
    await banner.waitFor()
    await page.locator('.call-row').first().waitFor()
    await page.goto('/calls?range=7d&recorded=true')
    await page.locator('.call-row').first().waitFor()
    await on.picture(page, `sample-list-${locale}`)
    await page.goto('/board')
    await page.locator('.board-panel').first().waitFor()
    await banner.getByText(sample.bannerText).waitFor()
    await on.picture(page, `sample-board-${locale}`)
    // Nothing of it is among the real calls.
    assert.equal((await on.calls()).items.length, 0)

    await banner.getByRole('button', { name: sample.back }).click()
    await banner.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: connect.welcome }).waitFor()
    await page.getByRole('button', { name: connect.sample.open }).click()
    await banner.waitFor()
    await banner.getByRole('button', { name: sample.remove }).click()
    const dialog = page.getByRole('dialog', { name: sample.removeTitle })
    await on.picture(page, `sample-remove-${locale}`)
    await dialog.getByRole('button', { name: sample.remove }).click()
    await page.getByRole('heading', { name: connect.welcome }).waitFor()
    await page.getByRole('button', { name: connect.sample.fill }).waitFor()
    assert.equal(await banner.count(), 0)
  })

  journey(
    `a first call comes by HTTP, with the key made and the command shown in the console (${locale})`,
    async () => {
      const on = await server()
      const page = await on.open({ locale })
      await page.getByText(connect.http, { exact: true }).click()
      await page.getByRole('button', { name: connect.makeKey }).click()
      await page.getByText(connect.keyMade).waitFor()
      const light = page.locator('.live-check [data-light]')
      assert.equal(await light.getAttribute('data-light'), 'busy')
      const command = await page.locator('.code-block', { hasText: 'call-started' }).locator('pre').innerText()
      assert.match(command, /Bearer cbk_\w/)
      const { stdout } = await run('sh', ['-c', command])
      assert.deepEqual(JSON.parse(stdout), { accepted: 4, duplicates: 0, rejected: [] })
      await page.locator('.live-check [data-light=done]').getByText(connect.live.arrived).waitFor()
      await on.picture(page, `first-minutes-http-${locale}`)
      await page.getByRole('link', { name: connect.live.open }).click()
      await page.locator('.steps').waitFor()
      const [call] = (await on.calls()).items
      assert.ok(call)
      await page.goto('/calls')
      await row(page, call.id).waitFor()
      assert.equal(await page.locator('.first-steps').count(), 0)
    },
  )

  journey(`a search that finds nothing says which condition to take away (${locale})`, async () => {
    const on = await server()
    const page = await on.open({ locale, path: '/calls?caller=139*&number=77777&recorded=true' })
    const notice = page.locator('.list-card .notice')
    await notice.getByText(list.noRecordings).waitFor()
    await on.picture(page, `nothing-found-${locale}`)
    for (const gone of ['caller', 'number', 'recorded']) {
      await notice.getByRole('button').first().click()
      await until(async () => !page.url().includes(`${gone}=`))
    }
    await page.locator('.call-row').first().waitFor()
  })
}

/** Started when it is first needed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => {
    made ??= make()
    return made
  }
}
