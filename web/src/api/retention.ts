// The questions of the retention page, and what it can have done; and holding a recording.
import { queryOptions } from '@tanstack/react-query'
import type { CallRecordingJson } from '../../../src/calls/call-json.ts'
import type { RetentionPolicy } from '../../../src/retention/policy.ts'
import type { RehearsalJson, RetentionJson, SweepJson } from '../../../src/retention/retention-json.ts'
import { ask } from './client.ts'

const STATE_EVERY_MS = 15_000

export const retentionQuery = queryOptions({
  queryKey: ['retention'],
  queryFn: ({ signal }) => ask<RetentionJson>('/retention', { signal }),
  refetchInterval: STATE_EVERY_MS,
})

/** What a policy would do; asked anew for every other policy. */
export function rehearsalQuery(policy: RetentionPolicy) {
  return queryOptions({
    queryKey: ['retention-rehearsal', policy],
    queryFn: ({ signal }) => ask<RehearsalJson>('/retention/rehearsal', { method: 'POST', body: policy, signal }),
    placeholderData: (previous) => previous,
    staleTime: 10_000,
    gcTime: 60_000,
  })
}

export function saveRetention(policy: RetentionPolicy): Promise<RetentionJson> {
  return ask('/retention', { method: 'PUT', body: policy })
}

export function sweepNow(): Promise<SweepJson> {
  return ask('/retention/sweep', { method: 'POST', body: {} })
}

export function holdRecording(callId: string, n: number, reason: string): Promise<CallRecordingJson> {
  return ask(holdUrl(callId, n), { method: 'PUT', body: { reason } })
}

export function releaseRecording(callId: string, n: number): Promise<CallRecordingJson> {
  return ask(holdUrl(callId, n), { method: 'DELETE' })
}

function holdUrl(callId: string, n: number): string {
  return `/calls/${encodeURIComponent(callId)}/recordings/${n}/hold`
}
