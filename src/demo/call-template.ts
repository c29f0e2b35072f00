// A recorded call with its ids, numbers, names and times made blanks: compiled once per recording, filled in once per
// simulated call (call-plan.ts decides with what). Whatever is not a blank is told exactly as Asterisk told it.

import type { CallPart } from './call-phases.ts'
import { partsAfter } from './call-phases.ts'
import type { RecordedCall, RecordedMessage } from './recorded-calls.ts'
import type { TimeMap } from './time-map.ts'

/** What stands in a blank. `i` tells two agents, queues… of one call apart. */
export type Slot =
  | { kind: 'agent-number' | 'agent-name' | 'queue'; i: number }
  /** `customer-through-virtual`: dialled with 88 in front, which chooses a virtual number to be shown. */
  | { kind: 'customer-through-virtual' }
  | { kind: 'customer' | 'main-number' | 'direct-number' | 'virtual-number' | 'external-number' | 'mobile' | 'key' }
  | { kind: 'bridge' | 'channel' }
  /** An Asterisk id: `prefix` where the platform chose it (`dc-1795399137891`); bornUs: when its channel came. */
  | { kind: 'unique-id'; prefix: string | null; suffix: string; bornUs: number; original: string }

/** Times that a message tells; message indexes, or microseconds of the recording. */
type TimeBlank =
  | { kind: 'timestamp'; i: number }
  | { kind: 'since'; from: number; to: number; unitUs: number }
  | { kind: 'span'; fromUs: number; toUs: number }
  | { kind: 'clock'; atUs: number }
  | { kind: 'earlier' }

export type Part = string | number | TimeBlank

export interface TemplateAgent {
  number: string
  /** The queue slot through which her phone rings; null: called directly. */
  queue: number | null
  /** First and last message of her phone: she is in no other call meanwhile. */
  firstMessage: number
  lastMessage: number
}

export interface CallTemplate {
  recorded: RecordedCall
  slots: readonly Slot[]
  agents: readonly TemplateAgent[]
  queues: readonly string[]
  offsetsUs: Float64Array
  parts: readonly CallPart[]
  endsWaiting: boolean
  /** What the customer pressed to get where she went; null: no menu, or a key that is the same everywhere. */
  menuKey: string | null
  messages: readonly (readonly Part[])[]
  recording: { startMessage: number; endMessage: number; idSlot: number } | null
  /** Index of the first slot that is the call's own id (its Linkedid). */
  callIdSlot: number
  /** Cuts any text about this call (such as call events made from it) at the same blanks. */
  cut(text: string): Part[]
}

/** How the main menu is called; the recordings say `main`. */
export const MENU_NODE = '主菜单'

const AGENT_NAMES: Record<string, string> = { '1001': '张三', '1002': '李四', '1003': '王五', '1004': '赵六' }
const QUEUES = ['sales', 'support', 'ringall', 'localn', 'localopt', 'empty']
const FIXED: [string, Slot][] = [
  ['13800138000', { kind: 'customer' }],
  ['8813800138000', { kind: 'customer-through-virtual' }],
  ['02150001000', { kind: 'main-number' }],
  ['02150001001', { kind: 'main-number' }],
  ['02150002001', { kind: 'direct-number' }],
  ['17090000001', { kind: 'virtual-number' }],
  ['13900139000', { kind: 'external-number' }],
  ['13900001001', { kind: 'mobile' }],
  ['13700137009', { kind: 'mobile' }],
]
/** Keys that mean the same whatever queue a call goes to: the external line, and one that leads nowhere. */
const FIXED_KEYS = new Set(['3', '9'])
const UNIQUE_ID_HEADER = /(Uniqueid|UniqueId|UniqueID|Linkedid|LinkedID)$/
const CHANNEL_HEADER = /Channel$/

export function compileCall(recorded: RecordedCall): CallTemplate {
  const { messages } = recorded
  const slots: Slot[] = []
  const tokens = new Map<string, number>()
  const blank = (token: string, slot: Slot) => {
    if (token !== '' && !tokens.has(token)) tokens.set(token, slots.push(slot) - 1)
  }
  for (const [token, slot] of FIXED) if (mentions(messages, token)) blank(token, slot)

  const queues = uniqueValues(messages, 'QueueCallerJoin', 'Queue')
  // A queue may be named without anybody joining it: it had no members, or the customer never answered.
  for (const queue of QUEUES) if (!queues.includes(queue) && mentions(messages, queue)) queues.push(queue)
  queues.forEach((queue, i) => {
    blank(queue, { kind: 'queue', i })
  })
  const agents = findAgents(messages, queues)
  agents.forEach(({ number }, i) => {
    blank(number, { kind: 'agent-number', i })
    blank(AGENT_NAMES[number] ?? '', { kind: 'agent-name', i })
  })
  blankIds(messages, blank)

  const callId = headerOf(messages[0], 'Linkedid') ?? ''
  const menuKey = recorded.expect.keys?.find((key) => !FIXED_KEYS.has(key)) ?? null
  const keySlot = menuKey === null ? -1 : slots.push({ kind: 'key' }) - 1
  const pattern = tokenPattern([...tokens.keys()])
  const cut = (text: string) => cutText(text, pattern, tokens)
  const offsetsUs = Float64Array.from(messages, ([offset]) => offset)
  return {
    recorded,
    slots,
    agents,
    queues,
    offsetsUs,
    parts: partsAfter(messages),
    endsWaiting: ['queue_abandon', 'queue_timeout'].includes(recorded.expect.hangup),
    menuKey,
    messages: messages.map((_, i) => compileMessage(recorded, i, cut, menuKey, keySlot)),
    recording: findRecording(messages, tokens),
    callIdSlot: tokens.get(callId) ?? 0,
    cut,
  }
}

