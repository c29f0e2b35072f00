import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AmiItem, AmiParser, encodeAction, MESSAGE_MAX_BYTES } from './ami-parser.ts'

const bytes = (text: string) => Buffer.from(text)

function parse(...chunks: Uint8Array[]): AmiItem[] {
  const parser = new AmiParser()
  return chunks.flatMap((chunk) => parser.push(chunk))
}

function fieldsOf(items: AmiItem[]) {
  return items.map((item) => (item.type === 'message' ? Object.fromEntries(item.message) : item.type))
}

test('a greeting and a message with a header that comes twice', () => {
  const items = parse(
    bytes('Asterisk Call Manager/11.0.0\r\nEvent: Newstate\r\nChanVariable: a=1\r\nChanVariable: b=\r\n\r\n'),
  )
  assert.deepEqual(fieldsOf(items), ['banner', { Event: ['Newstate'], ChanVariable: ['a=1', 'b='] }])
})

test('the same messages come out however the bytes are cut, a Chinese name included', () => {
  const stream = bytes(
    'Asterisk Call Manager/11.0.0\r\nEvent: AgentConnect\r\nMemberName: 张三\r\nEmpty: \r\n\r\nResponse: Success\r\nMessage: a: b\r\n\r\n',
  )
  const whole = fieldsOf(parse(stream))
  assert.deepEqual(whole, [
    'banner',
    { Event: ['AgentConnect'], MemberName: ['张三'], Empty: [''] },
    { Response: ['Success'], Message: ['a: b'] },
  ])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 20 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), stream.length]
      const chunks = at.slice(1).map((end, i) => stream.subarray(at[i], end))
      assert.deepEqual(fieldsOf(parse(...chunks)), whole)
    }),
    { numRuns: 200 },
  )
  assert.deepEqual(fieldsOf(parse(...[...stream].map((byte) => Uint8Array.of(byte)))), whole)
})

test('a message that is too long is kept aside up to its end, and the next one is read', () => {
  const long = bytes(`Event: Long\r\n${'x'.repeat(3 * MESSAGE_MAX_BYTES)}\r\nMore: ${'y'.repeat(200_000)}\r\n\r\n`)
  const stream = Buffer.concat([long, bytes('Event: Next\r\n\r\n')])
  for (const size of [stream.length, 1000, 4097, 65_536]) {
    const chunks = []
    for (let from = 0; from < stream.length; from += size) chunks.push(stream.subarray(from, from + size))
    const items = parse(...chunks)
    assert.deepEqual(fieldsOf(items), ['unreadable', { Event: ['Next'] }], `chunks of ${size}`)
    const first = items[0]
    assert.ok(first?.type === 'unreadable')
    assert.ok(first.raw.length > 0 && first.raw.length <= MESSAGE_MAX_BYTES)
    assert.match(first.cause, /longer than 65536 bytes/)
  }
})

test('many short lines that never end a message do not fill the memory', () => {
  const parser = new AmiParser()
  const line = bytes('Header: value\r\n')
  const items = []
  for (let i = 0; i < 50_000; i++) items.push(...parser.push(line))
  items.push(...parser.push(bytes('\r\nEvent: Next\r\n\r\n')))
  assert.deepEqual(fieldsOf(items), ['unreadable', { Event: ['Next'] }])
})

test('what is no message, and a message with too many headers, are kept aside with their bytes', () => {
  const many = `Event: Many\r\n${'A: b\r\n'.repeat(1_000)}\r\n`
  const items = parse(bytes('Asterisk Call Manager/1\r\n'), bytes('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), bytes(many))
  assert.deepEqual(fieldsOf(items), ['banner', 'unreadable', 'unreadable'])
  const [, http, headers] = items
  assert.ok(http?.type === 'unreadable' && headers?.type === 'unreadable')
  assert.equal(Buffer.from(http.raw).toString(), 'GET / HTTP/1.1\r\nHost: x\r\n')
  assert.match(http.cause, /neither an event nor a response/)
  assert.match(headers.cause, /more than 1000 headers/)
})

test('any bytes at all are taken, and a message after them is still read', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (chunks) => {
      const parser = new AmiParser()
      for (const chunk of chunks) parser.push(chunk)
      const items = [...parser.push(bytes('\r\n\r\n')), ...parser.push(bytes('Event: Next\r\n\r\n'))]
      assert.deepEqual(fieldsOf(items.slice(-1)), [{ Event: ['Next'] }])
    }),
  )
})

test('a line break inside a value spoils that line only', () => {
  const items = parse(bytes('Event: UserEvent\r\nBody: first\nsecond\r\nStep: ivr\r\n\r\n'))
  assert.deepEqual(fieldsOf(items), [{ Event: ['UserEvent'], Body: ['first'], Step: ['ivr'] }])
})

test('an action cannot be made to carry another header', () => {
  assert.equal(Buffer.from(encodeAction('Ping', [['ActionID', '1']])).toString(), 'Action: Ping\r\nActionID: 1\r\n\r\n')
  for (const value of ['a\r\nAction: Originate', 'a\nb', 'a\rb']) {
    assert.throws(() => encodeAction('Login', [['Username', value]]), /line break/)
  }
})
