// Which call a file of a watched folder belongs to, read from its name alone. Pure; called by recording-watch.ts.

import { isAudioName } from './bare-audio.ts'

export interface NamedRecording {
  callId: string
  n: number
  /** The file holds one direction of the call only. */
  half?: Half
}

/** What came in from the recorded channel, what went out to it: Asterisk's Monitor, and MixMonitor's options r and t. */
export type Half = 'in' | 'out'

const HALF = /-(in|out)$/i

/** FreePBX writes who called whom and when in front of the channel's id: `external-1001-13800138000-20261123-101530-1795399913.0`. */
const AFTER_DATE_AND_TIME = /-20\d{6}-\d{6}-((?:.+-)?\d{9,11}\.\d+)$/
/** FreeSWITCH's templates put the call's uuid last: `20261123-101530_13800138000_8eb1fc65-804e-4411-922a-52385cd291ac`. */
const UUID_AT_THE_END = /[_.]([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i

/**
 * `<call id>.wav` is the call's first recording, `<call id>-2.wav` its second; `<call id>-in.wav` and `<call id>-out.wav` are
 * the two directions of the first. null: nothing that can be a recording.
 * Asterisk: the call id is the linked id (`1795399913.0`, `pbx1-1795399913.0`), the name is made by the dialplan.
 */
export function readRecordingName(relativeName: string): NamedRecording | null {
  const { stem, half } = partsOf(relativeName.slice(relativeName.lastIndexOf('/') + 1)) ?? {}
  // Whoever makes a .tmp is not finished with it, and gives it its own name then.
  if (!stem || stem.startsWith('.') || /\.(tmp|part|partial)$/i.test(stem)) return null
  const inside = AFTER_DATE_AND_TIME.exec(stem)?.[1] ?? UUID_AT_THE_END.exec(stem)?.[1]
  if (inside !== undefined && inside.length <= 200) return { callId: inside, n: 1, ...half }
  const [, callId = '', n = '1'] = /^(.+?)(?:-([1-9]\d?))?$/.exec(stem) ?? []
  return callId === '' || callId.length > 200 ? null : { callId, n: Number(n), ...half }
}

/** `stem`: without ending and direction. null: not the name of audio. */
function partsOf(name: string): { stem: string; half: { half?: Half } } | null {
  if (!isAudioName(name)) return null
  const whole = name.slice(0, name.lastIndexOf('.'))
  const direction = HALF.exec(whole)?.[1]?.toLowerCase()
  if (direction !== 'in' && direction !== 'out') return { stem: whole, half: {} }
  return { stem: whole.replace(HALF, ''), half: { half: direction } }
}

/** Of a file with one direction: the name of the one with the other. */
export function otherHalfName(name: string): string {
  return name.replace(/-(in|out)(?=\.\w+$)/i, (_, half: string) => {
    const other = half.toLowerCase() === 'in' ? 'out' : 'in'
    return half === half.toUpperCase() ? `-${other.toUpperCase()}` : `-${other}`
  })
}

/** The WAV that would hold all of what this file (one direction, or one without a header) holds. */
export function wholeWavName(name: string): string {
  return name.replace(/(?:-(?:in|out))?\.\w+$/i, '.wav')
}

export type ReadName = (relativeName: string) => NamedRecording | null

/**
 * Reads names by a template: `{callId}`, `{n}` (which recording of the call; without it the first) and `*` (anything within
 * a name), without the ending and `-in`, `-out`. With a `/` in it it is held against the whole name below the folder (`*\/archive\/*\/{callId}`),
 * else against the file's own. Names that do not fit are no recordings.
 * @throws Error with a sentence for the administrator
 */
export function nameReader(template: string): ReadName {
  const words = template.split(/(\{[^}]*\}|\*)/)
  const count = (word: string) => words.filter((one) => one === word).length
  const unknown = words.find((word) => word.startsWith('{') && word !== '{callId}' && word !== '{n}')
  if (unknown !== undefined) throw new Error(`${unknown} is neither {callId} nor {n}`)
  if (count('{callId}') !== 1 || count('{n}') > 1) throw new Error('it needs {callId} once, and {n} at most once')
  // Each more would multiply the ways in which a name can be read.
  const perName = template.split('/').map((part) => part.split('*').length - 1)
  if (Math.max(...perName) > 2) throw new Error('it has more than two * within one name')
  const pattern = words.map((word) => PATTERNS.get(word) ?? word.replace(/[.\\+?^${}()|[\]]/g, '\\$&')).join('')
  const whole = new RegExp(`^${pattern}$`, 'i')
  const isPath = template.includes('/')
  return (relativeName) => {
    const name = isPath ? relativeName : relativeName.slice(relativeName.lastIndexOf('/') + 1)
    if (name.length > LONGEST_NAME) return null
    const { stem = '', half } = partsOf(name) ?? {}
    const { callId, n = '1' } = whole.exec(stem)?.groups ?? {}
    return callId === undefined || callId.length > 200 ? null : { callId, n: Number(n), ...half }
  }
}

const LONGEST_NAME = 1_000
const PATTERNS = new Map([
  ['{callId}', '(?<callId>[^/]+?)'],
  ['{n}', '(?<n>[1-9]\\d?)'],
  ['*', '[^/]*?'],
])
