// The text of server-sent events (WHATWG HTML §9.2.6): pure.

/** A named event. `text` is one line (JSON is); `id` becomes the browser's Last-Event-ID. */
export function sseEvent(event: string, text: string, id: number): string {
  return `event: ${event}\nid: ${id}\ndata: ${text}\n\n`
}

/** Keeps the connection alive and moves Last-Event-ID on, without an event: a block with an id and no data sets the id only. */
export function sseHeartbeat(id: number): string {
  return `: still here\nid: ${id}\n\n`
}

/**
 * How old what follows is, epoch ms by the server's clock: when it left, and when the oldest change in it was committed.
 * `past`: how many changes follow that the reader missed while it was away.
 */
export type FeedTiming = { sentAt: number; changedAt: number } | { sentAt: number; past: number }

export function sseTiming(timing: FeedTiming): string {
  return `event: timing\ndata: ${JSON.stringify(timing)}\n\n`
}

/** Sent first: how long the browser waits before it comes back, ms. */
export function sseRetry(ms: number): string {
  return `retry: ${ms}\n\n`
}
