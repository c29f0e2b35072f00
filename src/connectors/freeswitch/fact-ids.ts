// The ids of call events. The event socket and json_cdr tell the same facts at different times and in different words;
// whichever comes second vanishes because both name a fact alike: by its leg, its kind and, where it can happen again,
// by a time in microseconds that both carry, or by its number in the leg.
import type { CallEventType } from '../../calls/call-event.ts'

/** `which`: tells apart what may happen to a leg more than once. */
export function factId(leg: string, type: CallEventType, which?: string | number): string {
  const id = which === undefined ? `${leg}:${type}` : `${leg}:${type}:${which}`
  return id.length <= 200 ? id : `${id.slice(0, 100)}…${id.slice(-99)}`
}

/** Epoch ms with fraction → whole microseconds. */
export function micros(at: number): string {
  return String(Math.round(at * 1000))
}

/** The last part of a recording's path, which may be rewritten between machines. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * The id of the n-th key or menu of a leg; `null`: it is not known how many there were before. json_cdr, which knows the
 * number of all, reads from such `late` ids how many were told.
 */
export function countedId(leg: string, type: CallEventType, n: number | null, at: number, of = ''): string {
  const which = n === null ? `late:${micros(at)}` : String(n)
  return factId(leg, type, of ? `${of.slice(0, 80)}:${which}` : which)
}
