// Asks an Asterisk everything that the checks want to know, in one AMI session, with whatever rights the user has: what it
// may not ask stays null, and the checks say so. It changes nothing on the PBX: the one event it provokes is a UserEvent
// that nobody else listens for. Called by asterisk-doctor.ts.
import { type AmiMessage, header } from '../../connectors/asterisk/ami-parser.ts'
import { type ClockSkew, measureSkew } from '../clock.ts'
import {
  type AsteriskVersion,
  type ConfigSection,
  isYes,
  outputOf,
  readBlock,
  readClasses,
  readLabel,
  readLabels,
  readSections,
  readVersion,
  settingOf,
} from './ami-answers.ts'
import type { AmiProbe, HeardEvents } from './ami-probe.ts'

export interface Endpoint {
  /** `PJSIP/1001` */
  name: string
  /** It logs in to somebody else: the mark of a trunk. */
  logsInElsewhere: boolean
}

export interface QueueMember {
  queue: string
  /** `PJSIP/1001`, `Local/1001@from-queue/n` */
  interface: string
}

/** What a user of manager.conf may do, as it is in force now. */
export interface ManagerRights {
  read: ReadonlySet<string>
  write: ReadonlySet<string>
  /** Addresses are restricted by permit and deny. */
  hasAcl: boolean | null
}

/** `[general]` of manager.conf, as it is in force now. */
export interface ManagerSettings {
  timestampEvents: boolean
  channelVariables: readonly string[]
  /** `0.0.0.0:5038` */
  bindAddress: string | null
}

export interface AsteriskFacts {
  version: AsteriskVersion | null
  systemName: string | null
  /** AMI actions that this user may ask for. */
  actions: ReadonlySet<string> | null
  rights: ManagerRights | null
  settings: ManagerSettings | null
  /** The user's own section, and `[general]`, as they stand in the files: perhaps not loaded yet. */
  written: { user: ConfigSection | null; general: ConfigSection | null } | null
  /** A FullyBooted came after the login. */
  sawLogin: boolean
  /** A UserEvent was sent, and this came back; null: none came. `undefined`: it may not be sent. */
  echo: AmiMessage | null | undefined
  heard: ReadonlyMap<string, HeardEvents>
  skew: ClockSkew | null
  cel: { enabled: boolean; subscribers: readonly string[]; events: readonly string[] } | null
  cdr: { enabled: boolean; backends: readonly string[] } | null
  /** `queue_log` in logger.conf; null: not seen. */
  queueLog: boolean | null
  directories: { spool: string; log: string } | null
  endpoints: readonly Endpoint[] | null
  /** All that are configured, not only those whose state is known. */
  endpointsAreAll: boolean
  members: readonly QueueMember[] | null
  /** Channels there are now. */
  channels: number | null
  /** The PBX stopped answering in the middle of it. */
  isSilent: boolean
}

const ECHO = 'CallbookDoctor'
const ECHO_MS = 1_500

/** `listenMs`: how long to listen for events of real calls in the end. */
export async function gatherFacts(
  probe: AmiProbe,
  { username, now, listenMs, signal }: { username: string; now: () => number; listenMs: number; signal: AbortSignal },
): Promise<AsteriskFacts> {
  const skew = await measureSkew(
    async () => {
      const pong = await probe.ask('Ping')
      const seconds = Number(pong ? header(pong, 'Timestamp') : '')
      return seconds > 0 ? seconds * 1_000 : null
    },
    { now },
  )
  const core = await probe.ask('CoreSettings')
  const actions = await actionsOf(probe)
  const echo = actions === null || actions.has('UserEvent') ? await provoke(probe) : undefined
  const settings = readLines(await command(probe, actions, 'manager show settings'))
  const user = readLines(await command(probe, actions, `manager show user ${username}`))
  const written = {
    user: (await sections(probe, actions, 'manager.conf', username))?.get(username) ?? null,
    general: (await sections(probe, actions, 'manager.conf', 'general'))?.get('general') ?? null,
  }
  const listed = await endpointsOf(probe, actions)
  const facts = {
    version: core ? readVersion(header(core, 'AsteriskVersion')) : null,
    systemName: core ? header(core, 'SystemName') : null,
    actions,
    rights: rightsOf(user, written.user),
    settings: settingsOf(settings, written.general),
    written: written.user || written.general ? written : null,
    sawLogin: probe.heard.has('FullyBooted'),
    echo,
    skew,
    cel: await celOf(probe, actions),
    cdr: await cdrOf(probe, actions),
    queueLog: await queueLogOf(probe, actions),
    directories: directoriesOf(readLines(await command(probe, actions, 'core show settings'))),
    endpoints: listed.endpoints,
    endpointsAreAll: listed.areAll,
    members: await membersOf(probe, actions),
    channels: (await probe.askList('CoreShowChannels'))?.length ?? null,
  }
  if (listenMs > 0) await probe.listen(listenMs, signal)
  return { ...facts, heard: probe.heard, isSilent: probe.isSilent }
}

