// The CDR files of every recorded trace give the calls that they can give: each of the few records that they cannot give
// right is named here with what is wrong. The same rows in every layout, cut anywhere, twice, and apart in the file.
import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Call } from '../../calls/call.ts'
import type { CallEvent } from '../../calls/call-event.ts'
import { clockIn } from '../../calls/instant.ts'
import { callsOf } from '../../cli/derive.ts'
import type { ConnectorConfig } from '../../config.ts'
import { type CdrReaderOptions, createCdrReader } from './cdr-reader.ts'
import { cellsOf } from './csv-rows.ts'

const FOLDER = new URL('../../../test/traces/', import.meta.url)
const asterisk: ConnectorConfig = {
  name: 'pbx1',
  type: 'asterisk',
  agents: ['PJSIP/1???'],
  trunks: ['PJSIP/customers', 'PJSIP/external'],
  externalTrunks: ['PJSIP/external'],
  virtualNumbers: ['1709*'],
}
const freeswitch: ConnectorConfig = { name: 'pbx2', type: 'freeswitch', agents: ['1???'], trunks: ['88*'] }

function eventsIn(text: string, connector: ConnectorConfig, options: Partial<CdrReaderOptions> = {}): CallEvent[] {
  const unreadable: string[] = []
  const onUnreadable = (_text: string, line: number, cause: string) => unreadable.push(`${line}: ${cause}`)
  const reader = createCdrReader({ connector, clock: clockIn('UTC'), onUnreadable, ...options })
  const events = [...reader.push(Buffer.from(text)), ...reader.endFile(), ...reader.finish()]
  assert.deepEqual(unreadable, [])
  return events
}

const callsIn = (...given: Parameters<typeof eventsIn>) => callsOf(eventsIn(...given), 'pbx1-cdr')

const SITE =
  'sequence uniqueid linkedid clid src dst dcontext channel dstchannel lastapp lastdata start answer end duration billsec disposition amaflags accountcode peeraccount userfield'

const TYPES: Record<string, string> = { double: 'back-to-back', virtual: 'virtual-number' }
const REASONS: Record<string, string> = {
  normal: 'normal',
  not_connected: 'not-connected',
  ivr_abandon: 'abandoned-in-ivr',
  queue_abandon: 'abandoned-in-queue',
  ring_abandon: 'abandoned-while-ringing',
  queue_timeout: 'queue-timeout',
  to_external: 'transferred-external',
}

interface Expected {
  type: string
  hangup: string | null
  agent?: string | null
  skill?: string | null
}

const traces = readdirSync(new URL('asterisk/', FOLDER), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => {
    const folder = new URL(`asterisk/${name}/`, FOLDER)
    const scenario = JSON.parse(readFileSync(new URL('scenario.json', folder), 'utf8'))
    const expected = (scenario.expect.calls as Expected[]).filter(({ hangup }) => hangup !== null)
    return { name, expected, cdr: readFileSync(new URL('cdr.csv', folder), 'utf8') }
  })

/** What CDR files cannot tell apart, trace by trace: what is told instead. */
const CANNOT: Readonly<Record<string, string>> = {
  // The platform's Originate leaves no mark once it was answered.
  double_normal: 'outbound normal',
  pred_normal: 'inbound normal',
  pred_queue_abandon: 'inbound abandoned-in-queue',
  pred_ring_abandon: 'inbound abandoned-while-ringing',
  pred_queue_timeout: 'inbound abandoned-in-ivr',
  // One row, whose last application is the Hangup after the queue.
  in_queue_timeout: 'inbound abandoned-in-ivr',
  in_queue_timeout_goodbye: 'inbound abandoned-in-ivr',
  in_queue_joinempty: 'inbound abandoned-in-ivr',
  // The phone stopped ringing before the caller left: the row does not say when.
  in_ring_then_queue_abandon: 'inbound abandoned-while-ringing',
  // A crashed Asterisk writes no CDR.
  out_pbx_crash: '',
}

