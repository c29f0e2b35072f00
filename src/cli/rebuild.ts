// `callbook rebuild`: derives stored calls again from their events and prints what changes, field by field.
import { type Clock, clockIn } from '../calls/instant.ts'
import { DEFAULT_INSTANCE } from '../config.ts'
import { type CallDifference, rebuild } from '../ingest/rebuild.ts'
import { instantOf } from './instant-option.ts'
import { printLine, say } from './print.ts'
import { withStore } from './with-store.ts'

interface Options {
  from?: string
  to?: string
  instance?: string
  dryRun?: boolean
  json?: boolean
}

export async function runRebuild(options: Options): Promise<void> {
  await withStore(async (store, { timeZone }) => {
    const clock = clockIn(timeZone)
    const from = options.from === undefined ? 0 : instantOf(options.from, clock, { endOfDay: false })
    const to = options.to === undefined ? Number.MAX_SAFE_INTEGER : instantOf(options.to, clock, { endOfDay: true })
    const { looked, changed } = await rebuild({
      calls: store.calls,
      instance: options.instance ?? DEFAULT_INSTANCE,
      from,
      to,
      dryRun: options.dryRun === true,
      onChange: (difference) =>
        options.json ? printLine(JSON.stringify(difference)) : printDifference(difference, clock),
      onProgress: (progress) => {
        const line = `${progress.looked} calls looked at, ${progress.changed} changed, at ${clock.write(progress.reachedAt).slice(0, 10)}`
        if (process.stderr.isTTY) process.stderr.write(`\r${line}`)
      },
    })
    if (process.stderr.isTTY) process.stderr.write('\r')
    say(`${looked} calls looked at, ${changed} ${options.dryRun ? 'would change' : 'changed'}.`)
  })
}

function printDifference({ callId, startedAt, fields }: CallDifference, clock: Clock): void {
  printLine(`${callId}  ${clock.write(startedAt)}`)
  for (const { field, before, after } of fields) printLine(`  ${field}: ${short(before)} → ${short(after)}`)
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 100 ? `${text.slice(0, 97)}…` : text
}
