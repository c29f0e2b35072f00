// The port of the store: what Callbook needs kept, in verbs, without SQL. Adapters stand in the folders beside
// (embedded/); conformance.test.ts runs one suite against each. Every verb names the instance it works in.
import type { Role, Scope } from '../access/permissions.ts'
import type { LiveTally, Tally, WaitingCriteria } from '../board/tally.ts'
import type { Agent, Call, CallSummary, SkillGroup, StoredCall } from '../calls/call.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { CallCursor, CallSearch } from '../calls/call-search.ts'
import type { DeletionRule } from '../calls/vocabulary.ts'
import type { Note, TagChange } from '../notes/note.ts'
import type { NewReceipt, Receipt, ReceiptHead } from '../receipts/receipt.ts'
import type { RecordingTotal } from '../retention/plan.ts'
import type { RetentionPolicy } from '../retention/policy.ts'
import type { Rehearsal, StoredLately } from '../retention/rehearsal.ts'
import type { SuggestionStore } from '../suggestions/suggestion.ts'
import type { UnreachedStore } from '../unreached/unreached.ts'
import type { RecordingRow, RecordingStore, StorageName } from './recording-store.ts'
import type { ViewLimits, ViewRow, ViewStore } from './view-store.ts'

export type {
  FileAside,
  HeardRecording,
  LooseFile,
  RecordingChoice,
  RecordingRow,
  RecordingStore,
  RecordingTalk,
  StorageName,
} from './recording-store.ts'

/** A call by the order of its start, with the change number it has now. */
export interface CallPlace {
  id: string
  startedAt: number
  seq: number
}

/** Everything known about one call: its own events and those of calls merged into it. */
export interface CallHistory {
  /** The id the record goes by: the asked one, or the call it was merged into. */
  callId: string
  /** Each with the id of the call it was told of (differs from callId after a merge). Any order. */
  events: CallEvent[]
  source: string | null
  /** The change number of the record these belong to. */
  seq: number
}

/** What one commit changes about one call: new events and the record derived from all of them. */
export interface CallWrite {
  instance: string
  call: Call
  events: CallEvent[]
  /** The change number of the record this one was derived from; null: the call is new. Held against the store's: another process may write too. */
  seq: number | null
}

export interface CommittedCall {
  instance: string
  call: StoredCall
}

export interface CallChanges {
  calls: CallSummary[]
  /** The change number up to which this answer is complete. */
  lastSeq: number
  /** false: there is more after lastSeq. */
  complete: boolean
}

export interface CallStore {
  /** Histories of the calls that exist, by asked id; follows merges. */
  histories(instance: string, callIds: string[]): Promise<Map<string, CallHistory>>
  /**
   * Writes events and records of one batch in one transaction, on disk when it resolves. Each call gets the next change number.
   * `recordings`: rows of recordings that came with it. `receipts`: of what is done in it for good.
   * @throws AppError store-unavailable; call-changed where a call was written by somebody else since: nothing of the batch is kept.
   */
  commit(writes: CallWrite[], recordings?: RecordingRow[], receipts?: NewReceipt[]): Promise<CommittedCall[]>
  /** One call; follows merges. null: not there. */
  call(instance: string, id: string): Promise<StoredCall | null>
  /** Newest first; at most `limit`. */
  page(search: CallSearch, cursor: CallCursor | null, limit: number): Promise<CallSummary[]>
  count(search: CallSearch): Promise<{ count: number; exact: boolean }>
  /** Calls changed after `seq`, oldest change first, at most `limit`; a call changed twice comes once. */
  changesSince(instance: string, seq: number, limit: number): Promise<CallChanges>
  lastSeq(instance: string): Promise<number>
  /** Calls without an end, of one source (null: of all), by id. */
  liveCallIds(instance: string, source: string | null): Promise<string[]>
  /**
   * When the last event happened in the newest calls of a source, Callbook's own about files left aside; null: there is
   * none. Of instances with several sources, the 20,000 calls changed last are looked at.
   */
  lastEventAt(instance: string, source: string): Promise<number | null>
  /** Every call that started in the range, of every type and merged ones too, oldest first, after `after`; at most `limit`. */
  places(
    instance: string,
    range: { from: number; to: number },
    after: CallPlace | null,
    limit: number,
  ): Promise<CallPlace[]>
  /**
   * Writes a record that was derived again, only if the call has not changed since `seq`: another process may be taking
   * events in meanwhile. Tells for each whether it was written.
   */
  rewrite(instance: string, calls: { call: Call; seq: number }[]): Promise<boolean[]>
  /**
   * The calls that began in a stretch of time, counted; internal and merged ones left out. `inTimeMs`: what counts as
   * answered in time.
   */
  tally(instance: string, range: { from: number; to: number }, inTimeMs: number): Promise<Tally>
  /** The calls that are live and began at `from` or later, counted; internal ones left out. */
  liveTally(instance: string, from: number, waiting: WaitingCriteria): Promise<LiveTally>
  /** Agents and skill groups that ever appeared, for pick lists; by name. */
  agents(instance: string): Promise<Agent[]>
  skillGroups(instance: string): Promise<SkillGroup[]>
}

