import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSseParser, type SseMessage } from './sse-parser.ts'

function parse(chunks: string[]): SseMessage[] {
  const messages: SseMessage[] = []
  const feed = createSseParser((message) => messages.push(message))
  for (const chunk of chunks) feed.push(chunk)
  return messages
}

const stream =
  ': heartbeat\n\nevent: call\nid: 7\ndata: {"id":"a"}\n\nevent: gone\r\nid: 8\r\ndata: {"id":\r\ndata: "b"}\r\n\r\ndata: x\n\n'
const expected = [
  { event: 'call', text: '{"id":"a"}', id: '7' },
  { event: 'gone', text: '{"id":\n"b"}', id: '8' },
  { event: 'message', text: 'x', id: '8' },
]

test('a feed gives the same messages however the network cuts it', () => {
  assert.deepEqual(parse([stream]), expected)
  assert.deepEqual(parse([...stream]), expected)
  assert.deepEqual(parse(stream.split(/(?<=\r)/)), expected)
})

test('heartbeats and messages without data say nothing', () => {
  assert.deepEqual(parse([': ping\n\n', 'event: call\nid: 3\n\n', 'retry: 2000\n\n']), [])
})

test('a message that is cut off by the end of the feed is not given out', () => {
  assert.deepEqual(parse(['event: call\ndata: {"id"']), [])
})

test('a heartbeat may move the reader’s place on without a message', () => {
  const feed = createSseParser(() => assert.fail('there is no message'))
  feed.push('id: 41\n\n: still here\n\n')
  assert.equal(feed.lastId(), '41')
})
