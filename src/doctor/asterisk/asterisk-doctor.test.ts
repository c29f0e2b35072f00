// One Asterisk on which all is well, on a real socket; each test spoils one thing and sees that doctor says just that.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Config } from '../../config.ts'
import { type AmiMessage, header } from '../../connectors/asterisk/ami-parser.ts'
import { type AmiFields, FakeAmiServer, type FakeAmiSettings } from '../../connectors/asterisk/fake-ami-server.ts'
import { examine } from '../doctor.ts'
import type { Finding } from '../finding.ts'

type Connector = Config['connectors'][number]
type Answers = FakeAmiSettings['otherActions']

const UID_IS_ROOT = process.getuid?.() === 0

/** What the fake Asterisk is like; each test changes a part. */
interface Pbx {
  version: string
  systemName: string
  timestamps: boolean
  skewMs: number
  actions: string[]
  /** What its command line prints. */
  commands: Record<string, string>
  /** What stands in its files. */
  files: Record<string, Record<string, string[]>>
  endpoints: AmiFields[]
  members: AmiFields[]
  /** Events of calls that come while it is looked at. */
  events: AmiFields[]
  hearsUserEvents: boolean
}

const LEAST_ACTIONS = ['CoreShowChannels', 'Status', 'BridgeList', 'QueueStatus', 'UserEvent', 'CoreSettings']
const SETTINGS = `
  Manager (AMI):             Yes
  TCP Bindaddress:           127.0.0.1:5038
  Timestamp events:          Yes
  Channel vars:              CC_TYPE, CC_CUSTOMER, CC_DID, CC_SKILL, CC_REC`
const USER = `
          username: callbook
            secret: <Set>
               ACL: yes
         read perm: system,call,agent,user,dtmf
        write perm: user,reporting`
const CEL = `CEL Logging: Enabled
CEL Tracking Event: ALL
CEL Event Subscriber: CEL Custom CSV Logging
CEL Event Subscriber: CEL PGSQL backend`
const CDR = `
  Logging:                    Enabled
* Registered Backends
  -------------------
    cdr_manager (suspended)
    csv
`

const well: Pbx = {
  version: '22.10.1',
  systemName: '',
  timestamps: true,
  skewMs: 0,
  actions: [...LEAST_ACTIONS, 'Command', 'GetConfig', 'PJSIPShowEndpoints'],
  commands: {
    'manager show settings': SETTINGS,
    'manager show user callbook': USER,
    'cel show status': CEL,
    'cdr show status': CDR,
    'core show settings': '  Spool directory: /var/spool/asterisk\n  Log directory: /var/log/asterisk',
  },
  files: {
    'manager.conf': {
      general: ['enabled=yes', 'timestampevents=yes'],
      callbook: ['secret=4711-secret', 'read=call,agent,user,system,dtmf', 'write=reporting,user'],
    },
    'logger.conf': { general: [] },
    'cel_custom.conf': { mappings: ['Master.csv=a mapping'] },
  },
  endpoints: [
    { ObjectName: '1001', OutboundAuths: '' },
    { ObjectName: '1002', OutboundAuths: '' },
    { ObjectName: 'customers', OutboundAuths: '' },
  ],
  members: [{ Queue: 'sales', Name: '张三', Location: 'PJSIP/1001' }],
  events: [],
  hearsUserEvents: true,
}