test('every recorded Asterisk call is told as right as its CDRs allow', () => {
  for (const { name, expected, cdr } of traces) {
    const isInternal = expected.some(({ type }) => type === 'internal')
    // A consultation has a linked id of its own, and so is a call of its own.
    const calls = callsIn(cdr, asterisk).filter(({ type }) => type !== 'internal' || isInternal)
    const told = calls.map(({ type, hangupReason }) => `${type} ${hangupReason}`).join()
    const right = expected.map(({ type, hangup }) => `${TYPES[type] ?? type} ${REASONS[hangup ?? '']}`).join()
    assert.equal(told, CANNOT[name] ?? right, name)
    for (const [i, call] of calls.entries()) {
      const { agent, skill } = expected[i] ?? {}
      if (agent !== undefined && !(name in CANNOT)) assert.equal(call.agent?.id ?? null, agent, name)
      if (skill !== undefined && !(name in CANNOT)) assert.equal(call.skillGroup?.id ?? null, skill, name)
      assert.deepEqual(
        call.steps.filter(({ remark }) => remark !== null),
        [],
        name,
      )
      assert.deepEqual([call.reconstructed, call.endEstimated], [true, false])
    }
  }
})

/** The rows in another order of columns; a column that this layout does not have is left out. */
function rewritten(cdr: string, columns: string, time: (text: string) => string = (text) => text): string {
  const names = SITE.split(' ')
  return cdr
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const cells = cellsOf(line) ?? []
      const named = new Map(names.map((name, i) => [name, cells[i] ?? '']))
      return columns
        .split(' ')
        .map((name) => {
          const cell = named.get(name) ?? ''
          const written = /^(start|answer|end)$/.test(name) ? time(cell) : cell
          return /^(duration|billsec|sequence)$/.test(name) ? written : `"${written.replaceAll('"', '""')}"`
        })
        .join(',')
    })
    .join('\n')
    .concat('\n')
}

const CDR_CSV =
  'accountcode src dst dcontext clid channel dstchannel lastapp lastdata start answer end duration billsec disposition amaflags'
const CUSTOM =
  'clid src dst dcontext channel dstchannel lastapp lastdata start answer end duration billsec disposition amaflags accountcode'
/** As cdr_csv writes times: without a zone. */
const wall = (text: string) => text.replace('T', ' ').replace('+0000', '')
const summary = (call: Call) => [
  call.id,
  call.type,
  call.hangupReason,
  call.agent?.id,
  call.skillGroup?.id,
  call.startedAt,
  call.endedAt,
]

test('the same rows in every layout with linked ids give the same calls', () => {
  for (const { name, cdr } of traces) {
    const expected = callsIn(cdr, asterisk).map(summary)
    for (const extra of ['uniqueid userfield peeraccount linkedid sequence', 'uniqueid peeraccount linkedid sequence'])
      assert.deepEqual(callsIn(rewritten(cdr, `${CDR_CSV} ${extra}`, wall), asterisk).map(summary), expected, name)
    const named = `${CUSTOM} uniqueid userfield linkedid`
    const columns = named.split(' ')
    assert.deepEqual(callsIn(rewritten(cdr, named, wall), asterisk, { columns }).map(summary), expected, name)
    const withHeader = cdr && `${columns.join(',')}\n${rewritten(cdr, named, wall)}`
    assert.deepEqual(callsIn(withHeader, asterisk).map(summary), expected, name)
  }
})

test('without linked ids, or without any id, the call of the first channel is told all the same', () => {
  // What hangs together by its linked id alone falls apart: after a transfer the other leg's rows are a call of their own.
  const apart = new Set([
    'out_attended_transfer',
    'out_blind_transfer',
    'in_attended_transfer',
    'in_attended_transfer_feature',
    'in_attended_transfer_declined',
  ])
  for (const { name, cdr } of traces) {
    if (apart.has(name)) continue
    const without = (call: Call) => summary(call).slice(1, 5)
    const expected = callsIn(cdr, asterisk).map(without)
    for (const layout of [
      `${CDR_CSV} uniqueid userfield`,
      `${CDR_CSV} uniqueid`,
      `${CUSTOM} uniqueid userfield`,
      `${CUSTOM} uniqueid userfield sequence`,
      CDR_CSV,
      `${CDR_CSV} userfield`,
    ])
      assert.deepEqual(callsIn(rewritten(cdr, layout, wall), asterisk).map(without), expected, `${name} as ${layout}`)
  }
})

