// One FreeSWITCH on which all is well, on a real socket; each test spoils one thing and sees that doctor says just that.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Config } from '../../config.ts'
import { FakeEslServer } from '../../connectors/freeswitch/fake-esl-server.ts'
import { examine } from '../doctor.ts'
import type { Finding } from '../finding.ts'

const REJECTION = 'Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n'

const well = (skewMs = 0): Record<string, string> => ({
  version: 'FreeSWITCH Version 1.10.12-release~64bit (-release 64bit)\n',
  get strmicroepoch() {
    return String(Math.round((Date.now() + skewMs) * 1_000))
  },
  'module_exists mod_callcenter': 'true',
  'module_exists mod_json_cdr': 'true',
  'callcenter_config agent list':
    'name|instance_id|uuid|type|contact|status\n1001@example.com|single_box||callback|user/1001|Available\n+OK\n',
  'callcenter_config queue list': 'name|strategy\nsales@example.com|longest-idle-agent\n+OK\n',
  list_users:
    'userid|context|domain|group\n1001|default|example.com|default\n1002|default|example.com|default\n\n+OK\n',
  'sofia status': '                     Name\t   Type\tData\tState\n      external::carrier\tgateway\tsip:x@y\tNOREG\n',
  'xml_locate configuration configuration name json_cdr.conf': `<configuration name="json_cdr.conf"><settings>
    <param name="url" value="http://127.0.0.1:8080/api/v1/connectors/freeswitch/cdr"/>
    <param name="cred" value="fs1:4711-secret"/><param name="log-b-leg" value="true"/></settings></configuration>`,
  'xml_locate configuration configuration name event_socket.conf': `<configuration name="event_socket.conf"><settings>
    <param name="listen-ip" value="127.0.0.1"/><param name="password" value="4711-secret"/></settings></configuration>`,
  'global_getvar recordings_dir': '/var/lib/freeswitch/recordings',
})

