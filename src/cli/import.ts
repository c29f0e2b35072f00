// `callbook import cdr FILE…`: takes calls from CDR files of Asterisk and FreeSWITCH into the store, beside a running
// server or before its first start, and says what such files cannot tell. May be stopped and run again: nothing doubles.
import type { Call } from '../calls/call.ts'
import { deriveCall } from '../calls/call-state.ts'
import { clockIn } from '../calls/instant.ts'
import { type Config, type ConnectorConfig, DEFAULT_INSTANCE, limits, readConfig, readTimeZone } from '../config.ts'
import { GUESSES, type Guess } from '../connectors/csv-cdr/cdr-call.ts'
import { type CsvCdrConnector, createCsvCdrConnector } from '../connectors/csv-cdr/csv-cdr-connector.ts'
import { type ImportFigures, importOutput } from '../ingest/import-output.ts'
import { Ingest } from '../ingest/ingest.ts'
import { readConnector } from './derive.ts'
import { printJson, printLine, say } from './print.ts'
import { startProgress } from './progress.ts'
import { withStore } from './with-store.ts'

interface Options {
  connector?: string
  timezone?: string
  columns?: string
  instance?: string
  dryRun?: boolean
  json?: boolean
}

/** What is kept of mistakes, to be shown; all are counted. */
const EXAMPLES = 20

/** What no such file says, in the words of the record's fields. */
const NEVER_TOLD = [
  'keys pressed, IVR nodes and time in the IVR',
  'hold, supervisors listening in, recordings',
  'who hung up, where the call was answered',
  'waiting time apart from talking time where the PBX itself answered first (IVR, queue)',
  'rings within one row: a phone that rang and stopped, several that rang at once',
  'back-to-back and predictive calls that were answered: they look like outbound and inbound ones',
  'times more exact than a second',
]

const SENTENCES: Readonly<Record<Guess, string>> = {
  'call-type': 'type concluded from who was joined with whom',
  'answer-time': 'answered at: the PBX (IVR, queue) answered, the agent some time after it',
  'left-while-ringing': 'abandoned while ringing: the phone may have stopped before the caller left the queue',
  'queue-gave-up': 'queue time-out: taken from the dialplan having gone on after the queue',
  'ended-before-agent': 'abandoned in IVR: may as well be a queue that timed out or refused the call',
  cancelled: 'caller cancelled: taken from the dialplan not having gone on after the dial',
  transfer: 'transfer: taken from a second agent after the first',
  'agent-unknown': 'agent: only the number dialled is known (a ring group, a queue)',
  'end-unknown': 'hangup reason unknown: answered by the PBX, and no row says whether an agent had it',
}

export interface ImportReport extends ImportFigures {
  files: string[]
  layout: string | null
  rows: number
  unreadable: number
  calls: number
  dryRun: boolean
  /** Of the calls written (or, in a dry run, that would be). */
  byType: Record<string, number>
  byHangupReason: Record<string, number>
  guesses: Partial<Record<Guess, number>>
  neverTold: readonly string[]
  examples: { unreadable: string[]; refused: string[] }
  stopped: boolean
  seconds: number
}

