// What a monitoring system wants to know, in Prometheus' text format: made anew each time it is asked, from figures that
// the parts keep themselves. Of the asker's instance; figures of the whole process have no instance.
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { ConnectorState } from '../connectors/connector.ts'
import type { IngestFigures } from '../ingest/ingest.ts'
import type { Store } from '../store/store.ts'

export interface MetricsNeeds {
  store: Pick<Store, 'rejected' | 'retention' | 'recordings' | 'calls'>
  ingest: { readonly figures: IngestFigures }
  feed: { readonly watchers: number }
  /** The connectors of an instance. */
  states(instance: string): readonly ConnectorState[]
}

/** Of the process (memory, event loop, garbage collection): its meters run from the start. */
export function processMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'callbook_' })
  return registry
}

/** The text of one scrape, without the process's own. */
export async function instanceMetrics(
  { store, ingest, feed, states }: MetricsNeeds,
  instance: string,
): Promise<string> {
  const registry = new Registry()
  const registers = [registry]

  const events = new Counter({
    name: 'callbook_events_total',
    help: 'Call events by what became of them, since the start of the process',
    labelNames: ['result'],
    registers,
  })
  events.inc({ result: 'accepted' }, ingest.figures.events)
  events.inc({ result: 'duplicate' }, ingest.figures.duplicates)
  events.inc({ result: 'refused' }, ingest.figures.rejected)
  new Gauge({ name: 'callbook_events_waiting', help: 'Events waiting for the writer', registers }).set(
    ingest.figures.queuedEvents,
  )
  const commits = new Counter({
    name: 'callbook_commits_total',
    help: 'Transactions of the writer',
    labelNames: ['result'],
    registers,
  })
  commits.inc({ result: 'done' }, ingest.figures.commits)
  commits.inc({ result: 'failed' }, ingest.figures.failedCommits)
  new Gauge({ name: 'callbook_live_feeds', help: 'Open live feeds', registers }).set(feed.watchers)

  const [rejected, totals, aside, live] = await Promise.all([
    store.rejected.rejectedCounts(instance),
    store.retention.recordingTotals(instance),
    store.recordings.filesAside(instance),
    store.calls.liveCallIds(instance, null),
  ])
  const kept = new Gauge({ name: 'callbook_rejected_kept', help: 'Messages and events kept aside now', registers })
  kept.set(rejected.kept)
  const ever = new Counter({
    name: 'callbook_rejected_total',
    help: 'Messages and events that could not be taken, by source, since the store was made',
    labelNames: ['source'],
    registers,
  })
  for (const { source, count } of rejected.ever) ever.inc({ source }, count)
  new Gauge({ name: 'callbook_live_calls', help: 'Calls without an end', registers }).set(live.length)
  const sum = (of: (total: (typeof totals)[number]) => number) => totals.reduce((all, one) => all + of(one), 0)
  new Gauge({ name: 'callbook_recordings', help: 'Recordings that can be heard', registers }).set(
    sum(({ recordings }) => recordings),
  )
  new Gauge({ name: 'callbook_recordings_bytes', help: 'Their size', registers }).set(sum(({ bytes }) => bytes))
  new Gauge({ name: 'callbook_recordings_held', help: 'Those of them that retention passes by', registers }).set(
    sum(({ heldRecordings }) => heldRecordings),
  )
  new Gauge({ name: 'callbook_files_aside', help: 'Files of watched folders that were not taken in', registers }).set(
    aside.length,
  )
  tellConnectors(registers, states(instance))
  return registry.metrics()
}

function tellConnectors(registers: Registry[], states: readonly ConnectorState[]): void {
  const labelNames = ['connector'] as const
  const up = new Gauge({ name: 'callbook_connector_up', help: '1: connected to its PBX', labelNames, registers })
  const messages = new Counter({
    name: 'callbook_connector_messages_total',
    help: 'Messages of the PBX since the start of the process',
    labelNames,
    registers,
  })
  const unreadable = new Counter({
    name: 'callbook_connector_unreadable_total',
    help: 'Those of them that could not be read',
    labelNames,
    registers,
  })
  const heard = new Gauge({
    name: 'callbook_connector_last_message_seconds',
    help: 'When the PBX last said something, Unix time',
    labelNames,
    registers,
  })
  const lag = new Gauge({
    name: 'callbook_connector_lag_seconds',
    help: 'From the time of a message on the PBX to the commit of what it says, of late',
    labelNames: ['connector', 'quantile'],
    registers,
  })
  for (const { name: connector, status, ...state } of states) {
    up.set({ connector }, status === 'connected' ? 1 : 0)
    messages.inc({ connector }, state.messages)
    unreadable.inc({ connector }, state.unreadable)
    if (state.lastMessageAt !== null) heard.set({ connector }, state.lastMessageAt / 1000)
    if (!state.lagMs) continue
    lag.set({ connector, quantile: '0.5' }, state.lagMs.p50 / 1000)
    lag.set({ connector, quantile: '0.99' }, state.lagMs.p99 / 1000)
  }
}
