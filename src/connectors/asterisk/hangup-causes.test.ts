import assert from 'node:assert/strict'
import { test } from 'node:test'
import { externalOutcomeOf, notConnectedCauseOf, ringOutcomeOf } from './hangup-causes.ts'

const leg = (status: string | null, cause: number, callerGaveUp = false) => ({ status, cause, callerGaveUp })

test('the cause of the hangup tells what the dial status hides', () => {
  assert.equal(notConnectedCauseOf(leg('BUSY', 17)), 'busy')
  assert.equal(notConnectedCauseOf(leg('NOANSWER', 21)), 'rejected')
  assert.equal(notConnectedCauseOf(leg('NOANSWER', 1)), 'invalid-number')
  assert.equal(notConnectedCauseOf(leg('NOANSWER', 19)), 'no-answer')
  assert.equal(notConnectedCauseOf(leg('NOANSWER', 0)), 'no-answer')
  assert.equal(notConnectedCauseOf(leg('CONGESTION', 34)), 'network')
  assert.equal(notConnectedCauseOf(leg('CANCEL', 127, true)), 'caller-cancelled')
  assert.equal(notConnectedCauseOf(leg(null, 19)), 'no-answer')
})

test('a busy line stays busy, even if the caller hangs up at that moment', () => {
  assert.equal(notConnectedCauseOf(leg('BUSY', 17, true)), 'busy')
  assert.equal(externalOutcomeOf(leg('BUSY', 17)), 'busy')
  assert.equal(externalOutcomeOf(leg('CANCEL', 0, true)), 'cancelled')
  assert.equal(externalOutcomeOf(leg('CONGESTION', 34)), 'failed')
})

test('a phone stops ringing in many ways', () => {
  const ring = (status: string | null, cause: number, more = {}) =>
    ringOutcomeOf({ ...leg(status, cause), missed: false, answeredElsewhere: false, ...more })
  assert.equal(ring('NOANSWER', 0), 'no-answer')
  assert.equal(ring('NOANSWER', 21), 'rejected')
  assert.equal(ring('CANCEL', 26), 'answered-elsewhere')
  assert.equal(ring('CANCEL', 0, { answeredElsewhere: true }), 'answered-elsewhere')
  assert.equal(ring('CANCEL', 0, { callerGaveUp: true }), 'cancelled')
  assert.equal(ring('CANCEL', 0, { missed: true }), 'no-answer')
  assert.equal(ring('CANCEL', 0), 'withdrawn')
  assert.equal(ring(null, 19), 'no-answer')
  assert.equal(ring('CHANUNAVAIL', 20), 'unavailable')
})
