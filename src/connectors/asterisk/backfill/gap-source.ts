// Where the PBX writes down what happens, whoever listens: CEL (channel event log) and queue_log, in whatever place they
// are kept. Asked by fill-gap.ts for a stretch of time in which nobody listened. A source that cannot be read is a
// problem to be told, never a reason to stop.

/** One row of CEL, in Asterisk's own words. Columns that a site does not keep are ''. */
export interface CelRow {
  /** Epoch ms with fraction, on the PBX's clock. */
  at: number
  /** CHAN_START, BRIDGE_ENTER… */
  event: string
  /** Of a DTMF or STREAM row: `Received`, `MOH_STREAM_BEGIN`. */
  detail: string
  uniqueid: string
  linkedid: string
  channel: string
  name: string
  number: string
  exten: string
  application: string
  data: string
  extra: Readonly<Record<string, string>>
}

/** One row of queue_log. */
export interface QueueLogRow {
  /** Epoch ms, whole seconds. */
  at: number
  /** The unique id of the channel that waits. */
  callId: string
  queue: string
  /** The member's name. */
  member: string
  event: string
  values: readonly string[]
}

/** A stretch of time on the PBX's clock, epoch ms. */
export interface TimeRange {
  from: number
  to: number
}

/** null: this source is not configured, or could not be read at all. */
export interface GapRows {
  cel: CelRow[] | null
  queueLog: QueueLogRow[] | null
  /** Sentences for the administrator. */
  problems: string[]
}

export interface GapSource {
  /**
   * What was written from `from` to `to`, in order of time. `context`: rows from this earlier time on help to understand
   * those that follow, where they are cheap to have. Never throws for a source that is away.
   */
  read(range: TimeRange & { context: number }, signal: AbortSignal): Promise<GapRows>
}