/** What a plan is made for. */
export interface RetentionMoment {
  now: number
  /** Days are days of this zone. */
  timeZone: string
  /** Of the disk the recordings lie on; null: nobody knows, or it has no end. */
  freeBytes: number | null
}

export interface StoredPolicy {
  policy: RetentionPolicy
  changedAt: number
  /** As receipts name who acts. */
  changedBy: string
}

/** One recording that goes, by which rule, and what that rule allows (days or bytes; `skillGroup`: of this group alone). */
export interface PlannedDeletion {
  row: RecordingRow
  /** false: there is no call whose record could tell. */
  called: boolean
  rule: DeletionRule
  limit: number
  skillGroup: string | null
}

export interface RetentionStore {
  /** null: none was set, everything is kept. */
  retentionPolicy(instance: string): Promise<StoredPolicy | null>
  /** With the receipt of the change, in one transaction. */
  saveRetentionPolicy(instance: string, policy: StoredPolicy, receipts: NewReceipt[]): Promise<void>
  /** What is available, by skill group; held ones counted apart as well. */
  recordingTotals(instance: string): Promise<RecordingTotal[]>
  /** What was stored during the last seven days, by skill group. */
  storedLately(instance: string, now: number): Promise<StoredLately>
  forgetInflow(instance: string, now: number): Promise<void>
  /** The first `limit` recordings that go by this policy. Costs in proportion to `limit`, not to what is kept. */
  planDeletions(
    instance: string,
    policy: RetentionPolicy,
    moment: RetentionMoment,
    limit: number,
  ): Promise<PlannedDeletion[]>
  /** The whole plan and the next seven days, with nothing done. */
  rehearseRetention(instance: string, policy: RetentionPolicy, moment: RetentionMoment): Promise<Rehearsal>
  /** Rows marked deleted whose files in a storage are not known to be gone, by call and number, after `after`; at most `limit`. */
  recordingsToRemove(
    instance: string,
    storage: StorageName,
    after: { callId: string; n: number } | null,
    limit: number,
  ): Promise<RecordingRow[]>
  /** How many of those there are, by storage. */
  filesDue(instance: string): Promise<FilesDue[]>
  /** Their files are gone for good. */
  recordingsRemoved(instance: string, removed: { callId: string; n: number }[]): Promise<void>
  /** Which of these keys in a storage belong to a recording whose file is there rightly, or is due to be removed. */
  knownPaths(instance: string, storage: StorageName, paths: string[]): Promise<string[]>
}

/** Files of deleted recordings that are still to be removed. */
export interface FilesDue {
  storage: StorageName
  recordings: number
  bytes: number
}

/** What came in and could not be taken: kept aside with its bytes. */
export interface Rejected {
  /** Connector or key name. */
  source: string
  /** A `message` of a PBX that could not be read, or an `event` that was refused. */
  kind: 'message' | 'event'
  at: number
  /** An error code, or for messages the reader's sentence. */
  cause: string
  detail: string
  raw: Uint8Array
}

export interface RejectedRow extends Rejected {
  id: number
}

/** A report of the reconciliation of one day, as JSON; the newest of a day counts. */
export interface ReportRow {
  day: string
  madeAt: number
  report: string
}