/** The text of one message, or of anything else cut at the template's blanks. `startUs`: when the call began, epoch µs. */
export function fill(parts: readonly Part[], values: readonly string[], times: TimeMap, startUs: number): string {
  let text = ''
  for (const part of parts) {
    if (typeof part === 'string') text += part
    else if (typeof part === 'number') text += values[part] ?? ''
    else text += fillTime(part, times, startUs)
  }
  return text
}

function fillTime(blank: TimeBlank, times: TimeMap, startUs: number): string {
  switch (blank.kind) {
    case 'timestamp': {
      const us = startUs + (times.messageUs[blank.i] ?? 0)
      return `${Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')}`
    }
    case 'since':
      return String(Math.floor(((times.messageUs[blank.to] ?? 0) - (times.messageUs[blank.from] ?? 0)) / blank.unitUs))
    case 'span':
      return String(Math.floor((times.at(blank.toUs) - times.at(blank.fromUs)) / 1e6))
    case 'clock':
      return new Date((startUs + times.at(blank.atUs)) / 1000).toISOString().slice(0, 19).replace('T', ' ')
    case 'earlier':
      return String(Math.floor(startUs / 1e6) - 1_800)
  }
}

function compileMessage(
  recorded: RecordedCall,
  i: number,
  cut: (text: string) => Part[],
  menuKey: string | null,
  keySlot: number,
): Part[] {
  const message = recorded.messages[i]
  if (!message) return []
  const headers = message[1]
  const parts: Part[] = []
  for (const [key, value] of headers) {
    parts.push(...cut(key), ': ')
    const time = timeBlank(recorded, i, key, value)
    const inMenu = headerOf(message, 'Context') === 'ivr-main'
    if (time) parts.push(time)
    else if (inMenu && value === menuKey && (key === 'Digit' || key === 'Key' || key === 'Exten')) parts.push(keySlot)
    else if (key === 'Node' && value === 'main') parts.push(MENU_NODE)
    else parts.push(...cut(value))
    parts.push('\r\n')
  }
  parts.push('\r\n')
  return joinTexts(parts)
}

/** Numbers and clock times of a message that change with the times of the call; null: the value is none. */
function timeBlank(recorded: RecordedCall, i: number, key: string, value: string): TimeBlank | null {
  const event = headerOf(recorded.messages[i], 'Event') ?? ''
  const since = (name: string, unitUs = 1e6): TimeBlank | null => {
    const from = recorded.messages.findLastIndex((m, j) => j < i && headerOf(m, 'Event') === name)
    return from < 0 ? null : { kind: 'since', from, to: i, unitUs }
  }
  switch (key) {
    case 'Timestamp':
      return { kind: 'timestamp', i }
    case 'HoldTime':
      return since('QueueCallerJoin')
    case 'TalkTime':
      return since('AgentConnect')
    case 'RingTime':
      return since('AgentCalled', event === 'AgentRingNoAnswer' ? 1e3 : 1e6)
    case 'LastCall':
    case 'LastPause':
    case 'LoginTime':
      return value === '0' ? null : { kind: 'earlier' }
  }
  if (event !== 'Cdr') return null
  const clock = (header: string) => {
    const text = headerOf(recorded.messages[i], header)
    return text ? Math.max(0, Date.parse(`${text.replace(' ', 'T')}Z`) * 1000 - recorded.startedUs) : null
  }
  const endUs = clock('EndTime') ?? 0
  switch (key) {
    case 'StartTime':
    case 'AnswerTime':
    case 'EndTime': {
      const atUs = clock(key)
      return atUs === null ? null : { kind: 'clock', atUs }
    }
    case 'Duration':
      return { kind: 'span', fromUs: clock('StartTime') ?? endUs, toUs: endUs }
    case 'BillableSeconds':
      return { kind: 'span', fromUs: clock('AnswerTime') ?? endUs, toUs: endUs }
  }
  return null
}

