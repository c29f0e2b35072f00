import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAmiOrder, parseTimestamp, REORDER_WINDOW_MS } from './ami-order.ts'
import { messageOf } from './fake-ami-server.ts'

const T0 = 1_795_399_913_000

/** A message made `ms` after T0. */
function made(ms: number, name = `e${ms}`) {
  return messageOf({ Event: name, Timestamp: ((T0 + ms) / 1000).toFixed(6) })
}

const names = (released: { message: ReadonlyMap<string, readonly string[]> }[]) =>
  released.map(({ message }) => message.get('Event')?.[0])

test('messages come out in the order in which they were made, once nothing older can come', () => {
  const order = createAmiOrder()
  for (const ms of [10, 0, 30, 20]) order.push(made(ms), T0 + 40)
  assert.deepEqual(names(order.release(T0 + 41)), [])
  order.push(made(75), T0 + 80)
  assert.deepEqual(names(order.release(T0 + 80)), ['e0', 'e10'])
  assert.deepEqual(names(order.release(T0 + 40 + REORDER_WINDOW_MS)), ['e20', 'e30'])
  assert.deepEqual(names(order.flush()), ['e75'])
})

test('a message that comes again with the same time has come once; one with another time is another', () => {
  const order = createAmiOrder()
  for (const ms of [0, 0, 5, 0]) order.push(made(ms, 'DialEnd'), T0)
  assert.equal(order.flush().length, 2)
})

test('without times, messages come out at once, as they came, and all of them', () => {
  const order = createAmiOrder()
  for (const name of ['b', 'a', 'b']) order.push(messageOf({ Event: name }), T0)
  assert.deepEqual(names(order.release(T0)), ['b', 'a', 'b'])
})

test('answers without a time are put where they came among events of a PBX whose clock is wrong', () => {
  const order = createAmiOrder()
  const wrongMs = 3_600_000
  order.push(made(0), T0 + wrongMs)
  order.push(messageOf({ Event: 'CoreShowChannel' }), T0 + wrongMs + 10)
  order.push(made(20), T0 + wrongMs + 20)
  const released = order.flush()
  assert.deepEqual(names(released), ['e0', 'CoreShowChannel', 'e20'])
  assert.equal(released[1]?.at, T0 + 10)
})

test('microseconds of a timestamp are kept', () => {
  assert.equal(parseTimestamp('1795399913.599987'), 1795399913599.987)
  assert.equal(parseTimestamp('soon'), null)
})
