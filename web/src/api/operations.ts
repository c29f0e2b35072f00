// The questions the operations page asks, and what it can have done: connections, what was kept aside, reconciliation.
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { ConnectorState } from '../../../src/connectors/connector.ts'
import type { ConnectorSettingsJson } from '../../../src/connectors/connector-routes.ts'
import type { Finding as DoctorFinding } from '../../../src/doctor/finding.ts'
import type { Finding, Repair } from '../../../src/reconciliation/findings.ts'
import { ask } from './client.ts'

export interface ConnectorJson extends Omit<ConnectorState, 'since' | 'lastMessageAt'> {
  since: string
  lastMessageAt: string | null
  /** From the PBX's own time of a message to the commit of what it says, over the last minutes. */
  lagMs?: { p50: number; p99: number; max: number; messages: number } | null
  /** Where it is changed. */
  origin: 'file' | 'console'
  /** Without secrets; null: not for this account. */
  settings: ConnectorSettingsJson | null
}

/** `inConsole`: connectors may be made here. */
export interface ConnectorsJson {
  items: ConnectorJson[]
  inConsole: boolean
}

/** A watched folder of recordings. */
export interface FolderJson {
  connector: string
  folder: string
  status: 'watching' | 'folder-absent' | 'unreachable' | 'failing'
  problem: string | null
  since: string
  waiting: number
  taken: number
  aside: number
  lastTakenAt: string | null
}

export interface FileAside {
  origin: string
  because: string
  detail: string
  since: string
}

/** Compressed recordings that cannot be played (yet). */
export interface ConversionsJson {
  awaited: number
  failed: number
  /** There is an ffmpeg: those that wait are being decoded. */
  canDecode: boolean
}

interface RecordingsIn {
  items: FileAside[]
  folders: FolderJson[]
  conversions: ConversionsJson
}

export interface Examination {
  connector: string
  findings: DoctorFinding[]
}

export interface RejectedItem {
  id: number
  source: string
  kind: 'message' | 'event'
  at: string
  /** A code. */
  cause: string
  detail: string
  sizeBytes: number
  text: string
  base64: string
}

export interface RejectedPage {
  items: RejectedItem[]
  nextBefore: number | null
  /** How many there are now. */
  kept: number
  ever: { source: string; count: number }[]
}

export interface ReplayAnswer {
  taken: number
  still: { id: number; code: string; detail: string }[]
}

export interface ReportJson {
  day: string
  madeAt: string
  calls: number
  score: number
  findings: Finding[]
  truncated: boolean
  blind: string[]
}

const CONNECTORS_EVERY_MS = 4_000
const FOLDERS_EVERY_MS = 10_000
const REJECTED_EVERY_MS = 10_000
const PAGE_ROWS = 50
/** The server takes so many at once. */
const IDS_AT_ONCE = 500

/** Asked again and again while somebody looks; a hidden tab asks nothing. */
export const connectorsQuery = queryOptions({
  queryKey: ['connectors'],
  queryFn: ({ signal }) => ask<ConnectorsJson>('/connectors', { signal }),
  refetchInterval: CONNECTORS_EVERY_MS,
})

export const asideQuery = queryOptions({
  queryKey: ['recordings-aside'],
  queryFn: ({ signal }) => ask<RecordingsIn>('/recordings/aside', { signal }),
  refetchInterval: FOLDERS_EVERY_MS,
})

/** Only on demand: it talks with the PBX. */
export function doctorQuery(connector: string) {
  return queryOptions({
    queryKey: ['doctor', connector],
    queryFn: ({ signal }) => ask<Examination>(`/connectors/${encodeURIComponent(connector)}/doctor`, { signal }),
    enabled: false,
    retry: false,
    gcTime: 10 * 60_000,
  })
}

export const rejectedQuery = infiniteQueryOptions({
  queryKey: ['rejected'],
  queryFn: ({ signal, pageParam }) => {
    const query = new URLSearchParams({ limit: String(PAGE_ROWS) })
    if (pageParam !== null) query.set('before', String(pageParam))
    return ask<RejectedPage>(`/rejected?${query}`, { signal })
  },
  initialPageParam: null as number | null,
  getNextPageParam: (page: RejectedPage) => page.nextBefore,
  // Whoever has paged back reads on undisturbed.
  refetchInterval: (query) => (query.state.data?.pages.length === 1 ? REJECTED_EVERY_MS : false),
})

export async function replayRejected(ids: readonly number[]): Promise<ReplayAnswer> {
  const answer: ReplayAnswer = { taken: 0, still: [] }
  for (const some of slices(ids)) {
    const part = await ask<ReplayAnswer>('/rejected/replay', { method: 'POST', body: { ids: some } })
    answer.taken += part.taken
    answer.still.push(...part.still)
  }
  return answer
}

export async function forgetRejected(ids: readonly number[]): Promise<number> {
  let forgotten = 0
  for (const some of slices(ids)) {
    const body = { ids: some }
    forgotten += (await ask<{ forgotten: number }>('/rejected/forget', { method: 'POST', body })).forgotten
  }
  return forgotten
}

export const reportsQuery = queryOptions({
  queryKey: ['reconciliation'],
  queryFn: ({ signal }) => ask<{ items: ReportJson[] }>('/reconciliation?limit=62', { signal }),
  staleTime: 30_000,
})

export async function reconcileDay(day: string): Promise<ReportJson> {
  return ask<ReportJson>(`/reconciliation/${day}`, { method: 'POST', body: {} })
}

/** false: nothing could be done. */
export async function repairFinding(repair: Repair): Promise<boolean> {
  return (await ask<{ done: boolean }>('/reconciliation/repair', { method: 'POST', body: { repair } })).done
}

function slices(ids: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, n) =>
    ids.slice(n * IDS_AT_ONCE, (n + 1) * IDS_AT_ONCE),
  )
}