function findAgents(messages: readonly RecordedMessage[], queues: readonly string[]): TemplateAgent[] {
  const agents = new Map<string, TemplateAgent>()
  messages.forEach((message, i) => {
    for (const [key, value] of message[1]) {
      const number = CHANNEL_HEADER.test(key) ? /^PJSIP\/(\d{4})\b/.exec(value)?.[1] : undefined
      if (number === undefined) continue
      const agent = agents.get(number) ?? { number, queue: null, firstMessage: i, lastMessage: i }
      agent.lastMessage = i
      agents.set(number, agent)
    }
    if (headerOf(message, 'Event') !== 'AgentCalled') return
    const number = /\/(\d{4})\b/.exec(headerOf(message, 'Interface') ?? '')?.[1]
    const queue = queues.indexOf(headerOf(message, 'Queue') ?? '')
    if (number === undefined || queue < 0) return
    const agent = agents.get(number) ?? { number, queue: null, firstMessage: i, lastMessage: i }
    agent.queue ??= queue
    agents.set(number, agent)
  })
  return [...agents.values()]
}

function blankIds(messages: readonly RecordedMessage[], blank: (token: string, slot: Slot) => void): void {
  const born = new Map<string, number>()
  for (const [offset, headers] of messages) {
    for (const [key, value] of headers) {
      if (UNIQUE_ID_HEADER.test(key) && !key.startsWith('Bridge') && !/BridgeUniqueid$/.test(key)) {
        if (value !== '' && !born.has(value)) born.set(value, offset)
      } else if (/BridgeUniqueid$/.test(key)) {
        blank(value, { kind: 'bridge' })
      } else if (CHANNEL_HEADER.test(key)) {
        const suffix = /-[0-9a-f]{8}(?=$|;)/.exec(value)?.[0]
        if (suffix) blank(suffix, { kind: 'channel' })
      }
    }
  }
  for (const [original, bornUs] of born) {
    const chosen = /^([a-z]+-)(\d+)(-\d+)?$/.exec(original)
    blank(original, {
      kind: 'unique-id',
      prefix: chosen?.[1] ?? null,
      suffix: chosen?.[3] ?? '',
      bornUs,
      original: original.replace(/(-\d+)-\d+$/, '$1'),
    })
  }
}

function findRecording(
  messages: readonly RecordedMessage[],
  tokens: ReadonlyMap<string, number>,
): CallTemplate['recording'] {
  const startMessage = messages.findIndex((message) => headerOf(message, 'Event') === 'MixMonitorStart')
  const started = messages[startMessage]
  if (!started) return null
  const channel = headerOf(started, 'Uniqueid')
  const endMessage = messages.findIndex((m) => headerOf(m, 'Event') === 'Hangup' && headerOf(m, 'Uniqueid') === channel)
  const id = started[1].find(([key, value]) => key === 'ChanVariable' && value.startsWith('CC_REC='))?.[1].slice(7)
  const idSlot = tokens.get(id ?? '')
  return idSlot === undefined || endMessage < 0 ? null : { startMessage, endMessage, idSlot }
}

function cutText(text: string, pattern: RegExp, tokens: ReadonlyMap<string, number>): Part[] {
  const parts: Part[] = []
  let end = 0
  for (const found of text.matchAll(pattern)) {
    const slot = tokens.get(found[0])
    if (slot === undefined) continue
    if (found.index > end) parts.push(text.slice(end, found.index))
    parts.push(slot)
    end = found.index + found[0].length
  }
  if (end < text.length) parts.push(text.slice(end))
  return parts
}

/** Longest first, and never inside a longer word or number: agent 1001 is not in 13900001001. */
function tokenPattern(tokens: readonly string[]): RegExp {
  const alternatives = [...tokens]
    .sort((a, b) => b.length - a.length)
    .map((token) => {
      const escaped = token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      return token.startsWith('-') ? `${escaped}(?![0-9a-f])` : `(?<![\\w.])${escaped}(?![\\w.])`
    })
  return new RegExp(alternatives.join('|'), 'g')
}

function joinTexts(parts: readonly Part[]): Part[] {
  const joined: Part[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined
}

function mentions(messages: readonly RecordedMessage[], token: string): boolean {
  return messages.some(([, headers]) => headers.some(([, value]) => value.includes(token)))
}

function uniqueValues(messages: readonly RecordedMessage[], event: string, key: string): string[] {
  const values = messages.filter((m) => headerOf(m, 'Event') === event).map((m) => headerOf(m, key) ?? '')
  return [...new Set(values.filter((value) => value !== ''))]
}

function headerOf(message: RecordedMessage | undefined, key: string): string | undefined {
  return message?.[1].find(([name]) => name === key)?.[1]
}
