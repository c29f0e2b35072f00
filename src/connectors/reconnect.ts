// A connector's life between its connections: the state that is shown, and the waits before trying again. What is done on
// a connection is the connector's own; this only runs it again and again until it is told to stop.
//
//   connecting ─▶ one connection ─▶ its end: a wait that grows, or a long one where we were refused ─▶ connecting
import { setTimeout as delay } from 'node:timers/promises'
import type { ConnectorConfig } from '../config.ts'
import type { ConnectorOutput, ConnectorState } from './connector.ts'

export interface RetryTiming {
  /** The wait before trying again: doubled each time, with jitter, between these. */
  firstRetryMs: number
  lastRetryMs: number
  /** A wrong password does not become right by trying often, and may lock us out. */
  refusedRetryMs: number
}

export interface ConnectionEnd {
  refused: boolean
  /** It worked for a while: the next wait is a short one again. */
  wasConnected: boolean
  /** A sentence for the administrator. */
  problem: string
}

export type Report = (status: ConnectorState['status'], problem: string | null) => void

export function newConnectorState({ name, type }: Pick<ConnectorConfig, 'name' | 'type'>): ConnectorState {
  return {
    name,
    type,
    status: 'connecting',
    problem: null,
    since: Date.now(),
    lastMessageAt: null,
    messages: 0,
    unreadable: 0,
  }
}

/** Runs `connection` until `signal` aborts. `connection` must not throw for what a PBX does. */
export async function keepConnected(
  {
    state,
    output,
    timing,
    signal,
  }: { state: ConnectorState; output: ConnectorOutput; timing: RetryTiming; signal: AbortSignal },
  connection: (report: Report) => Promise<ConnectionEnd>,
): Promise<void> {
  const report: Report = (status, problem) => {
    if (state.status === status && state.problem === problem) return
    if (state.status !== status) state.since = Date.now()
    state.status = status
    state.problem = problem
    output.report({ ...state })
  }
  let retryMs = timing.firstRetryMs
  try {
    while (!signal.aborted) {
      const end = await connection(report)
      if (signal.aborted) break
      report(end.refused ? 'refused' : 'connecting', end.problem)
      if (end.wasConnected) retryMs = timing.firstRetryMs
      // Half of the wait is left to chance, so that many connectors do not come back at the same moment.
      const wait = end.refused ? timing.refusedRetryMs : retryMs * (0.5 + Math.random() / 2)
      retryMs = Math.min(retryMs * 2, timing.lastRetryMs)
      await delay(wait, undefined, { signal }).catch(() => {})
    }
  } finally {
    report('stopped', null)
  }
}
