// Asterisk's own account of its queues: lines `epoch|uniqueid|queue|member|event|…`, which Asterisk writes apart from AMI.
// Read by the random mix to compare with; knows nothing of Callbook.

export interface QueueRow {
  uniqueid: string
  queue: string
  /** The member's name, or NONE. */
  member: string
  event: string
  more: string[]
  line: string
}

/** The rows of each call, by the unique id of the caller's channel. */
export function rowsByCall(text: string): Map<string, QueueRow[]> {
  const rows = new Map<string, QueueRow[]>()
  for (const line of text.split('\n')) {
    const [, uniqueid = '', queue = '', member = '', event = '', ...more] = line.split('|')
    if (event === '' || uniqueid === 'NONE') continue
    rows.set(uniqueid, [...(rows.get(uniqueid) ?? []), { uniqueid, queue, member, event, more, line }])
  }
  return rows
}

export function describeRow({ queue, member, event, more }: QueueRow): string {
  return `${event} ${queue}${member === 'NONE' ? '' : ` ${member}`} ${more.filter(Boolean).join(' ')}`.trim()
}
