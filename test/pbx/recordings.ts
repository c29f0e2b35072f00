// Recordings of real calls, by their sound: there soon after the hangup, as long as the talk, and with both voices in them.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallDetailJson } from '../../src/calls/call-json.ts'
import { type Api, assertCall, download, findCalls, readCall, untilCall, untilEnded, untilRecorded } from './api.ts'
import { describeArrivals, readArrivals } from './arrivals.ts'
import { TONES, takeDesk } from './contact-centre.ts'
import { type GiveSetting, SCENARIO_MS } from './setting.ts'
import { readWav, shareOfTone, type Wav } from './wav.ts'

const timeout = SCENARIO_MS
/** MixMonitor starts and ends with whole packets, and the phones' clocks are not the PBX's. */
const LENGTH_MS = 600
const RECORDED_MS = 20_000
const HEARD = 0.2
const SILENT = 0.02

export function recordings(give: GiveSetting): void {
  it('the recording of an inbound call is as long as the talk and holds both voices', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const agentCall = await taken
    await sleep(3500)
    await agentCall.hangUp()
    await call.until('ended')
    const { wav } = await assertRecording(callbook, desk.customer, (agentCall.endedAt ?? 0) - (agentCall.upAt ?? 0))
    assert.equal(wav.channels, 1)
    assertTones(wav, 0, { heard: ['customer', 'agent'] })
  })

  it('a stereo recording keeps customer and agent apart', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1', desk.numbers.stereo)
    const agentCall = await taken
    await sleep(3000)
    await agentCall.hangUp()
    await call.until('ended')
    const { wav } = await assertRecording(callbook, desk.customer, (agentCall.endedAt ?? 0) - (agentCall.upAt ?? 0))
    assert.equal(wav.channels, 2)
    assertTones(wav, 0, { heard: ['customer'], silent: ['agent'] })
    assertTones(wav, 1, { heard: ['agent'], silent: ['customer'] })
  })

  it('a call of which each direction is a file becomes one stereo recording', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1', desk.numbers.halves)
    const agentCall = await taken
    await sleep(3000)
    await agentCall.hangUp()
    await call.until('ended')
    const { wav } = await assertRecording(callbook, desk.customer, (agentCall.endedAt ?? 0) - (agentCall.upAt ?? 0))
    assert.equal(wav.channels, 2)
    assertTones(wav, 0, { heard: ['customer'], silent: ['agent'] })
    assertTones(wav, 1, { heard: ['agent'], silent: ['customer'] })
  })

  it('while the recorder is muted nothing is heard, and the record says when', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const agentCall = await taken
    const recorded = desk.platform.channel((e) => e.CallerIDNum === desk.customer && e.Uniqueid === e.Linkedid)
    await sleep(1500)
    await desk.platform.mute(recorded, true)
    await sleep(2000)
    await desk.platform.mute(recorded, false)
    await sleep(1500)
    await agentCall.hangUp()
    await call.until('ended')
    const { call: ended, wav } = await readRecording(callbook, desk.customer)
    const [pause, ...others] = ended.recordings[0]?.pauses ?? []
    assert.deepEqual(others, [])
    assert.ok(pause?.toMs, 'the pause is not in the record')
    assert.ok(Math.abs(pause.toMs - pause.fromMs - 2000) < 300, `paused for ${pause.toMs - pause.fromMs} ms`)
    const flow = ended.steps.map(({ type }) => type)
    assert.ok(flow.indexOf('recording-paused') > flow.indexOf('recording-started'))
    assert.ok(flow.indexOf('recording-resumed') > flow.indexOf('recording-paused'))
    // The recorder began with the talk: what was said in the pause is silence, what was said around it is there.
    const talkFrom = ended.steps.find(({ type }) => type === 'agent-answered')?.offsetMs ?? 0
    const part = (fromMs: number, toMs: number) => {
      const at = (ms: number) => Math.round((ms * wav.sampleRate) / 1000)
      return wav.samples[0]?.subarray(at(fromMs), at(toMs)) ?? new Int16Array()
    }
    const [from, to] = [pause.fromMs - talkFrom, pause.toMs - talkFrom]
    assert.ok(part(from + 400, to - 400).every((sample) => Math.abs(sample) < 50))
    for (const side of ['customer', 'agent'] as const)
      for (const heard of [part(0, from - 400), part(to + 400, wav.durationMs)])
        assert.ok(shareOfTone(heard, { hz: TONES[side], sampleRate: wav.sampleRate }) > HEARD, side)
  })

  it('a recorder that is stopped and told to append was paused', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const agentCall = await taken
    const { Channel: channel = '', Linkedid: id = '' } = await desk.platform.event(
      (e) => e.Event === 'Newchannel' && e.CallerIDNum === desk.customer && e.Uniqueid === e.Linkedid,
    )
    await sleep(1500)
    await desk.platform.act('StopMixMonitor', { Channel: channel })
    await sleep(1500)
    await desk.platform.act('MixMonitor', { Channel: channel, File: `${id}.wav`, options: 'ab' })
    await sleep(1500)
    await agentCall.hangUp()
    await call.until('ended')
    const { call: ended, wav } = await readRecording(callbook, desk.customer)
    const [pause] = ended.recordings[0]?.pauses ?? []
    assert.ok(pause?.toMs && Math.abs(pause.toMs - pause.fromMs - 1500) < 300, JSON.stringify(pause))
    assert.ok(wav.durationMs > 2_000 && wav.durationMs < 4_000, `${wav.durationMs} ms of sound`)
  })

  it('the recording of an outbound call is as long as the talk', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.customerTakes()
    const call = await desk.agentCalls(desk.first, desk.customer)
    const customerCall = await taken
    await sleep(2500)
    await customerCall.hangUp()
    await call.until('ended')
    await assertRecording(callbook, desk.customer, (customerCall.endedAt ?? 0) - (customerCall.upAt ?? 0))
  })

  it('a call that is transferred blind goes on in one recording', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const firstCall = await taken
    await sleep(1500)
    const takenOn = desk.agentTakes(desk.third)
    await firstCall.transferTo(desk.third.id)
    const thirdCall = await takenOn
    await sleep(2000)
    await thirdCall.hangUp()
    await call.until('ended')
    const { wav } = await readRecording(callbook, desk.customer)
    assertTones(wav, 0, { heard: ['customer', 'agent'] })
    assert.ok(wav.durationMs > 3_000, `only ${wav.durationMs} ms were recorded`)
  })

  it('a call that is transferred to a skill group goes on in one stereo recording', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1', desk.numbers.stereo)
    const firstCall = await taken
    await sleep(1500)
    const takenOn = desk.agentTakes(desk.third)
    await firstCall.transferTo(desk.toSupport)
    const thirdCall = await takenOn
    await sleep(2000)
    await thirdCall.hangUp()
    await call.until('ended')
    const { wav } = await readRecording(callbook, desk.customer)
    assert.equal(wav.channels, 2)
    assertTones(wav, 0, { heard: ['customer'], silent: ['agent'] })
    assertTones(wav, 1, { heard: ['agent'], silent: ['customer'] })
  })

  it('a consultation outside and the call it was for keep both recordings, in one call', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const expert = desk.newCustomer()
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const firstCall = await taken
    await sleep(1500)
    firstCall.hold()
    await sleep(300)
    const expertTakes = desk.strangerTakes(expert)
    const consultation = await desk.agentCalls(desk.first, expert)
    await consultation.until('up')
    const expertCall = await expertTakes
    await sleep(2000)
    await firstCall.joinWith(consultation)
    await sleep(2000)
    await expertCall.hangUp()
    await call.until('ended')
    const both = await untilCall(callbook, desk.customer, {
      is: 'recorded twice',
      fits: ({ endedAt, recordings: all }) =>
        endedAt !== null && all.filter(({ state }) => state === 'available').length === 2,
      withinMs: RECORDED_MS,
    })
    const ended = await readCall(callbook, both.id)
    const files = await Promise.all(ended.recordings.map(({ n }) => download(callbook, ended.id, n)))
    const hashes = files.map((file) => createHash('sha256').update(file).digest('hex'))
    assert.deepEqual(
      hashes,
      ended.recordings.map(({ sha256 }) => sha256),
    )
    assert.notEqual(hashes[0], hashes[1])
  })

  it('a call nobody answered has no recording, though the PBX left an empty file', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    await desk.pause(desk.first, desk.second)
    const call = await desk.customerChooses('1')
    await sleep(1000)
    await call.hangUp()
    await untilEnded(callbook, desk.customer)
    // Longer than a recording takes to come in.
    await sleep(4000)
    const [listed] = await findCalls(callbook, desk.customer)
    assert.ok(!listed?.recordings.some((recording) => recording.state === 'available'), JSON.stringify(listed))
  })
}

