// A reader of the live feed, as a browser would be one: real socket, events parsed from the stream.
import assert from 'node:assert/strict'
import type { CallJson } from '../../src/calls/call-json.ts'
import type { TestCallbook } from './callbook.ts'

export interface FeedMessage {
  event: string
  id: number
  body: CallJson
}

export interface Feed {
  messages: FeedMessage[]
  /** What was said of how old the messages are. */
  timings: Partial<Record<'sentAt' | 'changedAt' | 'past', number>>[]
  lastId: number
  ended: boolean
  /** Resolves when the server has ended the stream. */
  closed: Promise<void>
  /** The next message (from here on) that fits. */
  until(fits: (message: FeedMessage) => boolean): Promise<FeedMessage>
  /** The next state told of this call. */
  call(id: string): Promise<CallJson>
  close(): void
}

const PATIENCE_MS = 60_000

export async function openFeed(
  server: Pick<TestCallbook, 'api' | 'key'>,
  query: string,
  headers: Record<string, string> = {},
): Promise<Feed> {
  const abort = new AbortController()
  const auth: Record<string, string> = headers['cookie'] ? {} : { authorization: `Bearer ${server.key}` }
  const answer = await server.api(`/calls/live${query}`, { headers: { ...auth, ...headers }, signal: abort.signal })
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/)
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>()
  let looked = 0
  let wake = () => {}
  const feed: Feed = {
    messages: [],
    timings: [],
    lastId: 0,
    ended: false,
    closed,
    until: async (fits) => {
      const deadline = Date.now() + PATIENCE_MS
      for (;;) {
        while (looked < feed.messages.length) {
          const message = feed.messages[looked++]
          if (message && fits(message)) return message
        }
        assert.ok(!feed.ended && Date.now() < deadline, 'the feed did not tell what was waited for')
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, 200)
        })
      }
    },
    call: async (id) => (await feed.until((message) => message.event === 'call' && message.body.id === id)).body,
    close: () => abort.abort(),
  }
  void read(answer, (block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1]
    const [event, id, text] = [field('event'), field('id'), field('data')]
    if (id !== undefined) feed.lastId = Number(id)
    if (event === undefined || text === undefined) return
    if (event === 'timing') return void feed.timings.push(JSON.parse(text))
    feed.messages.push({ event, id: Number(id), body: JSON.parse(text) as CallJson })
    wake()
  }).finally(() => {
    feed.ended = true
    onClosed()
    wake()
  })
  return feed
}

async function read(answer: Response, onBlock: (block: string) => void): Promise<void> {
  let text = ''
  try {
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        onBlock(text.slice(0, end))
        text = text.slice(end + 2)
      }
    }
  } catch {
    // Aborted by close(), or cut off by the server: `closed` says so.
  }
}
