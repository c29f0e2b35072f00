// What the board and the list of unreached customers cost in a store of a million calls over 30 days, through HTTP, while
// 200 events a second come in: the first board after a start, the ones that follow, and many who watch at once.
import { cpus } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { BenchOptions } from './bench-options.ts'
import { DAYS, EVENTS_PER_SECOND, sample, withFilledServer } from './filled-server.ts'
import { quantile } from './quantile.ts'
import { printTable, rough } from './table.ts'

const WATCHERS = 50
/** The board counts again after a second. */
const APART_MS = 1_100

export async function benchBoard(options: BenchOptions): Promise<void> {
  const { quick } = options
  await withFilledServer(options, async ({ server, ask, calls }) => {
    const empty = quantile(await sample(() => ask('/health'), quick), 0.5)
    const first = await ask('/board')
    const next = async (path: string) => {
      await delay(path === '/board' ? APART_MS : 2_100)
      return await ask(path)
    }
    const rows: string[][] = [['board, the first after a start', rough(first), '', rough(first / empty), '1']]
    const row = (name: string, times: number[]) =>
      rows.push([
        name,
        rough(quantile(times, 0.5)),
        rough(quantile(times, 0.99)),
        rough(quantile(times, 0.5) / empty),
        String(times.length),
      ])
    row('board, counted anew', await sample(() => next('/board'), quick))
    row(
      `board, for each of ${WATCHERS} at once`,
      await sample(async () => {
        await delay(APART_MS)
        const begin = performance.now()
        const answers = Array.from({ length: WATCHERS }, () =>
          fetch(`${server.url}/api/v1/board`, { headers: { authorization: `Bearer ${server.key}` } }),
        )
        for (const answer of await Promise.all(answers)) await answer.arrayBuffer()
        return (performance.now() - begin) / WATCHERS
      }, quick),
    )
    row('unreached, first page of 7 days', await sample(() => next('/unreached'), quick))
    row('unreached, how many in 7 days', await sample(() => next('/unreached/count'), quick))
    row(`unreached, first page of ${DAYS} days`, await sample(() => next(`/unreached?days=${DAYS}`), quick))
    row('unreached, a skill group', await sample(() => next('/unreached?skillGroup=queue-3'), quick))
    const unreached = JSON.parse(await ask.text(`/unreached/count?days=${DAYS}`)) as { count: number }
    printTable(
      `Board and unreached customers, ms through HTTP, ${calls.toLocaleString('en')} calls over ${DAYS} days (${unreached.count.toLocaleString('en')} customers unreached), ${EVENTS_PER_SECOND} events/s coming in, ${cpus().length} cores. An empty answer (/health) takes ${rough(empty)} ms.`,
      ['asked', 'p50', 'p99', 'p50 ÷ empty', 'samples'],
      rows,
    )
  })
}
