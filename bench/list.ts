// How long a reader waits for a page of 50 calls and for their number, in a store of a million calls over 30 days, through
// HTTP, while 200 events a second come in. Each sample asks with other values (another agent, another number), from a seed.
import { clockIn } from '../src/calls/instant.ts'
import { type Random, randomFrom } from '../src/demo/random.ts'
import { agents, customerNumber, groups } from '../test/support/call-traffic.ts'
import type { BenchOptions } from './bench-options.ts'
import { DAYS, EVENTS_PER_SECOND, sample, withFilledServer } from './filled-server.ts'
import { quantile } from './quantile.ts'
import { printTable, rough } from './table.ts'

type Ask = (random: Random) => Record<string, string | string[]>

const agentId = (random: Random) => random.pick(agents).id
const group = (random: Random) => random.pick(groups).id
const number = (random: Random) => customerNumber(random.whole(0, 199_999))

/** Without `today`: over all 30 days. */
const CASES: readonly { name: string; today?: true; ask: Ask }[] = [
  { name: 'today', today: true, ask: () => ({}) },
  { name: '30 days', ask: () => ({}) },
  { name: 'agent', ask: (r) => ({ agent: agentId(r) }) },
  { name: 'agent by part of the name', ask: (r) => ({ agent: r.pick(agents).name.slice(1) }) },
  { name: 'skill group', ask: (r) => ({ skillGroup: group(r) }) },
  { name: 'three skill groups', ask: (r) => ({ skillGroup: [group(r), group(r), group(r)] }) },
  { name: 'type', ask: (r) => ({ type: r.pick(['outbound', 'predictive', 'back-to-back']) }) },
  { name: 'hangup reason', ask: (r) => ({ hangupReason: r.pick(['abandoned-in-queue', 'not-connected', 'normal']) }) },
  { name: 'caller, exact', ask: (r) => ({ caller: number(r) }) },
  { name: 'caller, first 7 digits', ask: (r) => ({ caller: `${number(r).slice(0, 7)}*` }) },
  { name: 'caller, last 4 digits', ask: (r) => ({ caller: `*${number(r).slice(-4)}` }) },
  { name: 'any number, 5 digits anywhere', ask: (r) => ({ number: `*${number(r).slice(4, 9)}*` }) },
  { name: 'call id', ask: (r) => ({ q: `pbx1-${r.whole(1, 1_000)}.${r.whole(1, 1_000)}` }) },
  { name: 'agent + type + reason', ask: (r) => ({ agent: agentId(r), type: 'inbound', hangupReason: 'normal' }) },
  { name: 'skill group + reason', ask: (r) => ({ skillGroup: group(r), hangupReason: 'abandoned-in-queue' }) },
  { name: 'agent + skill group', ask: (r) => ({ agent: agentId(r), skillGroup: group(r) }) },
  { name: 'agent + last 4 digits', ask: (r) => ({ agent: agentId(r), caller: `*${number(r).slice(-4)}` }) },
  {
    name: '3 groups + type + talk over 5 min',
    ask: (r) => ({ skillGroup: [group(r), group(r), group(r)], type: 'inbound', talkMs: '300000-' }),
  },
  { name: 'type + reason that exclude each other', ask: () => ({ type: 'inbound', hangupReason: 'not-connected' }) },
  { name: 'skill group + talk over 2 h (none)', ask: (r) => ({ skillGroup: group(r), talkMs: '7200000-' }) },
]

export async function benchList(options: BenchOptions): Promise<void> {
  const { quick } = options
  await withFilledServer(options, async ({ ask, calls }) => {
    const clock = clockIn('Asia/Shanghai')
    const from = clock.addDays(clock.dayOf(Date.now()), 1 - DAYS)
    const empty = await sample(() => ask('/health'), quick)
    const rows: string[][] = []
    for (const { name, today, ask: values } of CASES) {
      const random = randomFrom(7)
      const counts: number[] = []
      const counted: number[] = []
      const pages = await sample(async () => {
        const query = queryOf({ ...(today ? {} : { from }), ...values(random) })
        const took = await ask(`/calls?${query}`)
        const begin = performance.now()
        const { count } = JSON.parse(await ask.text(`/calls/count?${query}`)) as { count: number }
        counted.push(performance.now() - begin)
        counts.push(count)
        return took
      }, quick)
      rows.push([
        name,
        rough(quantile(counts, 0.5)),
        ...[quantile(pages, 0.5), quantile(pages, 0.99), quantile(counted, 0.5), quantile(counted, 0.99)].map(rough),
        rough(quantile(pages, 0.5) / quantile(empty, 0.5)),
        String(pages.length),
      ])
      process.stderr.write('.')
    }
    process.stderr.write('\n')
    printTable(
      `List: page of 50 and exact count, ms through HTTP, ${calls.toLocaleString('en')} calls over ${DAYS} days, ${EVENTS_PER_SECOND} events/s coming in. An empty answer (/health) takes ${rough(quantile(empty, 0.5))} ms.`,
      [
        'search (30 days unless today)',
        'calls found',
        'page p50',
        'page p99',
        'count p50',
        'count p99',
        'page ÷ empty',
        'samples',
      ],
      rows,
    )
  })
}

function queryOf(values: Record<string, string | string[]>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => [value].flat().map((one) => `${name}=${encodeURIComponent(one)}`))
    .join('&')
}
