// Whose voice is on which side of a stereo recording, and what is told of their talk (peaks, detail of a call). Pure.
import type { Call } from '../calls/call.ts'
import type { RecordingTalkJson } from '../calls/call-json.ts'
import type { RecordingRow, RecordingTalk } from '../store/store.ts'
import type { Range, Talk } from './sound/talk.ts'

/** How a connector's stereo recordings are made: who is on the left, the first channel. */
export type StereoSide = 'customer' | 'agent' | 'caller'

/** By recording: its connector is the first part of its origin; what was uploaded has the customer on the left. */
export type StereoSides = (row: Pick<RecordingRow, 'origin' | 'instance'>) => StereoSide

export function stereoSides(connectors: readonly { name: string; recordings?: { left?: StereoSide } }[]): StereoSides {
  const byConnector = new Map(connectors.map(({ name, recordings }) => [name, recordings?.left ?? 'customer']))
  return ({ origin }) => byConnector.get(origin?.slice(0, origin.indexOf(':')) ?? '') ?? 'customer'
}

/** The channel of the customer. Who calls is on the left where the recorder runs on the calling channel. */
export function customerChannel({ type }: Pick<Call, 'type'>, left: StereoSide): 0 | 1 {
  if (left === 'customer') return 0
  if (left === 'agent') return 1
  return type === 'outbound' || type === 'back-to-back' || type === 'internal' ? 1 : 0
}

export function talkSummary(talk: RecordingTalk, customer: 0 | 1): RecordingTalkJson {
  return {
    customerMs: talk.channelMs[customer],
    agentMs: talk.channelMs[customer === 0 ? 1 : 0],
    overlapMs: talk.overlapMs,
    silenceMs: talk.silenceMs,
  }
}

export interface TalkJson extends RecordingTalkJson {
  /** 0: left, 1: right. */
  customerChannel: 0 | 1
  /** Milliseconds of the recording; bounded lists, the sums above are exact. */
  customer: Range[]
  agent: Range[]
  overlap: Range[]
  silence: Range[]
}

export function talkToJson({ channels, overlap, silence }: Talk, customerChannel: 0 | 1): TalkJson {
  const [customer, agent] = customerChannel === 0 ? channels : [channels[1], channels[0]]
  return {
    customerChannel,
    customerMs: customer.talkMs,
    agentMs: agent.talkMs,
    overlapMs: overlap.talkMs,
    silenceMs: silence.talkMs,
    customer: customer.ranges,
    agent: agent.ranges,
    overlap: overlap.ranges,
    silence: silence.ranges,
  }
}
