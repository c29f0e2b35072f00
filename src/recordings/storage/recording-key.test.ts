import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordingKey } from './recording-key.ts'

const keyOf = (callId: string, n = 1) => recordingKey({ instance: 'default', day: '2026-11-23', callId, n })

test('a plain call id names its file, any other is hashed', () => {
  assert.equal(keyOf('1795399913.0'), 'default/2026-11-23/1795399913.0-1.wav')
  assert.equal(keyOf('pbx1-1795399913.0', 12), 'default/2026-11-23/pbx1-1795399913.0-12.wav')
  for (const id of ['../x', 'a/b', 'a..b', '', '.', 'ABC', '通话', 'x'.repeat(101), 'a\0b', 'a b'])
    assert.match(keyOf(id), /^default\/2026-11-23\/[0-9a-f]{64}-1\.wav$/, id)
  // On a file system that does not tell case apart they would share a file.
  assert.notEqual(keyOf('abc').toLowerCase(), keyOf('ABC').toLowerCase())
  assert.notEqual(keyOf('a-1', 2), keyOf('a', 12))
})
