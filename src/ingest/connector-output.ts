// What a running connector is given to talk to: the way into ingest, with patience. A store that fails now is tried again
// until it takes the events (the PBX's socket waits meanwhile); nothing a PBX said is dropped because a disk was full.
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { CallEvent } from '../calls/call-event.ts'
import { checkEvent, type Refusal } from '../calls/check-event.ts'
import type { ConnectorOutput, ConnectorState } from '../connectors/connector.ts'
import type { CallStore } from '../store/store.ts'
import type { Ingest, IngestSource } from './ingest.ts'
import type { RejectedMessages } from './rejected.ts'

export interface ConnectorOutputNeeds {
  from: IngestSource
  ingest: Pick<Ingest, 'append'>
  calls: Pick<CallStore, 'liveCallIds' | 'lastEventAt' | 'histories'>
  rejected: RejectedMessages
  log: Logger
  signal: AbortSignal
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 15_000

export function connectorOutput({ from, ingest, calls, rejected, log, signal }: ConnectorOutputNeeds): ConnectorOutput {
  function refuse(event: CallEvent | undefined, { code, detail }: Refusal): void {
    log.warn({ event: event?.id.slice(0, 200), code, detail }, 'event refused')
    const raw = Buffer.from(JSON.stringify(event) ?? '')
    rejected.keep(from.instance, { source: from.source, kind: 'event', cause: code, detail, raw })
  }

  /** A PBX may say anything; what reaches the store is held against the same schemas as what comes over HTTP. */
  function isSound(event: CallEvent): boolean {
    const checked = checkEvent(event, Date.now())
    if ('refusal' in checked) refuse(event, checked.refusal)
    return !('refusal' in checked)
  }

  return {
    emit: async (told) => {
      const events = told.filter(isSound)
      if (events.length === 0) return
      for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
        try {
          const { rejected: refused } = await ingest.append(from, events)
          for (const refusal of refused) refuse(events[refusal.index], refusal)
          return
        } catch (error) {
          if (signal.aborted) throw error
          log.error({ err: error, events: events.length, retryInMs: wait }, 'events cannot be stored; trying again')
          await delay(wait, undefined, { signal })
        }
      }
    },
    liveCallIds: () => calls.liveCallIds(from.instance, from.source),
    lastHeardAt: () => calls.lastEventAt(from.instance, from.source),
    histories: (callIds) => calls.histories(from.instance, callIds),
    report: (state) => logState(log, state),
    reject: (raw, cause) => {
      log.warn({ cause, bytes: raw.length }, 'message kept aside: it cannot be read')
      rejected.keep(from.instance, { source: from.source, kind: 'message', cause: 'unreadable', detail: cause, raw })
    },
  }
}

function logState(log: Logger, { status, problem }: ConnectorState): void {
  if (status === 'connected') log.info('connected to the PBX')
  else if (status === 'stopped') log.info('connector stopped')
  else log.warn({ status, problem }, 'not connected to the PBX')
}