describe('doctor at a FreeSWITCH', () => {
  let server: FakeEslServer
  let folder: string
  let connector: Config['connectors'][number]

  before(async () => {
    server = new FakeEslServer()
    await server.start()
    folder = await mkdtemp(join(tmpdir(), 'callbook-doctor-'))
    await mkdir(join(folder, 'var/lib/freeswitch/recordings'), { recursive: true })
    await writeFile(join(folder, 'var/lib/freeswitch/recordings/8eb1fc65-804e-4411-922a-52385cd291ac.wav'), '')
  })
  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    const fresh = new FakeEslServer()
    Object.assign(server.settings, fresh.settings)
    connector = {
      name: 'fs1',
      type: 'freeswitch',
      host: '127.0.0.1',
      port: server.port,
      secretEnv: 'FS1_PASSWORD',
      secret: 'right',
      agents: ['1???'],
      recordings: { folder: join(folder, 'var/lib/freeswitch/recordings') },
    }
  })

  async function look(answers: Record<string, string> = {}, own: Partial<typeof connector> = {}): Promise<Finding[]> {
    const all = well()
    // The time is asked for again and again.
    server.settings.otherAnswers = Object.defineProperties(
      all,
      Object.getOwnPropertyDescriptors(answers) as PropertyDescriptorMap,
    )
    const one = { ...connector, ...own }
    return (await examine(one, { connectors: [one], signal: new AbortController().signal })).findings
  }
  const codesOf = (findings: readonly Finding[]) =>
    findings.filter(({ severity }) => severity !== 'ok').map(({ code }) => code)
  function one(findings: readonly Finding[], code: string): Finding {
    const found = findings.find((finding) => finding.code === code)
    assert.ok(found, `${code} is not among ${findings.map((finding) => finding.code).join(', ')}`)
    return found
  }
  const linesOf = (finding: Finding) => finding.fix.flatMap(({ lines }) => lines)

  test('where all is well nothing is said against it, and no password is told', async () => {
    const findings = await look()
    assert.deepEqual(codesOf(findings), [])
    assert.deepEqual(
      findings.map(({ code }) => code),
      [
        'connected',
        'logged-in',
        'version-known',
        'subscribed',
        'clock-right',
        'agents-listed',
        'queues-there',
        'json-cdr-on',
        'recordings-named',
      ],
    )
    assert.doesNotMatch(JSON.stringify(findings), /4711-secret|"right"/)
  })

  test('nothing is asked that changes anything', async () => {
    server.commands.length = 0
    await look()
    for (const command of server.commands)
      assert.match(
        command,
        /^(auth|event json |api (version|strmicroepoch|strepoch|module_exists|callcenter_config \w+ list|list_users|sofia status|xml_locate|global_getvar|show channels))/,
      )
  })

  test('nothing listens there, the address is not let in, or it is something else', async () => {
    await server.stop()
    const refused = one(await look(), 'connection-refused')
    assert.equal(refused.severity, 'error')
    await server.start()
    connector.port = server.port
    server.settings.greeting = REJECTION
    const rejected = one(await look(), 'address-rejected')
    assert.match(linesOf(rejected).join('\n'), /apply-inbound-acl/)
    server.settings.greeting = '220 mail.example.org ESMTP\r\n'
    one(await look(), 'not-an-event-socket')
  })

  test('a wrong password, or none', async () => {
    assert.deepEqual(codesOf(await look({}, { secret: 'wrong' })), ['login-refused'])
    assert.deepEqual(codesOf(await look({}, { secret: null })), ['no-credentials'])
  })

  test('the stock password, and an event socket open to all', async () => {
    const listens = (params: string) => ({
      'xml_locate configuration configuration name event_socket.conf': `<configuration name="event_socket.conf">${params}</configuration>`,
    })
    server.settings.password = 'ClueCon'
    const stock = one(await look({}, { secret: 'ClueCon' }), 'stock-password')
    assert.equal(stock.severity, 'warning')
    const open = listens('<param name="listen-ip" value="::"/><param name="apply-inbound-acl" value="lan"/>')
    const worst = one(await look(open, { secret: 'ClueCon' }), 'stock-password')
    assert.equal(worst.severity, 'error')
    assert.match(worst.sentence, /listens on every address \(::\)/)
    assert.ok(linesOf(worst).includes('<param name="listen-ip" value="127.0.0.1"/>'))
    server.settings.password = 'right'
    one(await look(listens('<param name="listen-ip" value="0.0.0.0"/>')), 'event-socket-open')
  })

  test('no queues', async () => {
    const gone = one(await look({ 'module_exists mod_callcenter': 'false' }), 'no-callcenter')
    assert.ok(linesOf(gone).includes('<load module="mod_callcenter"/>'))
    one(await look({ 'callcenter_config queue list': '+OK\n' }), 'no-queues')
  })

  test('json_cdr off, elsewhere, without the agents’ legs', async () => {
    const NAME = 'xml_locate configuration configuration name json_cdr.conf'
    const off = one(await look({ 'module_exists mod_json_cdr': 'false' }), 'json-cdr-off')
    assert.match(linesOf(off).join('\n'), /cred" value="fs1:…"/)
    one(await look({ [NAME]: '<configuration name="json_cdr.conf"></configuration>' }), 'json-cdr-off')
    const elsewhere = '<configuration><param name="url" value="http://me:4711@billing/cdr"/></configuration>'
    assert.doesNotMatch(one(await look({ [NAME]: elsewhere }), 'json-cdr-elsewhere').sentence, /4711/)
    const half = well()[NAME]?.replace('log-b-leg" value="true', 'log-b-leg" value="false') ?? ''
    one(await look({ [NAME]: half }), 'json-cdr-without-b-legs')
  })

  test('clocks that differ, told in microseconds or in whole seconds', async () => {
    const ahead = one(
      await look({
        get strmicroepoch() {
          return String(Math.round((Date.now() + 9_000) * 1_000))
        },
      }),
      'clock-ahead',
    )
    assert.match(ahead.sentence, /9\.0 s ahead/)
    one(
      await look({
        strmicroepoch: '-ERR strmicroepoch Command not found!\n',
        get strepoch() {
          return String(Math.floor(Date.now() / 1_000) - 120)
        },
      }),
      'clock-behind',
    )
  })

  test('agents and trunks that were guessed, and agents of queues that the lists leave out', async () => {
    const guessed = one(await look({}, { agents: [] }), 'agents-guessed')
    assert.match(guessed.sentence, /agents 2 \(1001, 1002\), trunks 1 \(carrier\)/)
    const outside = one(await look({}, { agents: ['2???'], trunks: ['1001'] }), 'member-not-agent')
    assert.deepEqual(linesOf(outside), ['"agents": ["2???","1001"]'])
  })

  test('an old version', async () => {
    one(await look({ version: 'FreeSWITCH Version 1.8.7~64bit\n' }), 'version-too-old')
  })

  test('events and channels that are denied', async () => {
    server.settings.denied = ['event json', 'api show']
    const codes = codesOf(await look())
    assert.deepEqual(codes, ['subscription-refused', 'snapshot-denied'])
  })
})
