// The settings: agents and skill groups get names that hold everywhere, accounts and keys are made and taken away, views and
// preferences are one's own, and nobody sees more of it than her role allows.
import assert from 'node:assert/strict'
import { LANGUAGES, said } from './console-words.ts'
import { abandonedInQueue, talked } from './stories.ts'
import { isLive, type Journeys, journey, journeys, row, textOf, until } from './support.ts'

const PASSWORD = 'journeys need a password'
const first = journeys()

for (const { locale, words } of LANGUAGES) {
  const { settings, nav, user: userWords, callList, theme } = words
  let own: Promise<Journeys> | null = null
  const looks = locale === 'zh-CN' ? ('light' as const) : ('dark' as const)
  /** A server for this language, with three calls. */
  function server(): Promise<Journeys> {
    own ??= first.fresh().then(async (on) => {
      await on.tell([
        ...talked('by-1001', 300, { agent: { id: '1001' } as never, group: { id: '8001' } as never }),
        ...talked('by-1002', 200, { agent: { id: '1002', name: 'SIP/1002' }, group: { id: '8002' } as never }),
        ...abandonedInQueue('left', 100, { group: { id: '8001' } as never }),
      ])
      return on
    })
    return own
  }

  journey(`a name given to an agent and a skill group holds in list, search and detail (${locale})`, async () => {
    const on = await server()
    const page = await on.open({ locale, colorScheme: looks })
    await page.getByRole('link', { name: nav.settings }).click()
    await page.getByRole('link', { name: settings.tab.people }).click()
    const name = (id: string) => page.getByLabel(said(settings.people.nameOf, { id }))
    await name('1001').fill('王小明')
    await page.keyboard.press('Enter')
    await page.getByText(said(settings.people.saved, { name: '王小明' })).waitFor()
    // What was typed by mistake is taken back.
    await name('1002').fill('nobody')
    await page.keyboard.press('Escape')
    assert.equal(await name('1002').inputValue(), '')
    await on.picture(page, `settings-people-${locale}`)
    await page.getByText(settings.people.groups, { exact: true }).click()
    await name('8001').fill('Kundendienst')
    await name('8001').blur()
    await page.getByText(said(settings.people.saved, { name: 'Kundendienst' })).waitFor()

    await page.getByRole('link', { name: said(settings.people.callsOf, { name: 'Kundendienst' }) }).click()
    await row(page, 'left').waitFor()
    assert.match(await textOf(row(page, 'by-1001')), /王小明[\s\S]*Kundendienst/)
    assert.equal(await row(page, 'by-1002').count(), 0)
    await page.goto(`/calls?q=${encodeURIComponent('小明')}`)
    await row(page, 'by-1001').waitFor()
    assert.equal(await page.locator('.call-row').count(), 1)
    await row(page, 'by-1001').locator('.action-link').click()
    await page.locator('.steps').getByText('王小明').first().waitFor()
    // Live as well.
    await page.goto('/calls')
    await isLive(page)
    await on.tell(talked('later', 30, { agent: { id: '1001' } as never, group: { id: '8001' } as never }))
    await row(page, 'later').getByText('王小明').waitFor()
  })

  journey(`who left is hidden: not offered any more, and easily back (${locale})`, async () => {
    const on = await server()
    const page = await on.open({ locale, path: '/settings/people' })
    await page.goto('/settings/people')
    await page.getByRole('button', { name: said(settings.people.hideOf, { name: 'SIP/1002' }) }).click()
    await until(async () => !(await textOf(page.locator('.people-table'))).includes('1002'))
    const offered = async () => (await (await on.server.api('/agents')).json()) as { items: { id: string }[] }
    assert.ok(!(await offered()).items.some(({ id }) => id === '1002'))
    await page.getByText(settings.people.hidden, { exact: true }).click()
    await page.getByRole('button', { name: said(settings.people.unhideOf, { name: 'SIP/1002' }) }).click()
    await page.getByText(settings.people.noneHidden).waitFor()
    assert.ok((await offered()).items.some(({ id }) => id === '1002'))
    await page.getByText(settings.people.shown, { exact: true }).click()
    await page.getByRole('textbox', { name: settings.people.find }).fill('sip/')
    await until(async () => (await page.locator('.people-table tbody tr').count()) === 1)
    await page.getByRole('textbox', { name: settings.people.find }).fill('zzz')
    await page.getByText(settings.people.none).waitFor()
  })

  journey(`an account is made with a password shown once, changed, disabled and enabled (${locale})`, async () => {
    const on = await server()
    const page = await on.open({ locale, path: '/settings/users' })
    await page.goto('/settings/users')
    await page.getByRole('button', { name: settings.users.add, exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(settings.users.name, { exact: true }).fill('李四')
    await dialog.getByLabel(settings.users.agent, { exact: true }).fill('1001')
    await on.picture(page, `settings-user-new-${locale}`)
    await dialog.getByRole('button', { name: settings.users.create, exact: true }).click()
    const once = page.getByRole('dialog', { name: said(settings.users.oneTime, { name: '李四' }) })
    const password = (await once.locator('pre').innerText()).trim()
    await once.getByRole('button', { name: settings.done }).click()
    await once.waitFor({ state: 'detached' })
    const line = page.getByRole('row', { name: /李四/ })
    await line.getByText(settings.users.mustChange).waitFor()
    await on.picture(page, `settings-users-${locale}`)

    const hers = await on.open({ locale, login: { username: '李四', password } })
    await hers.getByRole('dialog', { name: words.password.mustTitle }).waitFor()
    await page.getByRole('button', { name: said(settings.users.disableOf, { name: '李四' }) }).click()
    await page.getByRole('dialog').getByRole('button', { name: settings.users.disable, exact: true }).click()
    await line.getByText(settings.users.disabled).waitFor()
    await hers.reload()
    await hers.waitForURL(/\/login/)
    await line.getByRole('button', { name: said(settings.users.enableOf, { name: '李四' }) }).click()
    await line.getByRole('button', { name: said(settings.users.resetOf, { name: '李四' }) }).click()
    await page.getByRole('dialog').getByRole('button', { name: settings.users.reset, exact: true }).click()
    const again = (await once.locator('pre').innerText()).trim()
    assert.notEqual(again, password)
    await once.getByRole('button', { name: settings.done }).click()
    await line.getByRole('button', { name: said(settings.users.editOf, { name: '李四' }) }).click()
    await page.getByRole('dialog').getByText(userWords.role.manager, { exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name: words.password.save }).click()
    await line.getByText(userWords.role.manager).waitFor()
    // One's own account has no such buttons: nobody locks herself out here.
    assert.equal(await page.getByRole('row', { name: /admin/ }).getByRole('button').count(), 0)
  })

  journey(`a key is shown once, works, and is revoked (${locale})`, async () => {
    const on = await server()
    const page = await on.open({ locale, path: '/settings/keys' })
    await page.goto('/settings/keys')
    await page.getByRole('button', { name: settings.keys.add, exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(settings.keys.name, { exact: true }).fill('CRM')
    await dialog.getByText(settings.keys.scope['calls-read']).click()
    await on.picture(page, `settings-key-new-${locale}`)
    await dialog.getByRole('button', { name: settings.keys.create, exact: true }).click()
    const once = page.getByRole('dialog', { name: said(settings.keys.once, { name: 'CRM' }) })
    const key = (await once.locator('pre').innerText()).trim()
    await once.getByRole('button', { name: settings.done }).click()
    const ask = () => fetch(`${on.server.url}/api/v1/calls`, { headers: { authorization: `Bearer ${key}` } })
    assert.equal((await ask()).status, 200)
    assert.doesNotMatch(await page.content(), new RegExp(key))
    await on.picture(page, `settings-keys-${locale}`)
    await page.getByRole('button', { name: said(settings.keys.revokeOf, { name: 'CRM' }) }).click()
    await page.getByRole('dialog').getByRole('button', { name: settings.keys.revoke, exact: true }).click()
    await page.getByText(said(settings.keys.revoked, { n: 1 })).click()
    await page.locator('.revoked-keys').getByText('CRM').waitFor()
    assert.equal((await ask()).status, 401)
  })

  journey(`preferences hold at once: language, theme, single keys; views are arranged (${locale})`, async () => {
    const on = await server()
    const page = await on.open({ locale, path: '/settings/preferences' })
    await page.goto('/settings/preferences')
    await page.getByText(theme.dark, { exact: true }).click()
    await until(async () => (await page.evaluate('document.documentElement.dataset.theme')) === 'dark')
    const other = LANGUAGES.find((one) => one.locale !== locale)
    assert.ok(other)
    await page.getByText(locale === 'zh-CN' ? 'English' : '中文', { exact: true }).click()
    await page.getByRole('heading', { name: other.words.settings.preferences.title }).waitFor()
    await page.getByText(locale === 'zh-CN' ? '中文' : 'English', { exact: true }).click()
    await page.getByRole('heading', { name: settings.preferences.title }).waitFor()
    await page.getByRole('switch', { name: settings.preferences.keys }).click()
    await on.picture(page, `settings-preferences-${locale}`)
    await page.goto('/calls')
    await isLive(page)
    await page.keyboard.press('?')
    assert.equal(await page.getByRole('dialog').count(), 0)
    await page.goto('/settings/preferences')
    await page.getByRole('switch', { name: settings.preferences.keys }).click()
    await page.goto('/calls')
    await isLive(page)
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()

    const made = await page.evaluate(
      `fetch('/api/v1/views', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'mine', query: 'caller=139*', shared: false }) }).then((answer) => answer.status)`,
    )
    assert.equal(made, 201)
    await page.goto('/settings/views')
    const field = page.getByRole('textbox', { name: `${callList.views.name}: mine` })
    await field.fill('renamed')
    await field.blur()
    await page.getByRole('textbox', { name: `${callList.views.name}: renamed` }).waitFor()
    await on.picture(page, `settings-views-${locale}`)
    await page.getByRole('button', { name: `${callList.views.delete}: renamed` }).click()
    await page.getByRole('button', { name: callList.views.reallyDelete }).click()
    await page.getByText(settings.views.empty).waitFor()
  })

  journey(`managers look, agents see their own, and the server holds both to it (${locale})`, async () => {
    const on = await server()
    for (const account of [
      { name: 'a-manager', role: 'manager' },
      { name: 'an-agent', role: 'agent', agentId: '1001' },
    ]) {
      const body = JSON.stringify({ ...account, password: PASSWORD })
      const headers = { 'content-type': 'application/json' }
      assert.equal((await on.server.api('/users', { method: 'POST', headers, body })).status, 201)
    }
    const manager = await on.open({ locale, login: { username: 'a-manager', password: PASSWORD } })
    await manager.getByRole('link', { name: nav.settings }).click()
    await manager.waitForURL(/\/settings\/connectors$/)
    await manager.getByText(words.connect.waitHint).waitFor()
    const shown = await textOf(manager.locator('.settings-nav'))
    for (const tab of [settings.tab.users, settings.tab.keys]) assert.ok(!shown.includes(tab))
    await manager.goto('/settings/people')
    await manager.locator('.people-table').waitFor()
    assert.equal(await manager.locator('.people-table input').count(), 0)
    await manager.goto('/settings/users')
    await manager.waitForURL(/\/settings\/connectors$/)

    const agent = await on.open({ locale, login: { username: 'an-agent', password: PASSWORD } })
    await agent.getByRole('link', { name: nav.settings }).click()
    await agent.waitForURL(/\/settings\/preferences$/)
    await agent.locator('.settings-nav a').nth(1).waitFor()
    assert.equal(await agent.locator('.settings-nav a').count(), 2)
    for (const path of ['connectors', 'people', 'keys']) {
      await agent.goto(`/settings/${path}`)
      await agent.waitForURL(/\/settings\/preferences$/)
    }
    const asked = async (path: string) =>
      agent.evaluate(`fetch('/api/v1${path}').then((answer) => answer.status)`) as Promise<number>
    for (const path of ['/connectors', '/users', '/keys', '/directory/agents', '/sample'])
      assert.equal(await asked(path), 403, path)
  })

  journey(`every part fits every screen, light and dark, and nothing is refused (${locale})`, async () => {
    const on = await server()
    const page = await on.open({ locale })
    const complaints: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    for (const part of ['connectors', 'connect', 'people', 'retention', 'users', 'keys', 'preferences', 'views']) {
      await page.goto(`/settings/${part}`)
      await page.locator('.operations-section').waitFor()
      await page.locator('.skeleton').waitFor({ state: 'detached' })
      await on.looks(page, `settings-${part}-${locale}`)
    }
    assert.deepEqual(complaints, [])
  })
}
