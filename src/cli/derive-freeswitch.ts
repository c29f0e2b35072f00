// `callbook derive freeswitch FILE`: the calls that a capture of a FreeSWITCH tells of. FILE: events, documents of
// mod_json_cdr, or a folder with `events.jsonl` and `json_cdr/`, as in test/traces/freeswitch. Called by derive.ts.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CallEvent } from '../calls/call-event.ts'
import type { ConnectorConfig } from '../config.ts'
import { createEslReader, type EslReader } from '../connectors/freeswitch/esl-reader.ts'
import { eventsOfCdr, identifyCdr } from '../connectors/freeswitch/json-cdr.ts'
import { type FreeswitchTrace, readTrace } from '../connectors/freeswitch/read-trace.ts'

/** The files that are read for a path given to the command. */
export function freeswitchFilesAt(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  const events = ['events.jsonl', 'events.jsonl.gz'].map((name) => join(path, name)).filter((file) => existsSync(file))
  return [...events, ...documentsIn(path), ...documentsIn(join(path, 'json_cdr'))]
}

function documentsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => /\.cdr\.json$/.test(name))
  return names.sort().map((name) => join(folder, name))
}

export { type FreeswitchTrace, readTrace as readFreeswitchTrace }

/** The call events of a capture: first what was heard, then what the documents add. */
export function freeswitchEventsOf(trace: FreeswitchTrace, connector: ConnectorConfig): CallEvent[] {
  const reader = createEslReader(connector)
  const events: CallEvent[] = []
  for (const { event, receivedAt } of trace.events) {
    reader.push(event, receivedAt)
    events.push(...reader.read(null))
  }
  events.push(...reader.finish())
  return [...events, ...cdrEventsOf(trace.cdrs, { connector, reader, told: events })]
}

/** The call events that documents add to what was told. `reader`: has heard what was told, if anybody has. */
export function cdrEventsOf(
  documents: readonly unknown[],
  given: { connector: ConnectorConfig; reader?: EslReader; told: readonly CallEvent[] },
): CallEvent[] {
  const reader = given.reader ?? createEslReader(given.connector)
  const told = [...given.told]
  const ids = new Set(told.map(keyOf))
  const cdrs = documents
    .map((document) => identifyCdr(document, reader.callOf))
    .filter((cdr) => typeof cdr !== 'string')
  // What kind of call it was is said by its first leg.
  cdrs.sort((a, b) => a.leg.createdAt - b.leg.createdAt || (a.leg.uuid === a.callId ? -1 : 1))
  for (const cdr of cdrs) {
    const known = told.filter((event) => event.callId === cdr.callId)
    for (const event of eventsOfCdr(cdr, reader.surroundingsOf(cdr, known))) {
      if (ids.has(keyOf(event))) continue
      ids.add(keyOf(event))
      told.push(event)
    }
  }
  return told.slice(given.told.length)
}

function keyOf({ callId, id }: CallEvent): string {
  return `${callId}\0${id}`
}
