// Getting in: wrong and right, to where one wanted to go, an own password at first, language and theme.
import assert from 'node:assert/strict'
import { talked } from './stories.ts'
import { admin, isLive, journey, journeys, logIn } from './support.ts'

const on = journeys()

journey('a wrong password is refused in words, the right one opens today’s list', async () => {
  const page = await on.open({ login: false })
  await on.picture(page, 'login')
  await page.locator('button[type=submit]').click()
  await page.getByText('请输入用户名').waitFor()
  await page.locator('input[name=username]').fill('admin')
  await page.locator('input[name=password]').fill('not the password')
  await page.locator('button[type=submit]').click()
  await page.getByRole('alert').getByText('用户名或密码不正确。').waitFor()
  assert.match(page.url(), /\/login$/)
  await on.picture(page, 'login-refused')
  await logIn(page, admin)
  assert.match(page.url(), /\/calls$/)
  assert.equal(await page.getByRole('button', { name: '今天', exact: true }).getAttribute('aria-pressed'), 'true')
})

journey('whoever opens a link to a call logs in and lands on that call', async () => {
  await on.tell(talked('linked-call', 300))
  const page = await on.open({ path: '/calls/linked-call?range=7d', login: false })
  await page.waitForURL(/\/login\?next=/)
  await logIn(page, admin)
  await page.waitForURL(/\/calls\/linked-call\?range=7d$/)
  await page.locator('.detail-number').waitFor()
})

journey('a session that has ended leads to the login and back to the same address', async () => {
  const page = await on.open({ path: '/calls?range=30d' })
  await isLive(page)
  await page.getByText('共').waitFor()
  await page.context().clearCookies()
  await page.getByRole('button', { name: '昨天' }).click()
  await page.waitForURL(/\/login\?next=/)
  await logIn(page, admin)
  await page.waitForURL(/\/calls\?range=yesterday$/)
})

journey('a first password is replaced by an own one before anything else', async () => {
  const made = await on.server.api('/users', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'newcomer', role: 'manager', password: 'the first one', mustChangePassword: true }),
  })
  assert.equal(made.status, 201, await made.clone().text())
  const page = await on.open({ login: false })
  await logIn(page, { username: 'newcomer', password: 'the first one' })
  const dialog = page.getByRole('dialog')
  await dialog.getByText('请设置您自己的密码').waitFor()
  await page.keyboard.press('Escape')
  await on.picture(page, 'own-password')
  await dialog.getByLabel('新密码', { exact: true }).fill('short')
  await dialog.getByLabel('再输入一次新密码').fill('short')
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog
    .getByRole('alert')
    .getByText(/密码至少需要 \d+ 个字符/)
    .waitFor()
  await dialog.getByLabel('新密码', { exact: true }).fill('one of my own')
  await dialog.getByLabel('再输入一次新密码').fill('another')
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.getByText('两次输入的新密码不一致').waitFor()
  await dialog.getByLabel('再输入一次新密码').fill('one of my own')
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.waitFor({ state: 'detached' })
  const again = await on.open({ login: { username: 'newcomer', password: 'one of my own' } })
  assert.equal(await again.getByRole('dialog').count(), 0)
})

journey('language and theme are switched in the menu and remembered', async () => {
  const page = await on.open()
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN')
  await page.getByRole('button', { name: /用户菜单/ }).click()
  await page.getByRole('menuitem', { name: 'English' }).click()
  await page.getByRole('button', { name: 'Yesterday' }).waitFor()
  assert.equal(await page.locator('html').getAttribute('lang'), 'en')
  await page.getByRole('button', { name: /User menu/ }).click()
  await page.getByRole('menuitem', { name: 'Dark' }).click()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  await page.keyboard.press('Escape')
  await page.reload()
  await page.getByRole('button', { name: 'Yesterday' }).waitFor()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  await on.picture(page, 'english-dark')
  await page.getByRole('button', { name: /User menu/ }).click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await page.waitForURL(/\/login/)
  await page.goto('/calls')
  await page.waitForURL(/\/login/)
})

journey('the browser’s language is the first guess', async () => {
  const page = await on.open({ login: false, locale: 'en-US' })
  await page.getByRole('heading', { name: 'Log in to Callbook' }).waitFor()
})
