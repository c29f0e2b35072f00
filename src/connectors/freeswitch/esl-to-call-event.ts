// From events of FreeSWITCH to call events: which event does what to the model (fs-world.ts), and what is decided a
// moment later. Pure: the same events in the same order give the same call events with the same ids. Called by
// esl-reader.ts, which has put them in order. Facts behind it: FreeSWITCH 1.11's events, tried on traces.
import type { CallEvent } from '../../calls/call-event.ts'
import { byName } from '../by-name.ts'
import { type EslEvent, instant, text } from './esl-event.ts'
import { describeAgain, START_DELAY_MS, startCall } from './fs-calls.ts'
import { beginBridge, endBridge, settleTransfer } from './fs-destinations.ts'
import {
  endQueue,
  endRecording,
  enterMenu,
  enterQueue,
  followTransfers,
  learnMarks,
  legNamedIn,
  pressKey,
  startRecording,
} from './fs-flow.ts'
import { hangUp, settleEnd } from './fs-hangup.ts'
import { answerLeg, learnMember, legRings, meetLeg } from './fs-legs.ts'
import { settleLost } from './fs-snapshot.ts'
import { bridgeLegs, followTalks, hold, mergeCalls, resume, settleTalks, superviseCall } from './fs-talks.ts'
import { type FsWorld, type Leg, leaveBridge, legOf } from './fs-world.ts'

/** Takes the next event, made at `at` (epoch ms); returns what it says, and what time alone has decided since. */
export function applyEvent(world: FsWorld, event: EslEvent, at: number): CallEvent[] {
  if (at > world.now) world.now = at
  settle(world, at)
  const core = text(event, 'Core-UUID')
  if (core) world.core = core
  const name = text(event, 'Event-Name')
  const leg = hear(world, event, name, at)
  const custom = name === 'CUSTOM' ? text(event, 'Event-Subclass') : ''
  const handler = custom ? customHandlers.get(custom) : handlers.get(name)
  handler?.(world, { event, at, leg })
  if (leg?.call.told) describeAgain(world, leg.call, at)
  return takeOut(world)
}

/** Nothing was said for a while: decides what only waited for time to pass. `at`: FreeSWITCH's time. */
export function applySilence(world: FsWorld, at: number): CallEvent[] {
  if (at > world.now) world.now = at
  settle(world, at)
  return takeOut(world)
}

export function takeOut(world: FsWorld): CallEvent[] {
  const out = world.out
  world.out = []
  return out
}

function settle(world: FsWorld, at: number): void {
  for (const call of [...world.unsettled]) {
    if (call.told === null && at - call.createdAt >= START_DELAY_MS) startCall(world, call)
    const waiting = [
      call.told === null,
      settleTalks(world, call, at),
      settleTransfer(world, call, at),
      settleLost(world, call, at),
      settleEnd(world, call, at),
    ]
    if (!waiting.includes(true)) world.unsettled.delete(call)
  }
}

interface Said {
  event: EslEvent
  at: number
  leg: Leg | null
}

/** Events that say nothing about a leg being alive. */
const LAST_WORDS = new Set(['CHANNEL_HANGUP', 'CHANNEL_HANGUP_COMPLETE', 'CHANNEL_UNBRIDGE', 'RECORD_STOP'])

/** Finds the leg that an event is about, and makes it known if its beginning was missed. */
function hear(world: FsWorld, event: EslEvent, name: string, at: number): Leg | null {
  const uuid = text(event, 'Unique-ID')
  if (!uuid) return null
  const isEnding = LAST_WORDS.has(name) || text(event, 'Answer-State') === 'hangup'
  let leg = legOf(world, uuid)
  if (!leg) {
    if (isEnding) return null
    leg = meetLeg(world, event, { at, complete: name === 'CHANNEL_CREATE' })
    if (!leg) return null
    const answeredAt = instant(event, 'Caller-Channel-Answered-Time')
    if (answeredAt !== null && name !== 'CHANNEL_ANSWER') answerLeg(world, leg, answeredAt)
  }
  leg.heardIn = world.connection
  leg.heardAt = Math.max(leg.heardAt, at)
  if (!isEnding) leg.lostAt = null
  learnMarks(world, leg, event, at)
  followTransfers(world, leg, event, at)
  return leg
}

