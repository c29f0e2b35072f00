// Calls with sound, as long and as mixed as real ones: two synthetic voices talk (src/demo), the files go in by PUT.
import assert from 'node:assert/strict'
import { audioBytesOf, makeConversation, wavHeader } from '../../src/demo/conversation.ts'
import { LI, SALES, SUPPORT, ZHANG } from './stories.ts'
import type { Journeys } from './support.ts'

/** Two people talk; nobody does in `quiet` (seconds from, to). */
export function conversation(seconds: number, seed: number, quiet: readonly [number, number][] = []): Buffer {
  const samples = makeConversation(seconds * 1000, seed)
  for (const [from, to] of quiet) samples.fill(0, from * 16_000, to * 16_000)
  const audio = audioBytesOf(samples)
  return Buffer.concat([wavHeader(audio.length), audio])
}

export async function upload(on: Journeys, callId: string, wav: Uint8Array, n = 1): Promise<void> {
  const answer = await on.server.api(`/calls/${callId}/recordings/${n}`, {
    method: 'PUT',
    headers: { 'content-type': 'audio/wav' },
    body: new Uint8Array(wav),
  })
  assert.ok(answer.ok, `${answer.status} ${await answer.clone().text()}`)
}

interface StoryLine {
  /** Seconds since the call's beginning. */
  at: number
  type: string
  [field: string]: unknown
}

/** Tells a story whose times are seconds since its beginning, `ago` seconds before now. */
export async function story(on: Journeys, callId: string, ago: number, lines: readonly StoryLine[]): Promise<void> {
  await on.tell(lines.map(({ at, ...line }) => ({ ...line, callId, at: ago - at })))
}

/** Menu, queue, first agent, hold, moved to a second one: 210 s, recorded from 31.4 s on. */
export async function transferredCall(on: Journeys, callId: string, ago: number): Promise<void> {
  await story(on, callId, ago, [
    { at: 0, type: 'call-started', callType: 'inbound', customer: '13912345678', dialledNumber: '02150001000' },
    { at: 0.2, type: 'ivr-entered', node: '主菜单' },
    { at: 6.1, type: 'key-pressed', key: '2', node: '主菜单' },
    { at: 9.4, type: 'key-pressed', key: '1', node: '售后' },
    { at: 10, type: 'queue-entered', skillGroup: SALES },
    { at: 22.5, type: 'agent-ringing', agent: ZHANG, skillGroup: SALES },
    { at: 31.4, type: 'agent-answered', agent: ZHANG, skillGroup: SALES },
    { at: 31.4, type: 'recording-started' },
    { at: 84, type: 'held', agent: ZHANG },
    { at: 101, type: 'resumed', agent: ZHANG },
    { at: 118, type: 'transferred', kind: 'blind', from: ZHANG, toAgent: LI },
    { at: 118, type: 'agent-left', agent: ZHANG },
    { at: 118.2, type: 'agent-ringing', agent: LI },
    { at: 125, type: 'agent-answered', agent: LI },
    { at: 210, type: 'call-ended', releasedBy: 'customer' },
  ])
  await upload(
    on,
    callId,
    conversation(178.6, 3, [
      [52, 69],
      [86, 94],
      [140, 143],
    ]),
  )
}

/** Dialled, talked, held, talked on: 95 s, recorded from the answer on. */
export async function heldOutbound(on: Journeys, callId: string, ago: number): Promise<void> {
  await story(on, callId, ago, [
    { at: 0, type: 'call-started', callType: 'outbound', customer: '18612340000', agent: LI },
    { at: 1.5, type: 'customer-ringing', number: '18612340000' },
    { at: 12, type: 'customer-answered', number: '18612340000' },
    { at: 12, type: 'recording-started' },
    { at: 40, type: 'held', agent: LI },
    { at: 58, type: 'resumed', agent: LI },
    { at: 95, type: 'call-ended', releasedBy: 'agent' },
  ])
  await upload(on, callId, conversation(83, 8, [[28, 46]]))
}

/** The recorder is paused while a card number is said; a part of what it recorded is made silent afterwards. */
export async function pausedCall(on: Journeys, callId: string, ago: number): Promise<void> {
  await story(on, callId, ago, [
    { at: 0, type: 'call-started', callType: 'inbound', customer: '13700001111', dialledNumber: '02150001000' },
    { at: 0.5, type: 'queue-entered', skillGroup: SUPPORT },
    { at: 3, type: 'agent-ringing', agent: ZHANG, skillGroup: SUPPORT },
    { at: 8, type: 'agent-answered', agent: ZHANG, skillGroup: SUPPORT },
    { at: 8, type: 'recording-started' },
    { at: 50, type: 'recording-paused' },
    { at: 72, type: 'recording-resumed' },
    { at: 128, type: 'call-ended', releasedBy: 'customer' },
  ])
  await upload(on, callId, conversation(120, 5, [[42, 64]]))
  const silenced = await on.server.api(`/calls/${callId}/recordings/1/silence`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fromMs: 20_000, toMs: 31_500, reason: '身份证号码' }),
  })
  assert.equal(silenced.status, 200, await silenced.clone().text())
}

/** Recorded twice: from 12 s to 37 s, and from 60 s on; mono. */
export async function twiceRecorded(on: Journeys, callId: string, ago: number): Promise<void> {
  await story(on, callId, ago, [
    { at: 0, type: 'call-started', callType: 'inbound', customer: '13600002222', dialledNumber: '02150001000' },
    { at: 1, type: 'queue-entered', skillGroup: SALES },
    { at: 4, type: 'agent-ringing', agent: ZHANG, skillGroup: SALES },
    { at: 9, type: 'agent-answered', agent: ZHANG, skillGroup: SALES },
    { at: 12, type: 'recording-started', n: 1 },
    { at: 60, type: 'recording-started', n: 2 },
    { at: 100, type: 'call-ended', releasedBy: 'agent' },
  ])
  await upload(on, callId, conversation(25, 11), 1)
  await upload(on, callId, conversation(40, 12), 2)
}

/** Talks since a minute, is being recorded, and goes on. */
export async function liveCall(on: Journeys, callId: string): Promise<void> {
  await story(on, callId, 75, [
    { at: 0, type: 'call-started', callType: 'inbound', customer: '13500003333', dialledNumber: '02150001000' },
    { at: 0.2, type: 'ivr-entered', node: '主菜单' },
    { at: 5, type: 'queue-entered', skillGroup: SALES },
    { at: 7, type: 'agent-ringing', agent: LI, skillGroup: SALES },
    { at: 15, type: 'agent-answered', agent: LI, skillGroup: SALES },
    { at: 15, type: 'recording-started' },
  ])
}