export interface NoteStore {
  /** `most`: how many one call may have. */
  addNote(note: Note, most: number): Promise<'too-many' | TagChange | null>
  /** Text, tags and moment; nothing where it is gone. Like the others: tells of the call if its tags have become others. */
  changeNote(note: Note): Promise<TagChange | null>
  removeNote(instance: string, id: string): Promise<TagChange | null>
  /** Of a call and of those merged into it, oldest first. */
  notes(instance: string, callId: string): Promise<Note[]>
  /** Tags ever used, the last used first. */
  tags(instance: string, limit: number): Promise<string[]>
}

export interface ReportStore {
  saveReport(instance: string, row: ReportRow): Promise<void>
  /** Newest day first. */
  reports(instance: string, limit: number): Promise<ReportRow[]>
}

export interface RejectedStore {
  /** The oldest give way past a bound. */
  keepRejected(instance: string, rows: Rejected[]): Promise<void>
  /** Newest first, those with an id below `before`. */
  rejected(instance: string, page: { before: number | null; limit: number }): Promise<RejectedRow[]>
  rejectedByIds(instance: string, ids: number[]): Promise<RejectedRow[]>
  removeRejected(instance: string, ids: number[]): Promise<number>
  /** How many are kept, and how many there ever were, by source. */
  rejectedCounts(instance: string): Promise<{ kept: number; ever: { source: string; count: number }[] }>
}

/** The chain of receipts of each instance. Nothing changes or removes one. */
export interface ReceiptStore {
  /** All or none, behind the chain, on disk when it resolves. What a receipt proves and is itself a write goes through `commit`. */
  appendReceipts(receipts: NewReceipt[]): Promise<Receipt[]>
  /** null: there are none. */
  receiptHead(instance: string): Promise<ReceiptHead | null>
  /** Oldest first, those with a number above `after`. */
  receiptsAfter(instance: string, after: number, limit: number): Promise<Receipt[]>
  /** Newest first. */
  receiptsBefore(instance: string, choice: ReceiptChoice, limit: number): Promise<Receipt[]>
}

/** Those with a number below `before` (null: from the newest), of one call, and of one recording of it (null: all). */
export interface ReceiptChoice {
  before: number | null
  callId: string | null
  n: number | null
}

export interface UserRow {
  id: string
  instance: string
  name: string
  role: Role
  agentId: string | null
  /** argon2id, encoded. */
  passwordHash: string
  mustChangePassword: boolean
  masksNumbers: boolean
  createdAt: number
  disabledAt: number | null
}

export interface SessionRow {
  /** SHA-256 of the cookie's value: a copied database opens no session. */
  tokenHash: string
  userId: string
  createdAt: number
  expiresAt: number
  /** It looks at the sample calls instead of the instance's own. */
  sample: boolean
}

export interface KeyRow {
  id: string
  instance: string
  name: string
  /** SHA-256 of the key. */
  secretHash: string
  scopes: Scope[]
  masksNumbers: boolean
  createdAt: number
  revokedAt: number | null
  lastUsedAt: number | null
}

/** What the console's administrator calls an agent or a skill group; `name` null: as the PBX does. */
export interface GivenName {
  instance: string
  kind: 'agent' | 'skill-group'
  id: string
  name: string | null
  /** No longer offered for choosing; calls keep it. */
  hidden: boolean
  changedAt: number
  /** As receipts name who acts. */
  changedBy: string
}

/** How often an agent or a skill group was in calls. */
export interface Seen {
  id: string
  firstAt: number
  lastAt: number
  /** Calls since the asked instant; counted up to a bound. */
  calls: number
  isMore: boolean
}

export interface DirectoryStore {
  /** Of every instance. */
  givenNames(): Promise<GivenName[]>
  /** Unless there are `most` of its kind already. One that says nothing (no name, not hidden) is taken away. */
  giveName(name: GivenName, most: number): Promise<'saved' | 'too-many'>
  /** Those of these ids that were in calls; `calls` of those that began at `since` or later, up to `most`. */
  seen(
    instance: string,
    kind: GivenName['kind'],
    ids: string[],
    asked: { since: number; most: number },
  ): Promise<Seen[]>
}

