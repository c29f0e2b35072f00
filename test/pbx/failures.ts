// What goes wrong around real calls: the server killed in the middle of one, an AMI password that is refused, the PBX
// itself killed. Each uses a Callbook of its own, so that the others' calls go on.
import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertCall, download, findCalls, untilConnector, untilEnded, untilPhase, untilRecorded } from './api.ts'
import { crashPbx, PBX, pbxCommand, startPbx } from './asterisk/pbx.ts'
import { Platform } from './asterisk/platform.ts'
import { CallbookServer } from './callbook-server.ts'
import { takeDesk } from './contact-centre.ts'
import { type GiveSetting, SCENARIO_MS } from './setting.ts'
import { readWav } from './wav.ts'

const timeout = SCENARIO_MS
/** A file that the PBX left unfinished is waited for longer, in case it still grows. */
const RESCUE_MS = 40_000

export function serverFailures(give: GiveSetting): void {
  it('a server killed during a call and started again shows the call once, and ends it rightly', {
    timeout,
  }, async (t) => {
    const { centre } = give()
    const desk = await takeDesk(centre, t)
    const callbook = await ownCallbook(t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const agentCall = await taken
    const before = await untilPhase(callbook, desk.customer, 'talking')
    await callbook.crash()
    await callbook.start()
    const again = await untilPhase(callbook, desk.customer, 'talking')
    assert.equal(again.id, before.id)
    await untilConnector(callbook, 'connected')
    await sleep(1000)
    await agentCall.hangUp()
    await call.until('ended')
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, {
      id: before.id,
      hangupReason: 'normal',
      releasedBy: 'agent',
      endEstimated: false,
      agent: desk.first,
      agents: [{ ...desk.first, talked: true }],
      keys: ['1'],
      startedAt: before.startedAt,
      answeredAt: before.answeredAt,
    })
    assert.equal((await findCalls(callbook, desk.customer)).length, 1)
  })

  it('a call that ended while the server was down is closed when it is back', { timeout }, async (t) => {
    const { centre } = give()
    const desk = await takeDesk(centre, t)
    const callbook = await ownCallbook(t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const agentCall = await taken
    const before = await untilPhase(callbook, desk.customer, 'talking')
    await callbook.crash()
    await agentCall.hangUp()
    await call.until('ended')
    const again = desk.newCustomer()
    const waiting = await desk.customerCalls(desk.numbers.patientIvr, { from: again })
    await callbook.start()
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { id: before.id, hangupReason: 'normal', endEstimated: true, agent: desk.first, phase: null })
    // Of the call that began in the meantime the snapshot tells.
    await untilPhase(callbook, again, 'ivr')
    await waiting.hangUp()
    assertCall(await untilEnded(callbook, again), { type: 'inbound', hangupReason: 'abandoned-in-ivr', agent: null })
  })

  it('a refused AMI password is told, and the right one connects', { timeout }, async (t) => {
    const callbook = await ownCallbook(t, { secret: 'not-the-secret' })
    const refused = await untilConnector(callbook, 'refused')
    assert.ok(refused.problem, 'no word about why')
    assert.ok(!callbook.log().includes('not-the-secret'), 'the password is in the log')
    await callbook.stop()
    await callbook.start({ secret: PBX.callbookUser.secret })
    await untilConnector(callbook, 'connected')
  })
}

/** Cuts connections and calls of everybody: nothing else may run beside these. */
export function pbxFailures(give: GiveSetting): void {
  it('a connection that the PBX cuts during a call is made again, and the call goes on', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const agentCall = await taken
    const before = await untilPhase(callbook, desk.customer, 'talking')
    const sinceBefore = (await untilConnector(callbook, 'connected')).since
    await cutAmiSessions()
    await untilConnector(callbook, 'connected', (state) => state.since !== sinceBefore)
    await sleep(1000)
    await agentCall.hangUp()
    await call.until('ended')
    assertCall(await untilEnded(callbook, desk.customer), {
      id: before.id,
      hangupReason: 'normal',
      releasedBy: 'agent',
      endEstimated: false,
      startedAt: before.startedAt,
      answeredAt: before.answeredAt,
      agents: [{ ...desk.first, talked: true }],
      keys: ['1'],
    })
  })

  it('a PBX that crashes and comes back leaves no call live, and calls after it are heard', { timeout }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const taken = desk.agentTakes(desk.first)
    await desk.customerChooses('1')
    await taken
    await untilPhase(callbook, desk.customer, 'talking')
    // Asterisk writes a file in pieces of 32 KiB, two seconds each: what is in the next one is lost.
    await sleep(5000)
    await crashPbx()
    centre.platform.close()
    assert.equal(await startPbx(), null)
    centre.platform = await Platform.connect({ ...PBX.ami, ...PBX.platformUser })
    const ended = await untilEnded(callbook, desk.customer)
    assertCall(ended, { hangupReason: 'normal', endEstimated: true, agent: desk.first })
    // The header of its recording was never finished: its length comes from the file.
    const recorded = await untilRecorded(callbook, desk.customer, RESCUE_MS)
    const wav = readWav(await download(callbook, recorded.id, 1))
    assert.ok(wav.durationMs > 500, `${wav.durationMs} ms were rescued`)
    const after = await takeDesk(centre, t)
    const call = await after.customerCalls(after.numbers.ivr)
    await untilPhase(callbook, after.customer, 'ivr')
    await call.hangUp()
    assertCall(await untilEnded(callbook, after.customer), { hangupReason: 'abandoned-in-ivr', releasedBy: 'customer' })
  })
}

/** Ends every AMI session of Callbook's user, as an administrator of Asterisk would. */
async function cutAmiSessions(): Promise<void> {
  const sessions = (await pbxCommand('manager show connected'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([user]) => user === PBX.callbookUser.username)
  assert.ok(sessions.length > 0, 'Callbook is not connected')
  // User, address, start, elapsed, file descriptor, …
  for (const [, , , , fileDescriptor] of sessions) await pbxCommand(`manager kick session ${fileDescriptor}`)
}

async function ownCallbook(t: TestContext, options: { secret?: string } = {}): Promise<CallbookServer> {
  const callbook = await CallbookServer.start(options)
  t.after(() => callbook.close())
  return callbook
}
