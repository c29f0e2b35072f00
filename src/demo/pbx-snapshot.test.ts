import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Headers, headerOf } from './ami-text.ts'
import { makeContactCentre } from './contact-centre.ts'
import { listBridges, listChannels, listQueues, listStatus, takeSnapshot } from './pbx-snapshot.ts'
import { randomFrom } from './random.ts'

// A real Asterisk was asked while one call was talking and another waited: its events up to then, and its answers.
const recorded = readFileSync(new URL('../../test/traces/asterisk/in_still_up/ami.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as { rx: number; m: Record<string, string | string[]> })
  .map(({ rx, m }) => ({ rx, headers: flat(m) }))
const askedAt = (recorded.find(({ headers }) => headerOf(headers, 'Event') === 'CoreShowChannel')?.rx ?? 0) * 1000
const snapshot = takeSnapshot(
  recorded.map(({ headers }) => headers).filter((headers) => headerOf(headers, 'Timestamp') !== ''),
)

const answered = (event: string) =>
  recorded.map(({ headers }) => headers).filter((headers) => headerOf(headers, 'Event') === event)

test('the channels shown are the ones a real Asterisk showed', () => {
  assert.deepEqual(byChannel(listChannels(snapshot, askedAt)), byChannel(answered('CoreShowChannel')))
})

test('the status of the channels is the one a real Asterisk gave', () => {
  const kept = (list: Headers[]) =>
    byChannel(list).map((headers) => headers.filter(([key]) => !/format|trans$/.test(key)))
  assert.deepEqual(kept(listStatus(snapshot, askedAt)), kept(answered('Status')))
})

test('the bridges and the waiting caller are the ones a real Asterisk gave', () => {
  const withoutId = (list: Headers[]) => list.map((headers) => headers.filter(([key]) => key !== 'ActionID'))
  assert.deepEqual(listBridges(snapshot), withoutId(answered('BridgeListItem')))
  const centre = { ...makeContactCentre(randomFrom(1)), skillGroups: [{ name: 'sales', key: '1' }] }
  const waiting = listQueues(snapshot, centre, 'sales', askedAt).filter((h) => headerOf(h, 'Event') === 'QueueEntry')
  assert.deepEqual(waiting, withoutId(answered('QueueEntry')))
})

function byChannel(list: Headers[]): Headers[] {
  return list
    .map((headers) => headers.filter(([key]) => key !== 'ActionID'))
    .sort((a, b) => headerOf(a, 'Channel').localeCompare(headerOf(b, 'Channel')))
}

function flat(message: Record<string, string | string[]>): Headers {
  return Object.entries(message).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [key, one]),
  )
}
