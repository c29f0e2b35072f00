// The calls that a real Asterisk made and whose events were recorded (traces/calls.jsonl.gz, made by pack-traces.ts).
// The simulated PBX replays them; nothing here changes them.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** Microseconds since the call began, and the headers in order; a header may come more than once. */
export type RecordedMessage = [offsetUs: number, headers: [key: string, value: string][]]

/** What a right record says about the recorded call, in the words of the recordings (`double`, `queue_abandon`…). */
export interface RecordedExpectation {
  type: string
  hangup: string
  why?: string
  by?: string
  customer?: string | null
  did?: string
  agent?: string | null
  agents?: string[]
  rang?: string[]
  skill?: string | null
  skills?: string[]
  keys?: string[]
  external?: string
  virtual?: string
  /** The number that dialled the virtual number. */
  a?: string
  recording?: boolean
}

export interface RecordedCall {
  scenario: string
  about: string
  startedUs: number
  expect: RecordedExpectation
  messages: RecordedMessage[]
}

export function readRecordedCalls(): RecordedCall[] {
  const text = gunzipSync(readFileSync(new URL('./traces/calls.jsonl.gz', import.meta.url))).toString('utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedCall)
}
