// A browser during the load test: keeps the live feed open and notes when it was first told that a customer talks, and
// that her call is over.
import type { CallJson } from '../../../src/calls/call-json.ts'
import type { Api } from '../api.ts'

export interface LiveNotes {
  /** By customer; epoch ms here. */
  talkingAt: Map<string, number>
  endedAt: Map<string, number>
  close(): void
}

export async function watchLive(api: Api): Promise<LiveNotes> {
  const stop = new AbortController()
  const response = await fetch(`${api.url}/api/v1/calls/live`, {
    headers: { authorization: `Bearer ${api.key}` },
    signal: stop.signal,
  })
  if (!response.ok || !response.body) throw new Error(`the live feed answers ${response.status}`)
  const notes: LiveNotes = { talkingAt: new Map(), endedAt: new Map(), close: () => stop.abort() }
  // It ends when it is closed, or when the server is.
  readFeed(response.body.pipeThrough(new TextDecoderStream()), notes).catch(() => undefined)
  return notes
}

async function readFeed(feed: ReadableStream<string>, { talkingAt, endedAt }: LiveNotes): Promise<void> {
  let unread = ''
  for await (const text of feed) {
    const blocks = (unread + text).split('\n\n')
    unread = blocks.pop() ?? ''
    const now = Date.now()
    for (const block of blocks) {
      if (!block.startsWith('event: call\n')) continue
      const { customer, phase } = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as CallJson
      if (customer === null) continue
      const notes = phase === 'talking' ? talkingAt : phase === null ? endedAt : null
      if (notes && !notes.has(customer)) notes.set(customer, now)
    }
  }
}
