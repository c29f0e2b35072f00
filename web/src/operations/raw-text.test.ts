import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hexOf, isBinary, visibleText } from './raw-text.ts'

test('what came in is shown without letting it hide or turn anything around', () => {
  assert.equal(visibleText('Event: Hangup\r\nName:\t张三\u0000'), 'Event: Hangup␍\nName:\t张三␀')
  assert.equal(visibleText('abc\u202efdp.exe\u007f'), 'abc⟨U+202E⟩fdp.exe␡')
  assert.equal(visibleText('<script>alert(1)</script>'), '<script>alert(1)</script>')
})

test('bytes that are no text are shown as bytes too', () => {
  const bytes = Buffer.from([0x45, 0xff, 0x00, 0x0d, ...Array(14).fill(0x41)])
  assert.ok(isBinary(bytes.toString('utf8')))
  assert.ok(!isBinary('{"id":"é"}'))
  assert.equal(
    hexOf(bytes.toString('base64')),
    '00000000  45 ff 00 0d 41 41 41 41 41 41 41 41 41 41 41 41\n00000010  41 41',
  )
})
