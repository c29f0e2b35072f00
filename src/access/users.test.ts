import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'
import type { Store } from '../store/store.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { checkLogin, createUser, ensureAdmin } from './users.ts'

describe('the first start', () => {
  let folder: string
  let store: Store
  let printed: string[]
  const print = (line: string) => void printed.push(line)
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callbook-users-'))
    store = await openEmbeddedStore({ folder, readers: 1 })
    printed = []
  })
  afterEach(async () => {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('makes admin with a password that is printed once, in both languages, and must be changed', async () => {
    await ensureAdmin(store.access, { adminPassword: null }, print)
    const password = /password (\S+) /.exec(printed[0] ?? '')?.[1] ?? ''
    assert.equal(password.length, 20)
    assert.ok(printed[1]?.includes(password))
    const admin = await checkLogin(store.access, 'admin', password)
    assert.deepEqual([admin.role, admin.mustChangePassword], ['admin', true])
    printed = []
    await ensureAdmin(store.access, { adminPassword: 'another password' }, print)
    assert.deepEqual(printed, [], 'the second start says and changes nothing')
    await checkLogin(store.access, 'admin', password)
  })

  test('takes CALLBOOK_ADMIN_PASSWORD and does not print it', async () => {
    await ensureAdmin(store.access, { adminPassword: 'from the environment' }, print)
    assert.doesNotMatch(printed.join(), /from the environment/)
    const admin = await checkLogin(store.access, 'admin', 'from the environment')
    assert.equal(admin.mustChangePassword, false)
  })

  test('refuses a CALLBOOK_ADMIN_PASSWORD that is too short, with a sentence that names it', async () => {
    await assert.rejects(ensureAdmin(store.access, { adminPassword: 'short' }, print), {
      code: 'config-invalid',
      message: /CALLBOOK_ADMIN_PASSWORD: .* at least 8/,
    })
    assert.deepEqual(await store.access.users('default'), [])
  })

  test('of two processes at once makes one admin', async () => {
    const again = () => ensureAdmin(store.access, { adminPassword: 'from the environment' }, print)
    await Promise.all([again(), again(), again()])
    assert.equal((await store.access.users('default')).length, 1)
  })

  test('makes no admin beside one that was made by the command line before', async () => {
    await createUser(
      store.access,
      {
        instance: 'default',
        name: 'boss',
        role: 'admin',
        agentId: null,
        password: 'long enough',
        mustChangePassword: false,
      },
      0,
    )
    await ensureAdmin(store.access, { adminPassword: null }, print)
    assert.deepEqual(printed, [])
  })
})

test('passwords are kept as argon2id with their own salt', async () => {
  const [one, two] = [await hashPassword('correct horse'), await hashPassword('correct horse')]
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.notEqual(one, two)
  assert.equal(await isPassword(one, 'correct horse'), true)
  assert.equal(await isPassword(one, 'correct hors'), false)
  assert.equal(await isPassword(null, 'the password of nobody'), false)
})

test('a flood of logins waits in a bounded line, and the rest is told to come again', async () => {
  const encoded = await hashPassword('correct horse')
  const results = await Promise.allSettled(Array.from({ length: 80 }, () => isPassword(encoded, 'correct horse')))
  const refused = results.filter((result) => result.status === 'rejected')
  assert.equal(refused.length, 80 - 52, 'two at work and fifty waiting')
  for (const { reason } of refused) assert.equal(reason.code, 'too-many-requests')
  assert.equal(await isPassword(encoded, 'correct horse'), true, 'and the line empties')
})
