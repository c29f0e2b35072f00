// Names recordings: `<instance>/<day of the call's start>/<call>-<n>.wav`. Made from checked words or hashes, never from
// input as it came.
import { createHash } from 'node:crypto'

/** Lower case only: on file systems that do not tell case apart, two call ids must not share a file. */
const SAFE_NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/

/** The key of a recording, with `/`. `day`: `2026-11-23`, from our clock. */
export function recordingKey({
  instance,
  day,
  callId,
  n,
}: {
  instance: string
  day: string
  callId: string
  n: number
}): string {
  return `${safeName(instance)}/${day}/${safeName(callId)}-${n}.wav`
}

/** What the keys of an instance's recordings begin with. */
export function instancePrefix(instance: string): string {
  return `${safeName(instance)}/`
}

function safeName(id: string): string {
  return SAFE_NAME.test(id) && !id.includes('..') ? id : createHash('sha256').update(id).digest('hex')
}
