// What went by unheard, on the real PBX: while a small random mix runs, the connection is cut for some seconds, and after
// that Callbook is killed and started again. CEL and queue_log have to tell the rest, and the phones say whether they did.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { AmiProxy } from '../ami-proxy.ts'
import { untilConnector } from '../api.ts'
import { CallbookServer } from '../callbook-server.ts'
import { type GiveSetting, SCENARIO_MS } from '../setting.ts'
import { INTERRUPTIONS, type Interruption, interrupt } from './interruptions.ts'
import { runMix } from './mix.ts'
import { describeInterruption, describeMix } from './report.ts'

const COUNT = 16
const AT_A_TIME = 10
/** Some calls are in the middle of something by then. */
const BEFORE_MS = 1_500
const AWAY_MS = 2_500

/** Always the same mix: what others still find is looked for by `--mix N --gaps`, not by every run (docs/known-limits.md). */
const SEED = 270_206

export function gaps(give: GiveSetting): void {
  const seed = SEED
  it(`calls that nobody listened to are recorded as the phones saw them (--mix ${COUNT} --seed ${seed} --gaps)`, {
    timeout: SCENARIO_MS,
  }, async (t) => {
    const { centre } = give()
    const proxy = await AmiProxy.start()
    t.after(() => proxy.close())
    const callbook = await CallbookServer.start({ ami: proxy.address, backfill: true })
    t.after(() => callbook.close())
    await untilConnector(callbook, 'connected')
    const interruptions: Interruption[] = []
    const interrupting = (async () => {
      for (const kind of INTERRUPTIONS) {
        await sleep(BEFORE_MS)
        interruptions.push(await interrupt({ callbook, proxy }, kind, AWAY_MS))
      }
    })()
    interrupting.catch(() => {})
    const result = await runMix(centre, callbook, {
      ...{ count: COUNT, seed, atATime: AT_A_TIME, interruptions },
      whenPlayed: () => interrupting,
    })
    const told = [describeMix(result, seed), ...interruptions.map(describeInterruption)].join('\n')
    assert.deepEqual(result.disagreements, [], told)
    const reconstructed = result.compared.filter(({ call }) => call?.reconstructed)
    assert.ok(reconstructed.length > 0, `nothing was read afterwards:\n${told}`)
  })
}