async function actionsOf(probe: AmiProbe): Promise<Set<string> | null> {
  const answer = await probe.ask('ListCommands')
  if (!answer) return null
  return new Set([...answer.keys()].filter((name) => !['Response', 'ActionID', 'Message'].includes(name)))
}

async function provoke(probe: AmiProbe): Promise<AmiMessage | null | undefined> {
  const coming = probe.nextEvent((message) => header(message, 'UserEvent') === ECHO, ECHO_MS)
  const sent = await probe.ask('UserEvent', [['UserEvent', ECHO]])
  const event = await coming
  return sent === null ? undefined : event
}

/** A line of Asterisk's command line, where the user may use it. Only ever `… show …`. */
async function command(probe: AmiProbe, actions: ReadonlySet<string> | null, line: string): Promise<AmiMessage | null> {
  if (!actions?.has('Command')) return null
  return probe.ask('Command', [['Command', line]])
}

async function sections(
  probe: AmiProbe,
  actions: ReadonlySet<string> | null,
  file: string,
  category?: string,
): Promise<Map<string, ConfigSection> | null> {
  if (!actions?.has('GetConfig')) return null
  const answer = await probe.ask('GetConfig', [
    ['Filename', file],
    ...(category === undefined ? [] : [['Category', category] as const]),
  ])
  return answer ? readSections(answer) : null
}

function readLines(answer: AmiMessage | null): readonly string[] | null {
  return answer ? outputOf(answer) : null
}

function rightsOf(lines: readonly string[] | null, written: ConfigSection | null): ManagerRights | null {
  const read = lines && readLabel(lines, 'read perm')
  const write = lines && readLabel(lines, 'write perm')
  if (lines && read !== null && write !== null) {
    const acl = readLabel(lines, 'ACL')
    return { read: readClasses(read), write: readClasses(write), hasAcl: acl === null ? null : isYes(acl) }
  }
  if (!written) return null
  return {
    read: readClasses(settingOf(written, 'read') ?? ''),
    write: readClasses(settingOf(written, 'write') ?? ''),
    hasAcl: ['permit', 'deny', 'acl'].some((name) => written.has(name)),
  }
}

function settingsOf(lines: readonly string[] | null, written: ConfigSection | null): ManagerSettings | null {
  const timestamps = lines && readLabel(lines, 'Timestamp events')
  if (lines && timestamps !== null) {
    return {
      timestampEvents: isYes(timestamps),
      channelVariables: namesOf(readLabel(lines, 'Channel vars') ?? ''),
      bindAddress: readLabel(lines, 'TCP Bindaddress'),
    }
  }
  if (!written) return null
  return {
    timestampEvents: isYes(settingOf(written, 'timestampevents') ?? 'no'),
    channelVariables: namesOf(settingOf(written, 'channelvars') ?? ''),
    bindAddress: settingOf(written, 'bindaddr'),
  }
}

