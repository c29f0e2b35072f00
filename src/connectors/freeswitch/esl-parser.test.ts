import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { text, texts } from './esl-event.ts'
import { BODY_MAX_BYTES, type EslItem, EslParser, encodeCommand, HEADER_MAX_BYTES } from './esl-parser.ts'

function frame(contentType: string, body: string | Buffer, more = ''): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([Buffer.from(`Content-Length: ${bytes.length}\nContent-Type: ${contentType}\n${more}\n`), bytes])
}
const jsonFrame = (value: unknown) => frame('text/event-json', JSON.stringify(value))
const greeting = Buffer.from('Content-Type: auth/request\n\n')
const reply = Buffer.from('Content-Type: command/reply\nReply-Text: +OK accepted\n\n')

function eventsOf(items: EslItem[]) {
  return items.flatMap((item) => (item.type === 'event' ? [item.event] : []))
}

test('a greeting, an answer and events with names in Chinese are read, whole or byte by byte', () => {
  const event = {
    'Event-Name': 'CHANNEL_CREATE',
    'Caller-Caller-ID-Name': '张三',
    variable_transfer_history: ['a', 'b'],
  }
  const bytes = Buffer.concat([greeting, reply, jsonFrame(event), jsonFrame({ 'Event-Name': 'DTMF' })])
  const whole = new EslParser().push(bytes)
  const parser = new EslParser()
  const single = [...bytes].flatMap((byte) => parser.push(Uint8Array.of(byte)))
  assert.deepEqual(single, whole)
  assert.deepEqual(
    whole.map((item) => item.type),
    ['frame', 'frame', 'event', 'event'],
  )
  const [first] = eventsOf(whole)
  assert.equal(first && text(first, 'Caller-Caller-ID-Name'), '张三')
  assert.deepEqual(first && texts(first, 'variable_transfer_history'), ['a', 'b'])
  assert.equal(whole[1]?.type === 'frame' && whole[1].headers.get('reply-text'), '+OK accepted')
})

test('plain events are percent-decoded, lists taken apart, an event’s own body left out', () => {
  const body =
    'Event-Name: CUSTOM\nCaller-Caller-ID-Name: %E5%BC%A0%E4%B8%89\nvariable_x: 100%\nvariable_h: ARRAY::a|:b\nContent-Length: 3\n\nabc'
  const [event] = eventsOf(new EslParser().push(frame('text/event-plain', body)))
  assert.ok(event)
  assert.equal(text(event, 'Caller-Caller-ID-Name'), '张三')
  assert.equal(text(event, 'variable_x'), '100%')
  assert.deepEqual(texts(event, 'variable_h'), ['a', 'b'])
  assert.equal(event['abc'], undefined)
})

test('events that are no JSON, no object or have no name are handed over with their bytes, and reading goes on', () => {
  const bad = ['{"Event-Name":', '[1]', '{}', '"x"', '\xff\xfe']
  const bytes = Buffer.concat([
    ...bad.map((body) => frame('text/event-json', body)),
    jsonFrame({ 'Event-Name': 'DTMF' }),
  ])
  const items = new EslParser().push(bytes)
  assert.equal(items.filter((item) => item.type === 'unreadable' && !item.lost).length, bad.length)
  assert.equal(eventsOf(items).length, 1)
  const [first] = items
  assert.equal(first?.type === 'unreadable' && Buffer.from(first.raw).toString(), bad[0])
})

test('lines that are no frame are handed over, and reading goes on after the empty line', () => {
  const items = new EslParser().push(Buffer.concat([Buffer.from('HTTP/1.1 400 Bad\nX: y\n\n'), reply]))
  assert.deepEqual(
    items.map((item) => item.type),
    ['unreadable', 'frame'],
  )
})

test('a body too large is skipped over, in any pieces, without being kept', () => {
  const parser = new EslParser()
  const length = BODY_MAX_BYTES + 5
  const items = parser.push(Buffer.from(`Content-Length: ${length}\nContent-Type: text/event-json\n\n`))
  for (let left = length; left > 0; left -= 1_000_003)
    items.push(...parser.push(Buffer.alloc(Math.min(left, 1_000_003), 'x')))
  items.push(...parser.push(reply))
  assert.deepEqual(
    items.map((item) => item.type),
    ['unreadable', 'frame'],
  )
})

test('a length that is none, and headers without end, lose the place: nothing is read after', () => {
  const bad = [
    Buffer.from('Content-Length: -1\nContent-Type: text/event-json\n\n'),
    Buffer.alloc(HEADER_MAX_BYTES + 1, 'x'),
  ]
  for (const bytes of bad) {
    const parser = new EslParser()
    const [item] = parser.push(bytes)
    assert.equal(item?.type === 'unreadable' && item.lost, true)
    assert.deepEqual(parser.push(reply), [])
  }
})

test('whatever comes, nothing is thrown and the frames are the same however they are cut', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      greeting,
      reply,
      jsonFrame({ 'Event-Name': 'DTMF', 'DTMF-Digit': '5' }),
      frame('api/response', '+OK'),
    ),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom('Content-Length: 3\n', 'Content-Type: x\n', '\n', '\r\n\r\n', 'a: b\n')
      .map((line) => Buffer.from(line)),
  )
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), cuts, (pieces, sizes) => {
      const bytes = Buffer.concat(pieces)
      const whole = new EslParser().push(bytes)
      const parser = new EslParser()
      const cut: EslItem[] = []
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % sizes.length] ?? 1
        cut.push(...parser.push(bytes.subarray(at, at + size)))
        at += size
      }
      assert.deepEqual(cut.filter(isNotLost), whole.filter(isNotLost))
    }),
    { numRuns: 500, seed: 7 },
  )
})

/** What had come of a frame by the time the place was lost depends on the cuts. */
function isNotLost(item: EslItem): boolean {
  return item.type !== 'unreadable' || !item.lost
}

test('a command cannot carry another one', () => {
  assert.equal(Buffer.from(encodeCommand('api status')).toString(), 'api status\n\n')
  assert.throws(() => encodeCommand('auth x\n\napi shutdown'))
})