/** After all scenarios: nobody who talked is without a recording, and how soon they were there. */
export function allRecordings(give: GiveSetting, from: number): void {
  it('every call in which people talked has its recording', { timeout }, async (t) => {
    const { callbook } = give()
    let arrivals = await readArrivals(callbook, { from })
    for (let tries = 0; arrivals.unheard.length > 0 && tries < 20; tries++) {
      await sleep(1_000)
      arrivals = await readArrivals(callbook, { from })
    }
    assert.deepEqual(
      arrivals.unheard.map(({ id, type, steps }) => ({ id, type, steps: steps.map((step) => step.type) })),
      [],
    )
    assert.ok(arrivals.ms.length > 0)
    t.diagnostic(describeArrivals(arrivals))
  })
}

/** Downloads the recording of this customer's one call and holds it against what is reported and what the phones saw. */
async function assertRecording(api: Api, customer: string, talkMs: number): Promise<{ wav: Wav }> {
  const { wav } = await readRecording(api, customer)
  assert.ok(Math.abs(wav.durationMs - talkMs) < LENGTH_MS, `${wav.durationMs} ms of sound, ${talkMs} ms of talk`)
  return { wav }
}

/** Downloads the one recording of this customer's one call and holds it against what is reported. */
async function readRecording(api: Api, customer: string): Promise<{ call: CallDetailJson; wav: Wav }> {
  const call = await untilRecorded(api, customer)
  assertCall(call, { hangupReason: 'normal' })
  assert.equal(call.recordings.length, 1)
  const [recording] = call.recordings
  assert.ok(recording)
  const file = await download(api, call.id, recording.n)
  const wav = readWav(file)
  assert.equal(recording.sizeBytes, file.length)
  assert.equal(recording.sha256, createHash('sha256').update(file).digest('hex'))
  assert.equal(recording.channels, wav.channels)
  assert.equal(recording.durationMs, Math.round(wav.durationMs))
  return { call, wav }
}

type Side = keyof typeof TONES

function assertTones(wav: Wav, channel: number, { heard, silent = [] }: { heard: Side[]; silent?: Side[] }): void {
  const share = (side: Side) =>
    shareOfTone(wav.samples[channel] ?? new Int16Array(), { hz: TONES[side], sampleRate: wav.sampleRate })
  for (const side of heard) assert.ok(share(side) > HEARD, `${side} is not heard on channel ${channel}: ${share(side)}`)
  for (const side of silent) assert.ok(share(side) < SILENT, `${side} is heard on channel ${channel}: ${share(side)}`)
}
