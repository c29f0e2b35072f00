// What doctor says of an ARI, on a real socket.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { FakeAri } from '../../../test/support/fake-ari.ts'
import { lookAtAri } from './ari-look.ts'

const naming = { file: 'extensions.conf', lines: [], run: [] }
const isNamed = (name: string) => /^[\d.]+\.wav$/.test(name)

describe('doctor looks at an ARI', () => {
  let ari: FakeAri
  before(async () => {
    ari = new FakeAri()
    await ari.listen()
  })
  afterEach(() => {
    Object.assign(ari, { password: 'ari-pw', readOnly: true, instead: null })
    ari.files.clear()
  })
  after(() => ari.close())

  async function look({ deleteAtPbx = false, url = ari.url } = {}) {
    const recordings = { ari: { url, username: 'recordings', passwordEnv: 'ARI', deleteAtPbx } }
    const { signal } = new AbortController()
    return lookAtAri({ recordings, ariPassword: 'ari-pw' }, { isNamed, naming, signal })
  }
  const codes = async (how?: Parameters<typeof look>[0]) => (await look(how)).map(({ code }) => code)

  test('nothing is configured, nothing is stored, strange names, right names', async () => {
    assert.deepEqual(await lookAtAri({}, { isNamed, naming, signal: new AbortController().signal }), [])
    assert.deepEqual(await codes(), ['ari-empty'])
    ari.store('recording-of-bob', Buffer.alloc(50))
    const [strange] = await look()
    assert.equal(strange?.code, 'ari-names-not-call-ids')
    assert.match(strange?.sentence ?? '', /recording-of-bob\.wav/)
    ari.store('1.0', Buffer.alloc(50))
    const [well] = await look()
    assert.deepEqual([well?.code, well?.severity], ['ari-read', 'ok'])
    assert.match(well?.sentence ?? '', /1 of 2 /)
  })

  test('rights: too few to delete, more than needed, just right; nothing is deleted', async () => {
    ari.store('1.0', Buffer.alloc(50))
    assert.deepEqual(await codes({ deleteAtPbx: true }), ['ari-read', 'ari-may-not-delete'])
    ari.readOnly = false
    assert.deepEqual(await codes(), ['ari-read', 'ari-may-write'])
    assert.deepEqual(await codes({ deleteAtPbx: true }), ['ari-read'])
    assert.equal(ari.files.size, 1)
  })

  test('a wrong password, another server, nobody there', async () => {
    ari.password = 'another'
    const [refused] = await look()
    assert.deepEqual([refused?.code, refused?.severity], ['ari-refused', 'error'])
    assert.match(refused?.fix[0]?.lines.join('\n') ?? '', /\[recordings\]\ntype = user/)
    ari.instead = (response) => {
      response.end('<html>')
      return true
    }
    assert.deepEqual(await codes(), ['ari-strange'])
    assert.deepEqual(await codes({ url: 'http://127.0.0.1:1/ari' }), ['ari-unreachable'])
    for (const { sentence, sentenceZh } of await look({ url: 'http://127.0.0.1:1/ari' }))
      assert.ok(!`${sentence}${sentenceZh}`.includes('ari-pw'))
  })

  test('a password that would cross a network in the clear is a warning', async () => {
    const findings = await look({ url: 'http://192.0.2.1:9/ari' }).catch(() => [])
    assert.equal(findings[0]?.code, 'unencrypted')
  })
})