function answersOf(pbx: Pbx, tellAll: (event: AmiFields) => void = () => {}): Answers {
  const list = (rows: AmiFields[], end: string) => [
    { Response: 'Success', EventList: 'start' },
    ...rows,
    { Event: end, EventList: 'Complete' },
  ]
  const stamp = () => String((Date.now() + pbx.skewMs) / 1_000)
  const may = (action: string, answer: (message: AmiMessage) => AmiFields[]) => (message: AmiMessage) =>
    pbx.actions.includes(action) ? answer(message) : [{ Response: 'Error', Message: 'Permission denied' }]
  return {
    Ping: () => [{ Response: 'Success', Ping: 'Pong', Timestamp: stamp() }],
    ListCommands: () => [
      { Response: 'Success', ...Object.fromEntries(pbx.actions.map((action) => [action, 'What it does. (Priv: …)'])) },
    ],
    CoreSettings: may('CoreSettings', () => [
      { Response: 'Success', AsteriskVersion: pbx.version, SystemName: pbx.systemName },
    ]),
    UserEvent: may('UserEvent', (message) => [
      { Response: 'Success', Message: 'Event Sent' },
      ...(pbx.hearsUserEvents
        ? [
            {
              Event: 'UserEvent',
              Privilege: 'user,all',
              UserEvent: header(message, 'UserEvent'),
              ...(pbx.timestamps ? { Timestamp: stamp() } : {}),
            },
          ]
        : []),
    ]),
    Command: may('Command', (message) => {
      const output = pbx.commands[header(message, 'Command')]
      return output === undefined
        ? [{ Response: 'Error', Message: 'Command output follows', Output: 'No such command' }]
        : [{ Response: 'Success', Message: 'Command output follows', Output: output.split('\n') }]
    }),
    GetConfig: may('GetConfig', (message) => {
      const file = pbx.files[header(message, 'Filename')]
      if (!file) return [{ Response: 'Error', Message: 'Config file not found' }]
      const wanted = header(message, 'Category')
      const fields: Record<string, string> = { Response: 'Success' }
      for (const [i, [name, lines]] of Object.entries(file).entries()) {
        if (wanted !== '' && wanted !== name) continue
        fields[`Category-00000${i}`] = name
        for (const [j, line] of lines.entries()) fields[`Line-00000${i}-00000${j}`] = line
      }
      return [fields]
    }),
    PJSIPShowEndpoints: may('PJSIPShowEndpoints', () =>
      pbx.endpoints.length === 0
        ? [{ Response: 'Error', Message: 'No endpoints found' }]
        : list(
            pbx.endpoints.map((row) => ({ Event: 'EndpointList', ...row })),
            'EndpointListComplete',
          ),
    ),
    QueueStatus: may('QueueStatus', () =>
      list(
        pbx.members.map((row) => ({ Event: 'QueueMember', ...row })),
        'QueueStatusComplete',
      ),
    ),
    CoreShowChannels: may('CoreShowChannels', () => {
      for (const event of pbx.events) tellAll(event)
      return list([], 'CoreShowChannelsComplete')
    }),
  }
}

