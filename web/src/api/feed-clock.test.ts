import assert from 'node:assert/strict'
import { test } from 'node:test'
import { feedClock } from './feed-clock.ts'

test('a desk computer that is minutes off is found out by the quickest bundle', () => {
  const clock = feedClock()
  clock.noteRoundTrip(40)
  // The browser is 180 s behind; bundles take 20, 25 and 300 ms.
  for (const under of [25, 20, 300]) clock.noteSent(1_000_000, 1_000_000 - 180_000 + under)
  assert.equal(clock.offsetMs, 180_000)
})

test('a clock that is set right is believed after a while', () => {
  const clock = feedClock()
  clock.noteRoundTrip(0)
  clock.noteSent(10_000, 5_000)
  assert.equal(clock.offsetMs, 5_000)
  for (let n = 0; n < 64; n++) clock.noteSent(20_000, 20_000)
  assert.equal(clock.offsetMs, 0)
})

test('before anything was told the browser’s clock is taken as it is', () => {
  assert.equal(feedClock().offsetMs, 0)
})