function namesOf(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

const CEL_STORES = [
  ['cel_custom.conf', /custom/i],
  ['cel_pgsql.conf', /pgsql/i],
  ['cel_odbc.conf', /odbc/i],
] as const

async function celOf(probe: AmiProbe, actions: ReadonlySet<string> | null): Promise<AsteriskFacts['cel']> {
  const lines = readLines(await command(probe, actions, 'cel show status'))
  const logging = lines && readLabel(lines, 'CEL Logging')
  const unused: RegExp[] = []
  const used: string[] = []
  // Some say that they write although their file names no place to write to.
  for (const [file, name] of CEL_STORES) {
    const found = await sections(probe, actions, file)
    if (hasSettings(found)) used.push(file)
    else if (actions?.has('GetConfig')) unused.push(name)
  }
  if (lines && logging !== null) {
    return {
      enabled: /^enabled$/i.test(logging),
      subscribers: readLabels(lines, 'CEL Event Subscriber').filter((name) => !unused.some((one) => one.test(name))),
      events: readLabels(lines, 'CEL Tracking Event'),
    }
  }
  const written = await sections(probe, actions, 'cel.conf')
  if (!written) return null
  const subscribers = isYes(settingOf(written.get('manager'), 'enabled') ?? 'no') ? ['Manager Event Logging'] : []
  subscribers.push(...used)
  return {
    enabled: isYes(settingOf(written.get('general'), 'enable') ?? 'no'),
    subscribers,
    events: namesOf(settingOf(written.get('general'), 'events') ?? ''),
  }
}

function hasSettings(file: Map<string, ConfigSection> | null): boolean {
  return file !== null && [...file.values()].some((section) => section.size > 0)
}

async function cdrOf(probe: AmiProbe, actions: ReadonlySet<string> | null): Promise<AsteriskFacts['cdr']> {
  const lines = readLines(await command(probe, actions, 'cdr show status'))
  const logging = lines && readLabel(lines, 'Logging')
  if (!lines || logging === null) return null
  const backends = readBlock(lines, 'Registered Backends').filter((name) => !name.includes('(suspended)'))
  return { enabled: /^enabled$/i.test(logging), backends }
}

/** It is on unless logger.conf says no. */
async function queueLogOf(probe: AmiProbe, actions: ReadonlySet<string> | null): Promise<boolean | null> {
  const written = await sections(probe, actions, 'logger.conf', 'general')
  return written ? isYes(settingOf(written.get('general'), 'queue_log') ?? 'yes') : null
}

function directoriesOf(lines: readonly string[] | null): AsteriskFacts['directories'] {
  const spool = lines && readLabel(lines, 'Spool directory')
  const log = lines && readLabel(lines, 'Log directory')
  return spool && log ? { spool, log } : null
}

/** Of both kinds of SIP. Without the right to list them: those whose state is known. */
async function endpointsOf(
  probe: AmiProbe,
  actions: ReadonlySet<string> | null,
): Promise<{ endpoints: Endpoint[] | null; areAll: boolean }> {
  const may = (action: string) => actions === null || actions.has(action)
  const pjsip = may('PJSIPShowEndpoints') ? await probe.askList('PJSIPShowEndpoints') : null
  const sip = may('SIPpeers') ? await probe.askList('SIPpeers') : null
  const devices = pjsip || !may('DeviceStateList') ? null : await probe.askList('DeviceStateList')
  if (!pjsip && !sip && !devices) return { endpoints: null, areAll: false }
  const all = new Map<string, Endpoint>()
  for (const row of pjsip ?? []) {
    const name = `PJSIP/${header(row, 'ObjectName')}`
    all.set(name, { name, logsInElsewhere: header(row, 'OutboundAuths') !== '' })
  }
  const others = [
    ...(sip ?? []).map((row) => `SIP/${header(row, 'ObjectName')}`),
    ...(devices ?? []).map((row) => header(row, 'Device')).filter((name) => /^(PJSIP|SIP|IAX2|DAHDI)\//.test(name)),
  ]
  for (const name of others) if (!all.has(name)) all.set(name, { name, logsInElsewhere: false })
  return { endpoints: [...all.values()], areAll: pjsip !== null }
}

async function membersOf(probe: AmiProbe, actions: ReadonlySet<string> | null): Promise<AsteriskFacts['members']> {
  if (actions !== null && !actions.has('QueueStatus')) return null
  const rows = await probe.askList('QueueStatus')
  return (
    rows
      ?.filter((row) => header(row, 'Event') === 'QueueMember')
      .map((row) => ({
        queue: header(row, 'Queue'),
        interface: header(row, 'Location') || header(row, 'Interface'),
      })) ?? null
  )
}
