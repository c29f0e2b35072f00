// A recorded call of a real Asterisk, with the events of MixMonitorMute put in as core-en_US.xml of Asterisk 22 documents them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { deriveTrace } from '../../cli/derive.ts'
import { header } from './ami-parser.ts'
import { readTrace } from './read-trace.ts'

const TRACE = readFileSync(new URL('../../../test/traces/asterisk/in_direct_agent/ami.jsonl', import.meta.url))

test('a recording is paused while any of its directions is muted', () => {
  const { messages } = readTrace(TRACE)
  const start = messages.find(({ message }) => header(message, 'Event') === 'MixMonitorStart')
  assert(start)
  const startedAt = Number(header(start.message, 'Timestamp'))
  const mutes: [seconds: number, direction: string, state: string][] = [
    [0.5, 'both', '1'],
    [0.6, 'read', '1'],
    [1, 'read', '0'],
    [1.5, 'write', '0'],
    [2, 'write', '1'],
  ]
  const muted = mutes.map(([seconds, direction, state]) => {
    const more = {
      Event: 'MixMonitorMute',
      Timestamp: (startedAt + seconds).toFixed(6),
      Direction: direction,
      State: state,
    }
    const message = new Map<string, readonly string[]>(start.message)
    for (const [name, value] of Object.entries(more)) message.set(name, [value])
    return { message, receivedAt: start.receivedAt + seconds * 1000 }
  })
  const all = [...messages, ...muted].sort((a, b) => a.receivedAt - b.receivedAt)
  const [call] = deriveTrace(all, { name: 'pbx1', type: 'asterisk' })
  const began = call?.steps.find((step) => step.type === 'recording-started')?.offsetMs ?? 0
  assert.deepEqual(
    call?.recordings.map(({ pauses }) =>
      pauses.map(({ fromMs, toMs }) => [fromMs - began, toMs === null ? null : toMs - began]),
    ),
    [
      [
        [500, 1_500],
        [2_000, null],
      ],
    ],
  )
})

test('a recording that is stopped and begun again was paused; one that is only stopped was not', () => {
  const { messages } = readTrace(TRACE)
  const start = messages.find(({ message }) => header(message, 'Event') === 'MixMonitorStart')
  assert(start)
  const at = (seconds: number, event: string) => {
    const message = new Map<string, readonly string[]>(start.message)
    message.set('Event', [event])
    message.set('Timestamp', [(Number(header(start.message, 'Timestamp')) + seconds).toFixed(6)])
    return { message, receivedAt: start.receivedAt + seconds * 1000 }
  }
  const pausesOf = (...more: ReturnType<typeof at>[]) => {
    const all = [...messages, ...more].sort((a, b) => a.receivedAt - b.receivedAt)
    const [call] = deriveTrace(all, { name: 'pbx1', type: 'asterisk' })
    const began = call?.steps.find((step) => step.type === 'recording-started')?.offsetMs ?? 0
    return call?.recordings[0]?.pauses.map(({ fromMs, toMs }) => [fromMs - began, toMs === null ? null : toMs - began])
  }
  assert.deepEqual(pausesOf(at(0.5, 'MixMonitorStop'), at(1.5, 'MixMonitorStart')), [[500, 1_500]])
  assert.deepEqual(pausesOf(at(0.5, 'MixMonitorStop')), [])
})