describe('doctor at an Asterisk', () => {
  let server: FakeAmiServer
  let folder: string
  let monitor: string
  let connector: Connector

  before(async () => {
    server = new FakeAmiServer()
    await server.start()
    folder = await mkdtemp(join(tmpdir(), 'callbook-doctor-'))
    monitor = join(folder, 'var/spool/asterisk/monitor')
    await mkdir(monitor, { recursive: true })
    await writeFile(join(monitor, '1795399913.0.wav'), '')
    await mkdir(join(folder, 'log'))
    await writeFile(
      join(folder, 'log/Master.csv'),
      '"1795399913.598336","CHAN_START","","1795399913.0","1795399913.0","PJSIP/customers-00000000"\n',
    )
    await writeFile(join(folder, 'log/queue_log'), '1795399913|NONE|NONE|NONE|QUEUESTART|\n')
  })
  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    server.settings.secret = 'right'
    connector = {
      name: 'pbx1',
      type: 'asterisk',
      host: '127.0.0.1',
      port: server.port,
      username: 'callbook',
      secretEnv: 'PBX1_SECRET',
      secret: 'right',
      agents: ['PJSIP/1???'],
      trunks: ['PJSIP/customers'],
      recordings: { folder: monitor },
      backfill: { cel: join(folder, 'log/Master.csv'), queueLog: join(folder, 'log/queue_log') },
    }
  })

  async function look(changes: Partial<Pbx> = {}, own: Partial<Connector> = {}): Promise<Finding[]> {
    server.settings.otherActions = answersOf({ ...well, ...changes }, (event) => server.send(event))
    const one = { ...connector, ...own }
    const { findings } = await examine(one, { connectors: [one], signal: new AbortController().signal })
    return findings
  }

  /** All that is not well, by code. */
  async function problems(changes: Partial<Pbx> = {}, own: Partial<Connector> = {}): Promise<string[]> {
    return (await look(changes, own)).filter(({ severity }) => severity !== 'ok').map(({ code }) => code)
  }

  function one(findings: readonly Finding[], code: string): Finding {
    const found = findings.find((finding) => finding.code === code)
    assert.ok(found, `${code} is not among ${findings.map((finding) => finding.code).join(', ')}`)
    return found
  }

  const linesOf = (finding: Finding) => finding.fix.flatMap(({ lines }) => lines)

  /** Its own rights are more than needed, and it says so: that is how it sees everything. */
  const SURPLUS = 'more-rights-than-needed'

  test('where all is well nothing is said against it, in both languages', async () => {
    const findings = await look({
      commands: { ...well.commands, 'manager show user callbook': USER },
    })
    assert.deepEqual(
      findings.filter(({ severity }) => severity !== 'ok').map(({ code }) => code),
      [],
    )
    assert.deepEqual([...new Set(findings.map(({ check }) => check))].sort(), [
      'agents-and-trunks',
      'cdr',
      'cel',
      'channel-variables',
      'clock',
      'connection',
      'event-filters',
      'login',
      'queue-log',
      'recordings',
      'rights',
      'timestamps',
      'version',
    ])
    for (const { sentence, sentenceZh } of findings) {
      assert.match(sentence, /[.:]$/)
      assert.match(sentenceZh, /[。：]$/)
    }
  })

  test('no secret is told, neither ours nor one that stands in the files', async () => {
    server.settings.secret = 'another'
    const refused = await look({}, { secret: 'my-own-secret' })
    assert.equal(refused.at(1)?.code, 'login-refused')
    assert.doesNotMatch(JSON.stringify(refused), /my-own-secret/)
    server.settings.secret = 'right'
    assert.doesNotMatch(JSON.stringify(await look({ timestamps: false })), /4711-secret/)
  })

  describe('connection and login', () => {
    test('nothing listens there: AMI is to be enabled at that address', async () => {
      const free = createServer().listen(0, '127.0.0.1')
      await new Promise((resolve) => free.once('listening', resolve))
      const { port } = free.address() as { port: number }
      await new Promise((resolve) => free.close(resolve))
      const findings = await look({}, { port })
      const refused = one(findings, 'connection-refused')
      assert.equal(refused.severity, 'error')
      assert.deepEqual(linesOf(refused), ['[general]', 'enabled = yes', `port = ${port}`, 'bindaddr = 127.0.0.1'])
      // What needs no PBX is looked at all the same.
      assert.ok(findings.some(({ check }) => check === 'recordings'))
    })

    test('something else listens there', async () => {
      const other = createServer((socket) => socket.end('220 mail.example.org ESMTP\r\n')).listen(0, '127.0.0.1')
      await new Promise((resolve) => other.once('listening', resolve))
      try {
        const { port } = other.address() as { port: number }
        assert.ok((await problems({}, { port })).some((code) => ['not-ami', 'unreachable'].includes(code)))
      } finally {
        other.close()
      }
    })

    test('a host without address', async () => {
      assert.ok((await problems({}, { host: 'pbx.invalid' })).includes('host-unknown'))
    })

    test('a wrong secret: the user as it should stand in manager.conf, with our own address', async () => {
      server.settings.secret = 'another'
      const refused = one(await look(), 'login-refused')
      assert.equal(refused.severity, 'error')
      assert.deepEqual(linesOf(refused), [
        '[callbook]',
        'secret = …          ; the same as in PBX1_SECRET',
        'deny = 0.0.0.0/0.0.0.0',
        'permit = 127.0.0.1/255.255.255.255',
        'read = call,agent,user,system,dtmf',
        'write = reporting,user',
      ])
    })

    test('a connector without a user', async () => {
      const { username: _, ...rest } = connector
      server.settings.otherActions = answersOf(well)
      const { findings } = await examine(rest, { connectors: [rest], signal: new AbortController().signal })
      assert.equal(findings[0]?.code, 'no-credentials')
    })

    test('a PBX that does not answer the login is not waited for without end', async () => {
      const mute = createServer((socket) => socket.write('Asterisk Call Manager/9.0.0\r\n')).listen(0, '127.0.0.1')
      await new Promise((resolve) => mute.once('listening', resolve))
      try {
        const { port } = mute.address() as { port: number }
        assert.deepEqual(await problems({}, { port }), ['login-unanswered'])
      } finally {
        mute.close()
      }
    })

    test('two Asterisks of one contact centre need names', async () => {
      server.settings.otherActions = answersOf(well)
      const signal = new AbortController().signal
      const second = { ...connector, name: 'pbx2' }
      const { findings } = await examine(connector, { connectors: [connector, second], signal })
      assert.deepEqual(linesOf(one(findings, 'no-system-name')), ['[options]', 'systemname = pbx1'])
    })

    test('an old, an unknown and a newer version', async () => {
      assert.deepEqual(await problems({ version: '16.30.0' }), ['version-too-old'])
      assert.deepEqual(await problems({ version: '23.1.0' }), ['version-newer'])
      assert.deepEqual(await problems({ version: 'certified/18.9-cert5' }), [])
      assert.deepEqual(await problems({ actions: well.actions.filter((name) => name !== 'CoreSettings') }), [
        'version-unseen',
      ])
    })
  })

  describe('rights', () => {
    const withUser = (read: string, write = 'user,reporting'): Pick<Pbx, 'commands'> => ({
      commands: {
        ...well.commands,
        'manager show user callbook': USER.replace('system,call,agent,user,dtmf', read).replace(
          'user,reporting',
          write,
        ),
      },
    })

    test('a read class that is missing is named with what is lost, and the line keeps the others', async () => {
      const findings = await look(withUser('system,call,user,cdr,dtmf'))
      const missing = one(findings, 'read-missing')
      assert.equal(missing.severity, 'error')
      assert.match(missing.sentence, /agent/)
      assert.deepEqual(linesOf(missing), ['[callbook]', 'read = system,call,agent,user,dtmf,cdr'])
      assert.deepEqual(missing.fix[0]?.run, ['asterisk -rx "manager reload"'])
    })

    test('without dtmf only keys are lost, and with marks not even these', async () => {
      assert.equal(one(await look(withUser('system,call,agent,user')), 'read-missing').severity, 'info')
      const unmarked = withUser('system,call,agent,user')
      unmarked.commands['manager show settings'] = SETTINGS.replace(/Channel vars:.*/, 'Channel vars:')
      assert.equal(one(await look(unmarked), 'read-missing').severity, 'warning')
    })

    test('the snapshot is denied', async () => {
      const actions = well.actions.filter((name) => name !== 'CoreShowChannels' && name !== 'Status')
      const denied = one(await look({ actions }), 'snapshot-denied')
      assert.equal(denied.severity, 'error')
      assert.match(denied.sentence, /CoreShowChannels, Status/)
      assert.deepEqual(linesOf(denied), ['[callbook]', 'write = user,reporting'])
    })

    test('rights that Callbook does not need are told of', async () => {
      const surplus = one(await look(withUser('all', 'system,user,reporting,originate')), SURPLUS)
      assert.equal(surplus.severity, 'info')
      assert.deepEqual(linesOf(surplus), ['[callbook]', 'write = user,reporting'])
    })

    test('a user with the least rights is not blamed for what cannot be seen with them', async () => {
      const findings = await look({ actions: LEAST_ACTIONS })
      const bad = findings.filter(({ severity }) => severity === 'warning' || severity === 'error')
      assert.deepEqual(bad, [])
      for (const code of ['read-unseen', 'channelvars-unseen', 'event-filters-unseen']) one(findings, code)
      one(findings, 'timestamps-there')
      one(findings, 'clock-right')
    })

    test('its own event does not come back: class user is missing, whatever can be asked', async () => {
      const findings = await look({ actions: LEAST_ACTIONS, hearsUserEvents: false })
      assert.match(one(findings, 'read-missing').sentence, /user/)
    })

    test('AMI open to all addresses, for a user from anywhere', async () => {
      const open = withUser('system,call,agent,user,dtmf')
      open.commands['manager show user callbook'] = USER.replace('ACL: yes', 'ACL: no')
      open.commands['manager show settings'] = SETTINGS.replace('127.0.0.1:5038', '0.0.0.0:5038')
      assert.deepEqual(linesOf(one(await look(open), 'ami-open-to-all')), [
        '[callbook]',
        'deny = 0.0.0.0/0.0.0.0',
        'permit = 127.0.0.1/255.255.255.255',
      ])
    })
  })

  describe('events', () => {
    const withSettings = (from: string | RegExp, to: string) => ({
      commands: { ...well.commands, 'manager show settings': SETTINGS.replace(from, to) },
    })
    const withFilters = (lines: string[], read = 'all', version = well.version) => ({
      version,
      commands: {
        ...well.commands,
        'manager show user callbook': USER.replace('system,call,agent,user,dtmf', read),
      },
      files: {
        ...well.files,
        'manager.conf': { general: ['timestampevents=yes'], callbook: [`read=${read}`, ...lines] },
      },
    })

    test('events without time: just that, and the line', async () => {
      const off = {
        timestamps: false,
        ...withSettings('Timestamp events:          Yes', 'Timestamp events: No'),
        files: { ...well.files, 'manager.conf': { general: ['enabled=yes'], callbook: [] } },
      }
      assert.deepEqual(await problems(off), ['timestampevents-off'])
      const finding = one(await look(off), 'timestampevents-off')
      assert.deepEqual(finding.fix, [
        {
          file: 'manager.conf',
          lines: ['[general]', 'timestampevents = yes'],
          run: ['asterisk -rx "manager reload"'],
        },
      ])
    })

    test('timestampevents stands in the file, but is not loaded', async () => {
      const off = { timestamps: false, ...withSettings('Timestamp events:          Yes', 'Timestamp events: No') }
      const finding = one(await look(off), 'timestampevents-not-loaded')
      assert.deepEqual(finding.fix[0]?.run, ['asterisk -rx "manager reload"'])
    })

    test('events have a time, but only until the next start of Asterisk', async () => {
      const files = { ...well.files, 'manager.conf': { general: ['enabled=yes'], callbook: [] } }
      const finding = one(await look({ files }), 'timestampevents-not-written')
      assert.deepEqual(linesOf(finding), ['[general]', 'timestampevents = yes'])
    })

    test('no event may be asked for and none comes: not known', async () => {
      const actions = LEAST_ACTIONS.filter((name) => name !== 'UserEvent')
      one(await look({ actions }), 'timestamps-unseen')
    })

    test('events of a test call prove what the rights cannot tell', async () => {
      const event = (Event: string, Privilege: string) => ({ Event, Privilege, Timestamp: '1795399913.5' })
      const events = [
        { ...event('Newchannel', 'call,all'), ChanVariable: 'CC_TYPE=inbound' },
        event('AgentCalled', 'agent,all'),
        event('DTMFEnd', 'dtmf,all'),
      ]
      const findings = await look({ actions: LEAST_ACTIONS, events })
      for (const code of ['read-complete', 'timestamps-there', 'channelvars-heard']) one(findings, code)
    })

    test('no marks on events is no fault; some of them is', async () => {
      const none = one(await look(withSettings(/Channel vars:.*/, 'Channel vars:')), 'channelvars-none')
      assert.equal(none.severity, 'info')
      assert.deepEqual(linesOf(none), ['[general]', 'channelvars = CC_TYPE,CC_CUSTOMER,CC_DID,CC_SKILL,CC_REC'])
      const some = one(
        await look(withSettings(/Channel vars:.*/, 'Channel vars: FOO,CC_TYPE')),
        'channelvars-incomplete',
      )
      assert.equal(some.severity, 'warning')
      assert.deepEqual(linesOf(some), ['[general]', 'channelvars = FOO,CC_TYPE,CC_CUSTOMER,CC_DID,CC_SKILL,CC_REC'])
    })

    test('a flood of events is kept out with the syntax of the version found', async () => {
      const named = one(await look(withFilters([])), 'event-flood')
      assert.equal(named.severity, 'warning')
      assert.ok(linesOf(named).includes('eventfilter(action(exclude),name(VarSet)) ='))
      for (const version of ['18.24.3', '20.9.2', '21.4.0', '18.9.0'])
        assert.ok(
          linesOf(one(await look(withFilters([], 'all', version)), 'event-flood')).includes(
            'eventfilter = !Event: VarSet',
          ),
        )
      const newer = one(await look(withFilters([], 'all', '20.10.0')), 'event-flood')
      assert.ok(linesOf(newer).includes('eventfilter(action(exclude),name(VarSet)) ='))
    })

    test('filters of either syntax stop the flood', async () => {
      const events = ['VarSet', 'Newexten', 'RTCPSent', 'RTCPReceived', 'CEL']
      const named = events.map((event) => `eventfilter(action(exclude),name(${event}))=`)
      assert.ok(!(await problems(withFilters(named))).includes('event-flood'))
      const regular = events.map((event) => `eventfilter=!Event: ${event}`)
      assert.ok(!(await problems(withFilters(regular))).includes('event-flood'))
    })

    test('a filter that keeps out what calls are made of is an error', async () => {
      const only = await look(withFilters(['eventfilter=Event: Hangup'], 'call,agent,user,system,dtmf'))
      const filtered = one(only, 'needed-events-filtered')
      assert.equal(filtered.severity, 'error')
      assert.match(filtered.sentence, /Newchannel/)
      const named = await look(withFilters(['eventfilter(action(exclude),name(DialEnd))=']))
      assert.match(one(named, 'needed-events-filtered').sentence, /: DialEnd\./)
      // It looks into the event: other DialEnds come.
      const inside = withFilters(['eventfilter(action(exclude),name(DialEnd),header(Channel),method(contains))=Local/'])
      assert.ok(!(await problems(inside)).includes('needed-events-filtered'))
    })

    test('a flood that comes is seen with any rights', async () => {
      const events = [{ Event: 'VarSet', Privilege: 'dialplan,all', Timestamp: '1' }]
      assert.match(one(await look({ actions: LEAST_ACTIONS, events }), 'event-flood').sentence, /VarSet/)
    })
  })

  describe('clock', () => {
    test('a skewed clock is told with its direction, and large ones are errors', async () => {
      const ahead = one(await look({ skewMs: 7_000 }), 'clock-ahead')
      assert.equal(ahead.severity, 'warning')
      assert.match(ahead.sentence, /7\.0 s ahead/)
      assert.match(ahead.sentenceZh, /快 7\.0 秒/)
      const behind = one(await look({ skewMs: -3_600_000 }), 'clock-behind')
      assert.equal(behind.severity, 'error')
      assert.match(behind.sentence, /60 min behind/)
    })
  })

  describe('agents and trunks', () => {
    test('without lists the guess is told, with lines that write it down', async () => {
      const findings = await look({}, { agents: [], trunks: [] })
      const guessed = one(findings, 'agents-guessed')
      assert.match(guessed.sentence, /agents 2 \(PJSIP\/1001, PJSIP\/1002\), trunks 1 \(PJSIP\/customers\)/)
      assert.deepEqual(linesOf(guessed), ['"agents": ["PJSIP/1???"],', '"trunks": ["PJSIP/customers"]'])
    })

    test('a pattern that fits nothing', async () => {
      const useless = one(await look({}, { agents: ['PJSIP/1???', 'SIP/2*'] }), 'pattern-matches-nothing')
      assert.match(useless.sentence, /SIP\/2\*/)
      assert.deepEqual(linesOf(useless), ['"agents": ["PJSIP/1???"]'])
    })

    test('a trunk that is named like an agent', async () => {
      const endpoints = [...well.endpoints, { ObjectName: '4001', OutboundAuths: 'carrier' }]
      const suspect = one(await look({ endpoints }, { agents: [], trunks: [] }), 'agent-looks-like-trunk')
      assert.match(suspect.sentence, /PJSIP\/4001/)
      assert.deepEqual(linesOf(suspect), ['"trunks": ["PJSIP/4001"]'])
    })

    test('a member of a queue that the lists leave out', async () => {
      const members = [{ Queue: 'sales', Name: 'Bob', Location: 'PJSIP/customers' }]
      const outside = one(await look({ members }), 'member-not-agent')
      assert.match(outside.sentence, /PJSIP\/customers/)
    })

    test('no trunk at all', async () => {
      const endpoints = [{ ObjectName: '1001', OutboundAuths: '' }]
      assert.ok((await problems({ endpoints }, { agents: [], trunks: [] })).includes('no-trunk'))
    })

    test('an empty PBX', async () => {
      assert.ok((await problems({ endpoints: [], members: [] })).includes('no-endpoints'))
    })
  })

  describe('what the PBX writes down', () => {
    test('CEL off, going nowhere, incomplete', async () => {
      const withCel = (text: string, files = well.files) => ({
        commands: { ...well.commands, 'cel show status': text },
        files,
      })
      const off = one(await look(withCel('CEL Logging: Disabled')), 'cel-off')
      assert.deepEqual(off.fix[0], {
        file: 'cel.conf',
        lines: ['[general]', 'enable = yes', 'apps = dial,queue,park', 'events = ALL'],
        run: [],
      })
      assert.match(off.fix[1]?.lines[1] ?? '', /^Master\.csv => \$\{CSV_QUOTE\(\$\{eventtime\}\)\},/)
      // It subscribes, but its file names no database.
      const { 'cel_custom.conf': _, ...files } = well.files
      assert.deepEqual(await problems(withCel(CEL, files)), ['cel-goes-nowhere'])
      assert.deepEqual(await problems(withCel(CEL.replace('ALL', 'CHAN_START'))), ['cel-incomplete'])
    })

    test('the logs are there, and Callbook is not told of them', async () => {
      const { backfill: _, ...rest } = connector
      server.settings.otherActions = answersOf(well)
      const { findings } = await examine(rest, { connectors: [rest], signal: new AbortController().signal })
      assert.deepEqual(linesOf(one(findings, 'cel-unused')), [
        '"backfill": {',
        '  "cel": "/var/log/asterisk/cel-custom/Master.csv",',
        '  "queueLog": "/var/log/asterisk/queue_log"',
        '}',
      ])
      one(findings, 'queue-log-unused')
    })

    test('the logs are named and are not there, or hold something else', async () => {
      const nowhere = { cel: join(folder, 'nowhere'), queueLog: join(folder, 'nowhere') }
      assert.deepEqual(await problems({}, { backfill: nowhere }), ['cel-absent', 'queue-log-absent'])
      await writeFile(join(folder, 'log/other'), 'something else\n')
      const other = { cel: join(folder, 'log/other'), queueLog: join(folder, 'log/other') }
      assert.deepEqual(await problems({}, { backfill: other }), ['cel-not-understood', 'queue-log-not-understood'])
    })

    test('queue_log off', async () => {
      const files = { ...well.files, 'logger.conf': { general: ['queue_log=no'] } }
      assert.deepEqual(linesOf(one(await look({ files }), 'queue-log-off')), ['[general]', 'queue_log = yes'])
    })

    test('CDR that is written nowhere', async () => {
      const commands = { ...well.commands, 'cdr show status': CDR.replace('    csv\n', '') }
      assert.deepEqual(await problems({ commands }), ['cdr-off'])
    })
  })

  describe('recordings', () => {
    test('none configured, absent, a file, empty', async () => {
      const { recordings: _, ...rest } = connector
      server.settings.otherActions = answersOf(well)
      const { findings } = await examine(rest, { connectors: [rest], signal: new AbortController().signal })
      assert.deepEqual(linesOf(one(findings, 'no-recordings-folder')), [
        '"recordings": { "folder": "/var/spool/asterisk/monitor" }',
      ])
      const at = (path: string) => ({ recordings: { folder: join(folder, path) } })
      assert.ok((await problems({}, at('nowhere'))).includes('folder-absent'))
      assert.ok((await problems({}, at('log/queue_log'))).includes('folder-absent'))
      await mkdir(join(folder, 'empty'), { recursive: true })
      assert.ok((await problems({}, at('empty'))).includes('folder-empty'))
    })

    test('files that are not named after their calls', async () => {
      await mkdir(join(folder, 'named'), { recursive: true })
      await writeFile(join(folder, 'named/recording-of-bob.wav'), '')
      const strange = one(await look({}, { recordings: { folder: join(folder, 'named') } }), 'names-not-call-ids')
      assert.match(strange.sentence, /recording-of-bob\.wav/)
      assert.match(linesOf(strange).join('\n'), /MixMonitor\(\$\{CHANNEL\(LINKEDID\)\}\.wav,b\)/)
    })

    test('a folder that may not be read', { skip: UID_IS_ROOT && 'root may read everything' }, async () => {
      const closed = join(folder, 'closed')
      await mkdir(closed, { recursive: true })
      await chmod(closed, 0)
      assert.ok((await problems({}, { recordings: { folder: closed } })).includes('folder-unreadable'))
      await chmod(closed, 0o700)
    })
  })
})
