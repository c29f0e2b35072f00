// What must hold for whatever a connector tells, however mutilated its PBX's words were: events that cannot be taken are
// refused one by one with a reason, and every call that the others make derives, is sound and can be written.
import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { callToDetailJson } from '../../src/calls/call-json.ts'
import { checkEvent } from '../../src/calls/check-event.ts'
import { clockIn } from '../../src/calls/instant.ts'
import { callsOf } from '../../src/cli/derive.ts'

const clock = clockIn('Asia/Shanghai')

export interface ToldFigures {
  events: number
  refused: number
  calls: number
}

/** @param now epoch ms against which the events' times are held, as at the door. */
export function assertTold(events: readonly CallEvent[], now: number): ToldFigures {
  const taken = events.filter((event) => {
    const checked = checkEvent(event, now)
    if ('refusal' in checked) assert.ok(checked.refusal.code && checked.refusal.detail)
    return !('refusal' in checked)
  })
  const calls = callsOf(taken, 'fuzz')
  for (const call of calls) {
    assert.ok(Number.isFinite(call.startedAt), 'it has a start')
    assert.equal(call.endedAt === null, call.hangupReason === null, 'a reason once it has ended')
    assert.equal(call.endedAt === null, call.phase !== null, 'a phase until then')
    for (const ms of [call.ivrMs, call.queueMs, call.ringMs, call.talkMs, call.holdMs, call.durationMs ?? 0])
      assert.ok(Number.isFinite(ms) && ms >= 0, `a duration of ${ms} ms`)
    JSON.stringify(callToDetailJson({ ...call, seq: 0 }, clock.write))
  }
  return { events: events.length, refused: events.length - taken.length, calls: calls.length }
}

/** The same items in the same order; says the first that differs, and not all of both. */
export function assertSameItems(given: readonly unknown[], expected: readonly unknown[]): void {
  for (let i = 0; i < Math.max(given.length, expected.length); i++) {
    if (isDeepStrictEqual(given[i], expected[i])) continue
    const [one, two] = [given[i], expected[i]].map((item) => (JSON.stringify(item) ?? 'nothing').slice(0, 300))
    assert.fail(`in chunks item ${i} is ${one}, in one piece ${two}`)
  }
}
