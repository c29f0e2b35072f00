// The port of a connector: it turns one PBX's dialect into call events, and nothing else. It knows neither store nor
// HTTP. `emit` is awaited: a slow store slows the reading, and progress is made only after the commit.
import type { CallEvent } from '../calls/call-event.ts'
import type { LagFigures } from './lag.ts'

export interface ConnectorState {
  name: string
  type: string
  /** `connecting` also while waiting for the next try. */
  status: 'connecting' | 'connected' | 'refused' | 'stopped'
  /** Why it is not connected, or what is odd; a sentence for the administrator. */
  problem: string | null
  since: number
  lastMessageAt: number | null
  messages: number
  /** Messages that could not be read; kept aside by whoever runs the connector. */
  unreadable: number
  /** From the PBX's own time of a message to the commit of what it says, of late; null: nothing was heard; absent: not measured. */
  lagMs?: LagFigures | null
}

export interface ConnectorOutput {
  /** Resolves when the events are on disk. Rejects only when stopping. */
  emit(events: CallEvent[]): Promise<void>
  /** Ids of this connector's calls that the store still holds as live: asked on connect, to close those the PBX no longer has. */
  liveCallIds(): Promise<string[]>
  /**
   * When the last thing that this connector told of happened, on the PBX's clock (epoch ms); null: it never told anything.
   * Asked when it starts, to fill the time in which Callbook itself was away.
   */
  lastHeardAt?(): Promise<number | null>
  /** What the store has of calls, by the ids asked for (at most 500); unknown ones are left out. After a merge, of the call that remains. */
  histories?(callIds: string[]): Promise<ReadonlyMap<string, { callId: string; events: CallEvent[] }>>
  /** A state worth telling (log, page). */
  report(state: ConnectorState): void
  /** Something that could not be read, with its bytes (capped) and cause. */
  reject(raw: Uint8Array, cause: string): void
}

/** A record that the PBX itself wrote of a call, or of a part of it, after its end. */
export interface PbxRecord {
  callId: string
  /** What it says, given what has been told of the call: gaps filled, nothing doubled. */
  eventsBeside(known: readonly CallEvent[]): CallEvent[]
}

export interface Connector {
  readonly name: string
  /** Runs until `signal` aborts; never throws for a PBX that is away, refuses or talks nonsense. */
  run(output: ConnectorOutput, signal: AbortSignal): Promise<void>
  state(): ConnectorState
  /** Reads a message that was kept aside once more, as if it came now; its events go the usual way. false: still unreadable. */
  reread?(raw: Uint8Array, receivedAt: number): boolean
  /** Reads a record that the PBX handed in by HTTP (parsed JSON); a string says why it cannot be read. */
  readRecord?(document: unknown): PbxRecord | string
  /** Ids of calls that the PBX's own logs know of this time (by start, epoch ms); null: they cannot be read. */
  loggedCallIds?(from: number, to: number): Promise<string[] | null>
  /** Reads the PBX's own logs for this time again; the events go the usual way. false: it has none. */
  backfill?(from: number, to: number): Promise<boolean>
  /** How far the PBX's clock is ahead of ours, ms; null: not known. */
  clockSkewMs?(): number | null
}
