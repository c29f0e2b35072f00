// The questions the console asks about calls, agents and skill groups.
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { CallDetailJson, CallJson, CallRecordingJson } from '../../../src/calls/call-json.ts'
import type { VerificationJson } from '../../../src/recordings/verify-routes.ts'
import { pageUrl } from '../calls/page-url.ts'
import { ask } from './client.ts'

export interface CallPage {
  items: CallJson[]
  nextCursor: string | null
  /** The instance's change number this answer was read at: the live feed goes on from here. */
  lastSeq: number
}

export interface CallCount {
  count: number
  exact: boolean
}

export interface Named {
  id: string
  name: string | null
}

/** Pages stay right by the live feed, so they are not asked for again by themselves. */
const FRESH_BY_FEED = Number.POSITIVE_INFINITY

/** @param criteria the search without its place in the list */
export function callPageQuery(criteria: string, cursor: string | null, limit: number) {
  return queryOptions({
    queryKey: ['calls', criteria, cursor, limit],
    queryFn: ({ signal }) => ask<CallPage>(pageUrl(criteria, cursor, limit), { signal }),
    staleTime: FRESH_BY_FEED,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
}

export function callCountQuery(criteria: string) {
  return queryOptions({
    queryKey: ['call-count', criteria],
    queryFn: ({ signal }) => ask<CallCount>(`/calls/count?${criteria}`, { signal }),
    staleTime: FRESH_BY_FEED,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
  })
}

export function callDetailQuery(callId: string) {
  return queryOptions({
    queryKey: ['call', callId],
    queryFn: ({ signal }) => ask<CallDetailJson>(`/calls/${encodeURIComponent(callId)}`, { signal }),
    staleTime: 0,
    gcTime: 60_000,
  })
}

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: ({ signal }) => ask<{ items: Named[] }>('/agents', { signal }),
  staleTime: 60_000,
})

export const skillGroupsQuery = queryOptions({
  queryKey: ['skill-groups'],
  queryFn: ({ signal }) => ask<{ items: Named[] }>('/skill-groups', { signal }),
  staleTime: 60_000,
})

/** Makes a part of a recording silent for good. @throws ApiProblem */
export function silenceRecording(
  callId: string,
  n: number,
  part: { fromMs: number; toMs: number; reason: string },
): Promise<CallRecordingJson> {
  return ask(`/calls/${encodeURIComponent(callId)}/recordings/${n}/silence`, { method: 'POST', body: part })
}

export function recordingUrl(callId: string, n: number): string {
  return `/api/v1/calls/${encodeURIComponent(callId)}/recordings/${n}`
}

/** Reads the whole file again on the server. */
export function verifyRecording(callId: string, n: number): Promise<VerificationJson> {
  return ask(`/calls/${encodeURIComponent(callId)}/recordings/${n}/verify`, { method: 'POST' })
}

export function downloadUrl(callId: string, n: number): string {
  return `${recordingUrl(callId, n)}?download`
}
