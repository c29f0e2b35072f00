// Looks over the connectors and says what to change. Called by `callbook doctor` and by doctor-routes.ts. It changes
// nothing, here or on a PBX, and every wait in it ends.
import { type Config, DEFAULT_INSTANCE, recordingFolders } from '../config.ts'
import { lookAtAsterisk } from './asterisk/asterisk-doctor.ts'
import { checkDecoding, type Decoding } from './decoding.ts'
import type { Finding } from './finding.ts'
import { lookAtFreeswitch } from './freeswitch/freeswitch-doctor.ts'

export interface Examination {
  connector: string
  type: Config['connectors'][number]['type']
  findings: Finding[]
}

export interface ExamineOptions {
  /** All connectors there are, for what depends on neighbours. */
  connectors: Config['connectors']
  signal: AbortSignal
  now?: () => number
  /** Listens this long for events of real calls, ms. */
  listenMs?: number
  /** Left out: nothing is said of compressed recordings. */
  decoding?: Decoding
}

/** Looks over one connector. Never throws for what it finds. */
export async function examine(
  connector: Config['connectors'][number],
  { connectors, signal, now = Date.now, listenMs = 0, decoding }: ExamineOptions,
): Promise<Examination> {
  const instanceOf = (one: { instance?: string }) => one.instance ?? DEFAULT_INSTANCE
  const hasNeighbours = connectors.some(
    (one) => one.name !== connector.name && one.type === connector.type && instanceOf(one) === instanceOf(connector),
  )
  const options = { now, listenMs, signal, hasNeighbours }
  const isRecorded = recordingFolders(connector).length > 0 || connector.recordings?.ari !== undefined
  const [findings, decoded] = await Promise.all([
    lookAt(connector, options),
    decoding && isRecorded ? checkDecoding(decoding) : [],
  ])
  return { connector: connector.name, type: connector.type, findings: [...findings, ...decoded] }
}

function lookAt(
  connector: Config['connectors'][number],
  options: { now: () => number; listenMs: number; signal: AbortSignal; hasNeighbours: boolean },
): Promise<Finding[]> {
  switch (connector.type) {
    case 'asterisk':
      return lookAtAsterisk(connector, options)
    case 'freeswitch':
      return lookAtFreeswitch(connector, options)
  }
}
