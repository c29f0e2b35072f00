// What the Asterisk connector makes of one recorded call: the same reader that listens to a PBX, fed offline.
import type { CallEvent } from '../calls/call-event.ts'
import type { ConnectorConfig } from '../config.ts'
import { createAmiReader } from '../connectors/asterisk/ami-reader.ts'
import type { RecordedCall, RecordedMessage } from './recorded-calls.ts'

export function deriveRecordedCall(recorded: RecordedCall, connector: ConnectorConfig): CallEvent[] {
  const reader = createAmiReader(connector)
  const events: CallEvent[] = []
  for (const message of recorded.messages) {
    reader.push(toAmiMessage(message), (recorded.startedUs + message[0]) / 1000)
    events.push(...reader.read(null))
  }
  return [...events, ...reader.finish()]
}

function toAmiMessage([, headers]: RecordedMessage): Map<string, string[]> {
  const message = new Map<string, string[]>()
  for (const [key, value] of headers) message.set(key, [...(message.get(key) ?? []), value])
  return message
}
