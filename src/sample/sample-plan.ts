// What the sample calls are: nine days of a small made-up contact centre, so that today can be held against a week ago.
// The demo's planner, in the language of whoever asked. Pure but for the clock; runs in sample-thread.ts.
import type { CallEvent } from '../calls/call-event.ts'
import { clockIn } from '../calls/instant.ts'
import type { ConnectorConfig } from '../config.ts'
import type { PlannedCall } from '../demo/call-plan.ts'
import { MENU_NODE } from '../demo/call-template.ts'
import { type ContactCentre, makeContactCentre } from '../demo/contact-centre.ts'
import { wavBytes } from '../demo/conversation.ts'
import { deriveRecordedCall } from '../demo/derive-recorded-call.ts'
import { deletedRecording, recordingEvents } from '../demo/fill-history.ts'
import { makeEventWriter, planHistory } from '../demo/history.ts'
import { randomFrom } from '../demo/random.ts'
import type { RecordingRow } from '../store/store.ts'

export type SampleLanguage = 'zh-CN' | 'en'

export interface SamplePart {
  events: CallEvent[]
  /** Recordings that were there and have been deleted since, as on any system that is some days old. */
  rows: RecordingRow[]
  /** Talks whose sound is to be made. */
  audio: { callId: string; durationMs: number; seed: number }[]
}

const DAYS = 9
const CALLS_PER_DAY = 60
const AGENTS = 12
/** Sound of the newest talks; each at most so long, so that there is something of every kind. */
const AUDIO_BYTES = 40 * 1024 ** 2
const LONGEST_TALK_MS = 120_000
/** Files are in the store some seconds after their calls. */
const ENDED_BEFORE_MS = 30_000

const ENGLISH_AGENTS = [
  'Amy Parker',
  'Ben Foster',
  'Chloe Reed',
  'Daniel Shaw',
  'Emma Blake',
  'Frank Hughes',
  'Grace Miller',
  'Henry Wells',
  'Isla Grant',
  'Jack Turner',
  'Kate Morgan',
  'Liam Brooks',
]
const ENGLISH_GROUPS: Readonly<Record<string, string>> = {
  销售: 'Sales',
  售后: 'After-sales',
  技术支持: 'Support',
  投诉: 'Complaints',
  VIP专线: 'VIP',
}

/** The PBX of the recorded calls, as its connector would be set. */
const CONNECTOR: ConnectorConfig = {
  name: 'sample',
  type: 'asterisk',
  agents: ['PJSIP/????'],
  trunks: ['PJSIP/customers', 'PJSIP/external'],
  externalTrunks: ['PJSIP/external'],
  virtualNumbers: ['1709*'],
}

/** Newest day first, a day at a time. */
export function* planSample(asked: {
  instance: string
  timeZone: string
  language: SampleLanguage
  now: number
  seed: number
}): Generator<SamplePart> {
  const { instance, language, now, seed } = asked
  const clock = clockIn(asked.timeZone)
  const random = randomFrom(seed)
  const centre = centreIn(language, makeContactCentre(random, AGENTS))
  const writeEvents = makeEventWriter((recorded) => deriveRecordedCall(recorded, CONNECTOR))
  const until = now - ENDED_BEFORE_MS
  let audioBytes = 0
  for (const { calls } of planHistory({ centre, random, clock, until, days: DAYS, callsPerDay: CALLS_PER_DAY })) {
    const part: SamplePart = { events: [], rows: [], audio: [] }
    for (const call of calls) {
      part.events.push(...writeEvents(call).map((event) => inLanguage(event, language)))
      const audibleMs = call.recording?.audibleMs ?? 0
      if (!call.recording || audibleMs <= 0) continue
      if (audibleMs <= LONGEST_TALK_MS && audioBytes < AUDIO_BYTES) {
        audioBytes += wavBytes(audibleMs)
        part.audio.push({ callId: call.callId, durationMs: audibleMs, seed: seedOf(call) })
      } else {
        const row = deletedRecording(call, call.recording, instance, clock)
        part.rows.push(row)
        part.events.push(...recordingEvents(row, call))
      }
    }
    yield part
  }
}

function seedOf(call: PlannedCall): number {
  return Math.floor(call.startUs / 1000) % 1_000_000
}

function centreIn(language: SampleLanguage, centre: ContactCentre): ContactCentre {
  if (language !== 'en') return centre
  const groupName = (name: string) => ENGLISH_GROUPS[name] ?? name
  return {
    ...centre,
    agents: centre.agents.map((agent, i) => ({
      ...agent,
      name: ENGLISH_AGENTS[i] ?? agent.name,
      skillGroups: agent.skillGroups.map(groupName),
    })),
    skillGroups: centre.skillGroups.map((group) => ({ ...group, name: groupName(group.name) })),
  }
}

function inLanguage(event: CallEvent, language: SampleLanguage): CallEvent {
  return language === 'en' && 'node' in event && event.node === MENU_NODE ? { ...event, node: 'Main menu' } : event
}