const everything = traces.map(({ cdr }) => cdr).join('')

test('one file with all of them is told the same when it is cut anywhere, and nothing doubles when it comes twice', () => {
  const expected = callsOf(eventsIn(everything, asterisk), 'x')
  const reader = createCdrReader({ connector: asterisk, clock: clockIn('UTC'), onUnreadable: () => assert.fail() })
  const events: CallEvent[] = []
  for (const byte of Buffer.from(everything)) events.push(...reader.push(Uint8Array.of(byte)))
  events.push(...reader.endFile(), ...reader.finish())
  assert.deepEqual(callsOf(events, 'x'), expected)
  const again = callsOf([...events, ...eventsIn(everything, asterisk)], 'x')
  assert.deepEqual(again, expected)
})

test('rows that come after their call was told are added to it: its beginning, its end and who talked are right', () => {
  const whole = callsIn(everything, asterisk)
  // No row waits for another: every call of several rows is told in parts.
  const inParts = callsIn(everything, asterisk, { window: { waitMs: 0, rows: 1 } })
  assert.deepEqual(
    inParts.map(({ id }) => id),
    whole.map(({ id }) => id),
  )
  const several = traces.filter(({ cdr }) => cdr.trim().split('\n').length > 1).length
  assert.ok(several > 20)
  for (const [i, call] of inParts.entries()) {
    const right = whole[i]
    assert.equal(call.endedAt, right?.endedAt, call.id)
    const talked = (one: Call | undefined) =>
      one?.agents
        .filter((agent) => agent.talked)
        .map(({ id }) => id)
        .sort()
    if (right?.hangupReason === 'normal' && right.type === 'inbound') {
      assert.equal(call.hangupReason, 'normal', call.id)
      assert.deepEqual(talked(call), talked(right), call.id)
    }
  }
})

test('times in another zone than the unique ids are refused before anything is told', () => {
  const local = rewritten(everything, `${CDR_CSV} uniqueid`, wall)
  assert.throws(() => eventsIn(local, asterisk, { clock: clockIn('Asia/Shanghai') }), /8 h before .* --timezone/)
  assert.throws(() => eventsIn('1,2,3\n4,5,6\n', asterisk), /name them with --columns/)
})

/** The shipped templates of cdr_csv.conf.xml, by the names of their variables. */
const LEG =
  'caller_id_name caller_id_number destination_number context start_stamp answer_stamp end_stamp duration billsec hangup_cause uuid bleg_uuid accountcode'
const TEMPLATES = {
  example: (cells: string[]) => cells.join(),
  sql: (cells: string[]) => `INSERT INTO cdr VALUES (${cells.slice(0, 12).join()}, ${cells[12]});`,
  asterisk: (cells: string[]) => cells.join(),
} as const
const VARIABLES: Record<keyof typeof TEMPLATES, string> = {
  example: `${LEG} read_codec write_codec`,
  sql: LEG,
  asterisk:
    'accountcode caller_id_number destination_number context caller_id channel_name bridge_channel last_app last_arg start_stamp answer_stamp end_stamp duration billsec hangup_cause amaflags uuid userfield',
}

interface JsonCdr {
  variables: Record<string, string>
  callflow: { caller_profile: Profile }[] | { caller_profile: Profile }
}
type Profile = Record<string, string> & {
  originatee?: { originatee_caller_profiles?: { uuid: string }[] | { uuid: string } }
}