export interface AccessStore {
  addUser(user: UserRow): Promise<'added' | 'exists'>
  /** By login name, which is unique over all instances of a server. */
  userByName(name: string): Promise<UserRow | null>
  userById(id: string): Promise<UserRow | null>
  users(instance: string): Promise<UserRow[]>
  updateUser(user: UserRow): Promise<void>
  addSession(session: SessionRow): Promise<void>
  /** null: not there, or expired at `now`. */
  session(tokenHash: string, now: number): Promise<SessionRow | null>
  /** Moves the end of a session; nothing where it is gone. */
  extendSession(tokenHash: string, expiresAt: number): Promise<void>
  /** From now on the session looks at the sample calls, or no longer. */
  showSample(tokenHash: string, shown: boolean): Promise<void>
  removeSession(tokenHash: string): Promise<void>
  removeSessionsOfUser(userId: string, exceptTokenHash: string | null): Promise<void>
  removeExpiredSessions(now: number): Promise<void>
  addKey(key: KeyRow): Promise<void>
  keyBySecretHash(secretHash: string): Promise<KeyRow | null>
  keys(instance: string): Promise<KeyRow[]>
  revokeKey(instance: string, id: string, at: number): Promise<boolean>
  touchKey(id: string, at: number): Promise<void>
}

/**
 * An export: a file of all calls that a search found at one moment, made in the background (exports/). The file lies under
 * the export's id, so its name is never input.
 */
export interface ExportRow {
  id: string
  instance: string
  /** The user or key that asked, and the name she or it had then. */
  ownerId: string
  ownerName: string
  /** The same as receipts name it. */
  actor: string
  kind: 'csv' | 'xlsx' | 'audio'
  state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled' | 'expired'
  /** Permission and window are in it already; its end is not after `createdAt`. */
  search: CallSearch
  /** Ids of the columns, in order. */
  columns: string[]
  language: 'zh-CN' | 'en'
  timeZone: string
  /** For programs: nothing in cells that is meant for spreadsheets. */
  plain: boolean
  /** Calls that the search finds; null: not counted yet. */
  count: number | null
  /** Calls written so far. */
  done: number
  /** Bytes of the download, so far or in the end. */
  sizeBytes: number
  /** An error code; set where the state is `failed`. */
  failure: string | null
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  /** When file and export go. */
  expiresAt: number | null
}

export type ExportChange = Partial<
  Pick<ExportRow, 'state' | 'count' | 'done' | 'sizeBytes' | 'failure' | 'startedAt' | 'endedAt' | 'expiresAt'>
>

export interface ExportStore {
  /** Unless its owner has `most` exports already that wait or run. */
  addExport(row: ExportRow, most: number): Promise<'added' | 'too-many'>
  exportById(instance: string, id: string): Promise<ExportRow | null>
  /** Newest first; of one owner, or (null) of all. */
  exports(instance: string, ownerId: string | null, limit: number): Promise<ExportRow[]>
  /** Those that wait or run, of every instance, oldest first. */
  openExports(limit: number): Promise<ExportRow[]>
  /** Those whose time is over at `now`, of every instance. */
  exportsOver(now: number, limit: number): Promise<ExportRow[]>
  /** Changes it only if it is in one of these states; tells whether it was. */
  changeExport(instance: string, id: string, from: ExportRow['state'][], change: ExportChange): Promise<boolean>
  removeExport(instance: string, id: string): Promise<void>
}

/** The calls as they stood at one moment, whatever is written meanwhile. Bound to the thread that opened it. */
export interface CallSnapshot {
  /** As CallStore.page. */
  page(search: CallSearch, cursor: CallCursor | null, limit: number): Promise<CallSummary[]>
  count(search: CallSearch): Promise<{ count: number; exact: boolean }>
  close(): void
}

export type { ViewLimits, ViewRow, ViewStore }

export interface Store {
  calls: CallStore
  unreached: UnreachedStore
  suggestions: SuggestionStore
  recordings: RecordingStore
  retention: RetentionStore
  rejected: RejectedStore
  notes: NoteStore
  reports: ReportStore
  receipts: ReceiptStore
  exports: ExportStore
  access: AccessStore
  views: ViewStore
  directory: DirectoryStore
  /**
   * Removes an instance with all that is in it, in one transaction, and sends sessions that look at sample calls of `home`
   * back to it. Files are not its business.
   */
  removeInstance(instance: string, home: string): Promise<void>
  /** Ends threads after what was begun is done; safe to call twice. */
  close(): Promise<void>
}