const handlers = byName<(world: FsWorld, said: Said) => void>({
  CHANNEL_PROGRESS: (world, { event, at, leg }) => leg && legRings(world, leg, event, at),
  CHANNEL_PROGRESS_MEDIA: (world, { event, at, leg }) => leg && legRings(world, leg, event, at),
  CHANNEL_ANSWER(world, { event, at, leg }) {
    if (leg) answerLeg(world, leg, instant(event, 'Caller-Channel-Answered-Time') ?? at)
  },
  CHANNEL_BRIDGE(world, { event, at }) {
    const a = legOf(world, text(event, 'Bridge-A-Unique-ID'))
    const b = legOf(world, text(event, 'Bridge-B-Unique-ID'))
    if (a && b && !a.end && !b.end) bridgeLegs(world, a, b, instant(event, 'Caller-Channel-Bridged-Time') ?? at)
  },
  CHANNEL_UNBRIDGE(world, { event, at }) {
    const a = legOf(world, text(event, 'Bridge-A-Unique-ID'))
    const b = legOf(world, text(event, 'Bridge-B-Unique-ID'))
    if (!a || !b || a.bridgedTo !== b) return
    leaveBridge(a)
    for (const call of new Set([a.call, b.call])) followTalks(world, call, at)
  },
  CHANNEL_HOLD: (world, { event, at, leg }) => leg && hold(world, leg, event, at),
  CHANNEL_UNHOLD: (world, { event, at, leg }) => leg && resume(world, leg, event, at),
  CHANNEL_EXECUTE(world, { event, at, leg }) {
    if (!leg || leg.end) return
    const application = text(event, 'Application')
    const data = text(event, 'Application-Data')
    // Setting variables goes on beside a bridge that is being made.
    if (!/^(set|export|multiset|record_session|log)$/.test(application)) endBridge(world, leg, at)
    if (application === 'bridge') beginBridge(world, leg, data, at)
    if (application === 'eavesdrop') {
      const target = legNamedIn(world, data)
      if (target) superviseCall(world, leg, target, at)
    }
  },
  DTMF: (world, { event, at, leg }) => leg && pressKey(world, leg, text(event, 'DTMF-Digit'), at),
  RECORD_START: (world, { event, at, leg }) => leg && startRecording(world, leg, text(event, 'Record-File-Path'), at),
  RECORD_STOP: (world, { event, at, leg }) => leg && endRecording(world, leg, text(event, 'Record-File-Path'), at),
  CHANNEL_HANGUP(_world, { at, leg }) {
    if (leg) leg.hangingUpAt ??= at
  },
  CHANNEL_HANGUP_COMPLETE: (world, { event, at, leg }) => leg && hangUp(world, leg, event, at),
})

const customHandlers = byName<(world: FsWorld, said: Said) => void>({
  'menu::enter': (world, { event, at, leg }) => leg && !leg.end && enterMenu(world, leg, text(event, 'Menu-Name'), at),
  'callcenter::info': applyQueueNews,
  /** A dialplan's own word, for menus that FreeSWITCH does not know as such (Lua, httapi). */
  'callbook::flow'(world, { event, at, leg }) {
    const target = leg ?? legOf(world, text(event, 'Channel-UUID'))
    if (!target || target.end) return
    const step = text(event, 'Step')
    if (step === 'ivr') enterMenu(world, target, text(event, 'Node'), at)
    else if (step === 'key') pressKey(world, target, text(event, 'Key'), at)
  },
})

function applyQueueNews(world: FsWorld, { event, at, leg }: Said): void {
  learnMember(world, event)
  const member = legOf(world, text(event, 'CC-Member-Session-UUID')) ?? leg
  if (!member) return
  switch (text(event, 'CC-Action')) {
    case 'member-queue-start':
    case 'member-queue-resume':
      if (!member.end) enterQueue(world, member, event, at)
      return
    case 'bridge-agent-start':
      joinAgent(world, member, event, at)
      return
    case 'member-queue-end':
      endQueue(world, member, event, at)
      return
  }
}

/** The queue has found an agent: her leg is hers by the queue's word, and part of the member's call. */
function joinAgent(world: FsWorld, member: Leg, event: EslEvent, at: number): void {
  const id = learnMember(world, event)
  const agentLeg = legOf(world, text(event, 'CC-Agent-UUID'))
  if (!agentLeg || !id) return
  agentLeg.member ??= { id }
  agentLeg.queue ??= text(event, 'CC-Queue') || null
  if (agentLeg.call !== member.call) mergeCalls(world, member.call, agentLeg.call, at)
}