/** The file that mod_cdr_csv would have written: its template over the variables that mod_json_cdr recorded. */
function freeswitchFile(scenario: string, template: keyof typeof TEMPLATES, legs: 'a' | 'ab'): string {
  return globSync(`freeswitch/${scenario}/json_cdr/*`, { cwd: FOLDER })
    .filter((file) => legs === 'ab' || /\/a_[^/]*$/.test(file))
    .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as JsonCdr)
    .sort((a, b) => Number(a.variables['end_uepoch']) - Number(b.variables['end_uepoch']))
    .map(({ variables, callflow }) => {
      const profile = [callflow].flat()[0]?.caller_profile
      const dialled = [profile?.originatee?.originatee_caller_profiles ?? []].flat().at(-1)
      const value = (name: string): string => {
        if (name === 'caller_id') return `"${profile?.['caller_id_name']}" <${profile?.['caller_id_number']}>`
        if (name === 'bleg_uuid') return dialled?.uuid ?? ''
        const own = profile?.[name]
        return typeof own === 'string' ? own : (variables[name] ?? '')
      }
      const cells = VARIABLES[template].split(' ').map((name) => `"${decodeURIComponent(value(name))}"`)
      return `${TEMPLATES[template](cells)}\n`
    })
    .join('')
}

/** type, reason, agent, skill group by template and legs; the last two columns know most. */
const FREESWITCH: Readonly<Record<string, readonly [example: string, exampleBoth: string, asteriskBoth: string]>> = {
  // A double call looks like one that the agent dialled.
  'dual-call-click-to-dial': ['outbound normal 1001 -', 'outbound normal 1001 -', 'outbound normal 1001 -'],
  // By its own leg alone: somebody behind 7000.
  'inbound-queue-answered': ['inbound normal 7000 -', 'inbound normal 1001 -', 'inbound normal 1001 -'],
  'ivr-abandoned': ['inbound unknown - -', 'inbound unknown - -', 'inbound abandoned-in-ivr - -'],
  'ivr-transfer-external': [
    'inbound normal 7999 -',
    'inbound transferred-external - -',
    'inbound transferred-external - -',
  ],
  'outbound-agent-cancels': [
    'outbound not-connected 1001 -',
    'outbound not-connected 1001 -',
    'outbound not-connected 1001 -',
  ],
  'outbound-answered': ['outbound normal 1001 -', 'outbound normal 1001 -', 'outbound normal 1001 -'],
  'outbound-busy': ['outbound not-connected 1001 -', 'outbound not-connected 1001 -', 'outbound not-connected 1001 -'],
  'outbound-no-answer': [
    'outbound not-connected 1001 -',
    'outbound not-connected 1001 -',
    'outbound not-connected 1001 -',
  ],
  // The dialplan hung up: after the queue or after the IVR, no row says.
  'queue-timeout': ['inbound unknown - -', 'inbound unknown - -', 'inbound abandoned-in-ivr - -'],
  'record-start-stop-mask': ['outbound normal 1001 -', 'outbound normal 1001 -', 'outbound normal 1001 -'],
  'ring-no-answer-then-answered': ['inbound normal 7000 -', 'inbound normal 1001 -', 'inbound normal 1001 -'],
  'ringing-abandoned': [
    'inbound abandoned-while-ringing 1002 -',
    'inbound abandoned-while-ringing 1002 -',
    'inbound abandoned-while-ringing 1002 support',
  ],
  'transfer-blind-refer-external': [
    'inbound transferred-external - -',
    'inbound normal 1001 -',
    'inbound normal 1001 -',
  ],
}

test('what mod_cdr_csv would have written of every recorded FreeSWITCH call is told as right as it allows', () => {
  for (const [name, [example, exampleBoth, asteriskBoth]] of Object.entries(FREESWITCH)) {
    const told = (template: keyof typeof TEMPLATES, legs: 'a' | 'ab') =>
      callsIn(freeswitchFile(name, template, legs), freeswitch)
        .map(({ type, hangupReason, agent, skillGroup }) =>
          [type, hangupReason, agent?.id ?? '-', skillGroup?.id ?? '-'].join(' '),
        )
        .join()
    assert.equal(told('example', 'a'), example, name)
    assert.equal(told('sql', 'a'), example, name)
    assert.equal(told('example', 'ab'), exampleBoth, name)
    assert.equal(told('asterisk', 'ab'), asteriskBoth, name)
  }
})
