// The load test's result as a table, as docs/performance.md quotes it.
import { quantile } from '../../../bench/quantile.ts'
import { printTable, rough } from '../../../bench/table.ts'
import type { LoadOptions, LoadResult } from './run-load.ts'

export function printLoad({ rate, seconds }: LoadOptions, result: LoadResult): void {
  const { lag, cpu, seenTalkingMs, seenEndedMs } = result
  const tail = (values: readonly number[]) => `${rough(quantile(values, 0.5))} / ${rough(quantile(values, 0.99))}`
  const percent = (share: number) => `${Math.round(share * 100)} %`
  printTable(
    `Asterisk and Callbook beside each other: ${rate} calls/s for ${seconds} s (menu → skill group → agent)`,
    ['what', 'figure'],
    [
      ['calls placed / answered by an agent', `${result.placed} / ${result.answered}`],
      ['calls recorded / right (ended, reason, agent, who hung up)', `${result.recorded} / ${result.right}`],
      ['AMI messages, a second', `${result.messages}, ${rough(result.messagesPerSecond)}`],
      ['lag from AMI timestamp to commit, ms: p50 / p99 / max', `${lag.p50} / ${lag.p99} / ${lag.max}`],
      ['agent answers → "talking" in the live feed, ms: p50 / p99', tail(seenTalkingMs)],
      ['hang-up → ended in the live feed, ms: p50 / p99', tail(seenEndedMs)],
      [
        'CPU of one core: Asterisk / Callbook / phones',
        [cpu.asterisk, cpu.callbook, cpu.phones].map(percent).join(' / '),
      ],
      ['Callbook’s memory, MiB', String(result.callbookRssMiB)],
    ],
  )
  for (const sentence of result.wrong) console.log(sentence)
}
