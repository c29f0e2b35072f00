// `npm run test:pbx -- --mix 200`: opens the contact centre on a PBX that run.ts has started, plays the mix, prints what
// agreed and what did not.
import { AmiProxy } from '../ami-proxy.ts'
import { untilConnector } from '../api.ts'
import { describeArrivals, readArrivals } from '../arrivals.ts'
import { CallbookServer } from '../callbook-server.ts'
import { closeContactCentre, openContactCentre } from '../contact-centre.ts'
import { AmiTape } from './ami-tape.ts'
import { chanceOf } from './chance.ts'
import { type Interruption, keepInterrupting } from './interruptions.ts'
import { keepTraces } from './keep-traces.ts'
import { type MixOptions, runMix } from './mix.ts'
import { describeInterruption, describeMix } from './report.ts'

/**
 * `keep`: words; traces of all plays with these in their name are kept, not only of those with a disagreement. `gaps`: all
 * the while the connection is cut, or Callbook is killed and started again.
 */
export async function playMix({
  keep,
  gaps,
  ...options
}: MixOptions & { keep?: string | undefined; gaps: boolean }): Promise<number> {
  const { count, seed, stock } = options
  const centre = await openContactCentre()
  const proxy = await AmiProxy.start()
  const callbook = await CallbookServer.start({ recordings: !gaps, backfill: gaps, ami: proxy.address })
  const tape = await AmiTape.start()
  const enough = new AbortController()
  try {
    await untilConnector(callbook, 'connected')
    const begunAt = Date.now()
    console.log(`${count} random calls, seed ${seed}${stock ? ', without marks' : ''}`)
    const interruptions: Interruption[] = []
    const interrupting = gaps
      ? keepInterrupting({ callbook, proxy }, { chance: chanceOf(seed), done: interruptions }, enough.signal)
      : Promise.resolve()
    // What it met is told when it is waited for.
    interrupting.catch(() => {})
    const whenPlayed = async () => {
      enough.abort()
      await interrupting
    }
    const result = await runMix(centre, callbook, { ...options, interruptions, whenPlayed })
    console.log(describeMix(result, seed))
    for (const one of interruptions) console.log(describeInterruption(one))
    if (!gaps) {
      const arrivals = await readArrivals(callbook, { from: begunAt })
      console.log(`${describeArrivals(arrivals)}; without a recording though people talked: ${arrivals.unheard.length}`)
    }
    const wrong = new Set(result.disagreements.map(({ seen }) => seen.n))
    const wanted = result.compared.filter(({ seen }) => wrong.has(seen.n) || (keep && seen.play.includes(keep)))
    const folder = keepTraces(wanted, { seed, tape })
    if (folder) console.log(`\nTraces are in ${folder}`)
    const { unreadable } = await untilConnector(callbook, 'connected')
    if (unreadable > 0) console.log(`${unreadable} messages could not be read`)
    return result.disagreements.length === 0 && unreadable === 0 ? 0 : 1
  } finally {
    enough.abort()
    proxy.close()
    tape.close()
    closeContactCentre(centre)
    await callbook.close()
  }
}
