// How soon recordings are there: from the end of a call (the PBX's clock) to the commit that makes its recording available
// (Callbook's; the same machine's). Printed after the scenarios and the mix; nothing fails for being slow.
import type { CallDetailJson } from '../../src/calls/call-json.ts'
import { type Api, listCalls, readCall } from './api.ts'

export interface Arrivals {
  /** Calls in which an agent and a customer talked, so that there must be a recording. */
  talked: CallDetailJson[]
  /** Of those, the ones without an available recording. */
  unheard: CallDetailJson[]
  /** From hangup to available, ms, ascending. Recordings that were there before the call's end are 0. */
  ms: number[]
}

/** Every call that began at `from` (epoch ms) or later. */
export async function readArrivals(api: Api, { from }: { from: number }): Promise<Arrivals> {
  const calls = await Promise.all((await listCalls(api, { from })).map(({ id }) => readCall(api, id)))
  const talked = calls.filter((call) => call.type !== 'internal' && call.endedAt !== null && (call.talkMs ?? 0) > 1_000)
  const unheard = talked.filter((call) => !call.recordings.some(({ state }) => state === 'available'))
  const ms = calls
    .filter((call) => !call.endEstimated && !call.steps.some((step) => step.type === 'call-reconstructed'))
    .flatMap((call) =>
      call.steps
        .filter((step) => step.type === 'recording-stored')
        .map((step) => Math.max(0, Date.parse(step.at) - Date.parse(call.endedAt ?? step.at))),
    )
    .sort((a, b) => a - b)
  return { talked, unheard, ms }
}

export function describeArrivals({ ms }: Arrivals): string {
  const at = (share: number) => ms[Math.min(ms.length - 1, Math.floor(ms.length * share))]
  return `${ms.length} recordings, available after the hangup: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, longest ${ms.at(-1)} ms`
}
