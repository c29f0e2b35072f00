// The text/event-stream format (WHATWG HTML §9.2.6): chunks of text in, messages out, split wherever the network likes.
// Written out rather than left to EventSource because that hides heartbeats and status codes, and without them the page
// cannot tell the truth about its connection.

export interface SseMessage {
  event: string
  text: string
  /** The last `id:` seen, also when this message had none. */
  id: string | null
}

/** Longest message that is kept; a call is a few kilobytes. */
const MAX_MESSAGE_CHARS = 2_000_000

export interface SseParser {
  /** @throws RangeError when a message is beyond all measure */
  push(chunk: string): void
  /** The last `id:` seen; heartbeats carry one too. */
  lastId(): string | null
}

export function createSseParser(onMessage: (message: SseMessage) => void): SseParser {
  let rest = ''
  let event = ''
  let lines: string[] = []
  let chars = 0
  let id: string | null = null

  function take(line: string): void {
    if (line === '') {
      if (lines.length > 0) onMessage({ event: event || 'message', text: lines.join('\n'), id })
      event = ''
      lines = []
      chars = 0
      return
    }
    if (line.startsWith(':')) return
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') event = value
    else if (field === 'id') id = value.includes('\0') ? id : value
    else if (field === 'data') {
      chars += value.length
      if (chars > MAX_MESSAGE_CHARS) throw new RangeError('a message of the live feed is too long')
      lines.push(value)
    }
  }

  function push(chunk: string): void {
    rest += chunk
    // A \r at the very end may be half of \r\n: it waits for the next chunk.
    const parts = rest.split(/\r\n|\n|\r(?!$)/)
    rest = parts.pop() ?? ''
    if (rest.length > MAX_MESSAGE_CHARS) throw new RangeError('a line of the live feed is too long')
    for (const line of parts) take(line)
  }
  return { push, lastId: () => id }
}
