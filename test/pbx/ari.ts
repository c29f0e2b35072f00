// Recordings taken over the real ARI, by a Callbook that sees no folder: the same bytes as in the PBX's folder, soon after the
// hangup; deleted there only when that was asked for, and only what was taken.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { download, untilConnector, untilRecorded } from './api.ts'
import { PBX } from './asterisk/pbx.ts'
import { CallbookServer } from './callbook-server.ts'
import { takeDesk } from './contact-centre.ts'
import { type GiveSetting, SCENARIO_MS } from './setting.ts'
import { readWav } from './wav.ts'

const timeout = SCENARIO_MS
const READER = { username: 'recordings', password: 'ari-pw' }
const OWNER = { username: 'recordings-owner', password: 'ari-owner-pw' }

export function overAri(give: GiveSetting): void {
  describe('recordings over ARI', () => {
    it('come in byte for byte, mono and stereo, and stay at the PBX', { timeout }, async (t) => {
      const callbook = await over(t, READER)
      for (const number of ['ivr', 'stereo'] as const) {
        const { id, customer } = await talk(give, t, number)
        const call = await untilRecorded(callbook, customer)
        assert.equal(call.id, id)
        const file = await download(callbook, id, 1)
        const lies = readFileSync(join(PBX.recordings, `${id}.wav`))
        assert.deepEqual(file, lies)
        assert.equal(call.recordings[0]?.sha256, createHash('sha256').update(lies).digest('hex'))
        assert.equal(readWav(file).channels, number === 'stereo' ? 2 : 1)
      }
    })

    it('are deleted at the PBX once they are here, and those of other calls are not', { timeout }, async (t) => {
      const before = await talk(give, t, 'ivr')
      const callbook = await over(t, { ...OWNER, deleteAtPbx: true })
      const { id, customer } = await talk(give, t, 'ivr')
      await untilRecorded(callbook, customer)
      for (let i = 0; i < 100 && existsSync(join(PBX.recordings, `${id}.wav`)); i++) await sleep(100)
      assert.ok(!existsSync(join(PBX.recordings, `${id}.wav`)))
      assert.ok(readWav(await download(callbook, id, 1)).durationMs > 1_000)
      assert.ok(existsSync(join(PBX.recordings, `${before.id}.wav`)), 'a call that this Callbook has not seen')
    })

    it('stay at the PBX where its user may not delete, and are taken all the same', { timeout }, async (t) => {
      const callbook = await over(t, { ...READER, deleteAtPbx: true })
      const { id, customer } = await talk(give, t, 'ivr')
      await untilRecorded(callbook, customer)
      await sleep(1_000)
      assert.ok(existsSync(join(PBX.recordings, `${id}.wav`)))
      assert.match(callbook.log(), /may not delete/)
      assert.ok(!callbook.log().includes(READER.password))
    })
  })
}

async function over(t: TestContext, ari: { username: string; password: string; deleteAtPbx?: boolean }) {
  const callbook = await CallbookServer.start({ ari })
  t.after(() => callbook.close())
  await untilConnector(callbook, 'connected')
  return callbook
}

/** Somebody calls, and talks for two seconds. */
async function talk(
  give: GiveSetting,
  t: TestContext,
  number: 'ivr' | 'stereo',
): Promise<{ id: string; customer: string }> {
  const desk = await takeDesk(give().centre, t)
  const taken = desk.agentTakes(desk.first)
  const call = await desk.customerChooses('1', desk.numbers[number])
  const agentCall = await taken
  await sleep(2_000)
  await agentCall.hangUp()
  await call.until('ended')
  return { id: await desk.callId(), customer: desk.customer }
}
