import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { makePlanner, type PlannedCall } from './call-plan.ts'
import { makeContactCentre } from './contact-centre.ts'
import { openMonitorFolder } from './monitor-folder.ts'
import { randomFrom } from './random.ts'

test('a recording appears with length 0 and is finished when its call ends', async (t) => {
  const { folder, monitor } = await openFolder(t)
  const call = planCall('in_normal_agent_hangup', Date.now() - 60_000)
  monitor.callBegun(call)
  const path = join(folder, `${call.callId}.wav`)
  while (!(await readdir(folder)).includes(`${call.callId}.wav`)) await new Promise(setImmediate)
  let file = await readFile(path)
  while (file.length < 44) file = await readFile(path)
  assert.equal(file.readUInt32LE(40), 0)
  monitor.callEnded(call)
  await monitor.close()
  file = await readFile(path)
  assert.equal(file.readUInt32LE(40), file.length - 44)
  const seconds = file.readUInt32LE(40) / file.readUInt32LE(28)
  assert.ok(Math.abs(seconds - (call.recording?.audibleMs ?? 0) / 1000) < 0.01, `${seconds} s of audio`)
})

test('a call that nobody answered leaves a bare header, as Asterisk does', async (t) => {
  const { folder, monitor } = await openFolder(t)
  const call = planCall('in_queue_abandon_paused', Date.now() - 60_000)
  monitor.callBegun(call)
  while ((await readdir(folder)).length === 0) await new Promise(setImmediate)
  monitor.callEnded(call)
  await monitor.close()
  assert.equal((await readFile(join(folder, `${call.callId}.wav`))).length, 44)
})

test('no audio is made past the budget', async (t) => {
  const { monitor } = await openFolder(t, 100_000)
  assert.equal(monitor.hasRoom(), true)
  await monitor.writePast(planCall('in_normal_agent_hangup', Date.now() - 600_000))
  assert.equal(monitor.hasRoom(), false)
  await monitor.close()
})

async function openFolder(t: TestContext, budgetBytes = 1e9) {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-monitor-'))
  t.after(() => rm(folder, { recursive: true }))
  const monitor = await openMonitorFolder({
    folder,
    budgetBytes,
    now: Date.now,
    onProblem: (cause) => {
      throw cause
    },
  })
  return { folder, monitor }
}

function planCall(scenario: string, at: number): PlannedCall {
  const random = randomFrom(6)
  const pace = { talkMs: 12_000, shortWaits: true }
  const centre = makeContactCentre(random)
  return makePlanner({ centre, random, pace, firstChannel: 1, scenarios: [scenario] }).plan(at)
}