/** @throws AppError config-invalid, data-folder-unwritable, store-unavailable; Error of the file system */
export async function runImportCdr(files: string[], options: Options): Promise<void> {
  const startedAt = Date.now()
  const config = readConfig()
  const connector = options.connector === undefined ? onlyConnector(config) : readConnector(options.connector)
  const clock = clockIn(
    readTimeZone(options.timezone === undefined ? undefined : { CALLBOOK_TIME_ZONE: options.timezone }),
  )
  const columns = options.columns?.split(',')
  const cdr = createCsvCdrConnector({ files, connector, clock, ...(columns ? { columns } : {}) })
  const examples: ImportReport['examples'] = { unreadable: [], refused: [] }
  const tally = { byType: {} as Record<string, number>, byHangupReason: {} as Record<string, number> }
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  try {
    await withStore(async (store) => {
      const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
      const from = {
        instance: options.instance ?? connector.instance ?? DEFAULT_INSTANCE,
        source: `${connector.name}-cdr`,
      }
      const output = importOutput({
        from,
        calls: store.calls,
        ingest: options.dryRun ? null : ingest,
        now: Date.now,
        onCall: (callId, events) => count(tally, deriveCall({ callId, source: from.source, events })),
        onRefused: (callId, detail) => keep(examples.refused, `${callId}: ${detail}`),
        onUnreadable: (_raw, cause) => keep(examples.unreadable, cause),
      })
      const progress = startProgress(() => progressOf(cdr, output.figures))
      try {
        await cdr.run(output, stop.signal).catch((error: unknown) => {
          if (!stop.signal.aborted) throw error
        })
        await ingest.drain()
      } finally {
        progress.end()
      }
      const { rows, unreadable, calls, layout, guesses } = cdr.figures()
      report(
        {
          files,
          layout,
          rows,
          unreadable,
          calls,
          ...output.figures,
          dryRun: options.dryRun === true,
          ...tally,
          guesses,
          neverTold: NEVER_TOLD,
          examples,
          stopped: stop.signal.aborted,
          seconds: (Date.now() - startedAt) / 1000,
        },
        options.json === true,
      )
    })
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  if (stop.signal.aborted) process.exitCode = 1
}

/** The lists of the one PBX that is configured are those of its files; with several, or none, the importer guesses. */
function onlyConnector({ connectors }: Config): ConnectorConfig {
  const [only, ...others] = connectors
  if (!only || others.length > 0) return { name: 'import', type: 'asterisk' }
  const { secret: _, ...connector } = only
  return connector
}

function count(tally: Pick<ImportReport, 'byType' | 'byHangupReason'>, call: Call): void {
  tally.byType[call.type] = (tally.byType[call.type] ?? 0) + 1
  const reason = call.hangupReason ?? 'live'
  tally.byHangupReason[reason] = (tally.byHangupReason[reason] ?? 0) + 1
}

function keep(examples: string[], sentence: string): void {
  if (examples.length < EXAMPLES) examples.push(sentence)
}

function progressOf(cdr: CsvCdrConnector, { newCalls }: ImportFigures) {
  const { readBytes, totalBytes } = cdr.progress()
  const { rows } = cdr.figures()
  return { part: totalBytes > 0 ? readBytes / totalBytes : 0, text: `${rows} rows, ${newCalls} new calls` }
}

function report(result: ImportReport, asJson: boolean): void {
  if (asJson) {
    printJson(result)
    return
  }
  for (const line of result.examples.unreadable) say(line)
  for (const line of result.examples.refused) say(`refused: ${line}`)
  const would = result.dryRun ? ' would be' : ''
  printLine(
    `${result.rows} rows (${result.layout ?? 'no rows'}), ${result.unreadable} unreadable; ${result.calls} calls:`,
  )
  printLine(
    `  ${result.newCalls}${would} new, ${result.knownCalls} of an earlier import, ${result.leftAlone} left as another source told them, ${result.completed} given the end they lacked`,
  )
  if (result.refused > 0) printLine(`  ${result.refused} events refused`)
  printLine(`  types: ${listed(result.byType)}`)
  printLine(`  hangup reasons: ${listed(result.byHangupReason)}`)
  printLine('Concluded, for such files do not say it (calls):')
  for (const guess of GUESSES) if (result.guesses[guess]) printLine(`  ${result.guesses[guess]}  ${SENTENCES[guess]}`)
  printLine('Never told by such files:')
  for (const line of result.neverTold) printLine(`  ${line}`)
  if (result.stopped) say('Stopped before the end. Run the same command again: what is there is not taken twice.')
}

function listed(counts: Record<string, number>): string {
  const parts = Object.entries(counts).sort(([, a], [, b]) => b - a)
  return parts.map(([word, n]) => `${word} ${n}`).join(', ') || 'none'
}
