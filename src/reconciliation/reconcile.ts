// Holds a day's records against everything that could contradict them: themselves, the recordings, files kept aside, and
// the PBX's own logs where a connector can read them. Read only; what it finds is mended by repair.ts.
import type { CallSummary } from '../calls/call.ts'
import { type CallCursor, type CallSearch, isRecorded, noCriteria } from '../calls/call-search.ts'
import { CALL_TYPES } from '../calls/vocabulary.ts'
import type { CallStore, RecordingStore } from '../store/store.ts'
import { type Finding, findingsOfCall, scoreOf } from './findings.ts'

/** What a PBX's own logs say about a time: calls it knows, by our call id. Connectors that can read theirs offer it. */
export interface PbxWitness {
  connector: string
  /** Ids of calls that began in the range; null: the logs cannot be read now. */
  callIds(from: number, to: number): Promise<string[] | null>
  /** How far the PBX's clock is ahead of ours, ms; null: not known. */
  clockSkewMs(): number | null
}

export interface ReconcileNeeds {
  calls: Pick<CallStore, 'page' | 'histories' | 'call'>
  recordings: Pick<RecordingStore, 'filesAside' | 'recordingsWithoutCall'>
  witnesses: readonly PbxWitness[]
  silentMs: number
  now(): number
}

export interface Report {
  from: number
  to: number
  madeAt: number
  calls: number
  score: number
  findings: Finding[]
  /** More were found than are listed. */
  truncated: boolean
  /** What could not be looked at, by connector. */
  blind: string[]
}

const SLICE = 200
const LISTED_FINDINGS = 2_000
/** A source whose talks have recordings this often is taken to record all of them. */
const RECORDS_SHARE = 0.8
const CLOCK_SKEW_MS = 2_000

/** @param range by start of the calls, epoch ms: from inclusive, to exclusive */
export async function reconcile(
  needs: ReconcileNeeds,
  instance: string,
  range: { from: number; to: number },
): Promise<Report> {
  const calls = await callsOf(needs, instance, range)
  const findings: Finding[] = []
  const recording = sourcesThatRecord(calls)
  for (const call of calls) {
    const lastSignAt = call.endedAt === null ? await lastSignOf(needs, instance, call) : 0
    const sourceRecords = recording.has(call.source ?? '')
    findings.push(...findingsOfCall(call, { now: needs.now(), lastSignAt, silentMs: needs.silentMs, sourceRecords }))
  }
  findings.push(...(await filesWithoutCall(needs, instance)))
  const known = new Set(calls.map((call) => call.id))
  const blind: string[] = []
  for (const witness of needs.witnesses) {
    const ids = await witness.callIds(range.from, range.to)
    if (ids === null) blind.push(witness.connector)
    else findings.push(...(await missingCalls(needs, instance, witness.connector, ids, known, range)))
    const skewMs = witness.clockSkewMs()
    if (skewMs !== null && Math.abs(skewMs) > CLOCK_SKEW_MS) {
      const facts = { connector: witness.connector, skewMs }
      findings.push({ kind: 'clock-skew', severity: 'warning', callId: null, facts, repair: null })
    }
  }
  return {
    ...range,
    madeAt: needs.now(),
    calls: calls.length,
    score: scoreOf(calls.length, findings),
    findings: findings.slice(0, LISTED_FINDINGS),
    truncated: findings.length > LISTED_FINDINGS,
    blind,
  }
}

async function callsOf(
  { calls }: ReconcileNeeds,
  instance: string,
  range: { from: number; to: number },
): Promise<CallSummary[]> {
  const search: CallSearch = { ...noCriteria, instance, ...range, types: [...CALL_TYPES] }
  const found: CallSummary[] = []
  let cursor: CallCursor | null = null
  for (;;) {
    const page: CallSummary[] = await calls.page(search, cursor, SLICE)
    found.push(...page)
    const last = page.at(-1)
    if (!last || page.length < SLICE) return found
    cursor = { startedAt: last.startedAt, id: last.id }
  }
}

function sourcesThatRecord(calls: readonly CallSummary[]): Set<string> {
  const talks = new Map<string, { all: number; recorded: number }>()
  for (const call of calls) {
    if (call.endedAt === null || call.talkMs === 0 || call.type === 'internal') continue
    const of = talks.get(call.source ?? '') ?? { all: 0, recorded: 0 }
    of.all++
    if (isRecorded(call) || call.recordings.length > 0) of.recorded++
    talks.set(call.source ?? '', of)
  }
  return new Set([...talks].flatMap(([source, { all, recorded }]) => (recorded / all >= RECORDS_SHARE ? [source] : [])))
}

async function lastSignOf({ calls }: ReconcileNeeds, instance: string, call: CallSummary): Promise<number> {
  const history = (await calls.histories(instance, [call.id])).get(call.id)
  return Math.max(call.startedAt, ...(history?.events ?? []).map((event) => event.at))
}

async function filesWithoutCall({ recordings }: ReconcileNeeds, instance: string): Promise<Finding[]> {
  const aside = (await recordings.filesAside(instance)).map(({ origin, because }): Finding => {
    const kind = because === 'call-not-found' ? 'file-without-call' : 'file-unreadable'
    const repair = { action: 'forget-file', origin } as const
    return { kind, severity: 'warning', callId: null, facts: { origin, because }, repair }
  })
  const orphans = (await recordings.recordingsWithoutCall(instance, SLICE)).map(({ callId, n }): Finding => {
    return { kind: 'recording-without-call', severity: 'error', callId, facts: { n }, repair: null }
  })
  return [...aside, ...orphans]
}

async function missingCalls(
  { calls }: ReconcileNeeds,
  instance: string,
  connector: string,
  ids: readonly string[],
  known: ReadonlySet<string>,
  range: { from: number; to: number },
): Promise<Finding[]> {
  const missing: Finding[] = []
  for (const id of ids) {
    // A consultation counts in the call it was merged into.
    if (known.has(id) || (await calls.call(instance, id)) !== null) continue
    const repair = { action: 'backfill', connector, ...range } as const
    missing.push({ kind: 'pbx-knows-more', severity: 'error', callId: id, facts: { connector }, repair })
    if (missing.length >= LISTED_FINDINGS) break
  }
  return missing
}
