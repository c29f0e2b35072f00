// `callbook reconcile`: holds a day's records against recordings and files, prints what is wrong, mends what can be mended.
// What only a running connector knows (the PBX's logs, its clock) is in the report of the running server.
import { type Clock, clockIn } from '../calls/instant.ts'
import { DEFAULT_INSTANCE, limits, readConfig } from '../config.ts'
import { Ingest } from '../ingest/ingest.ts'
import { reconcileDay } from '../reconciliation/daily.ts'
import type { Finding } from '../reconciliation/findings.ts'
import { repairFinding } from '../reconciliation/repair.ts'
import { printJson, printTable, say } from './print.ts'
import { withStore } from './with-store.ts'

interface Options {
  day?: string
  instance?: string
  repair?: boolean
  json?: boolean
}

export async function runReconcile({ day, instance = DEFAULT_INSTANCE, repair, json }: Options): Promise<void> {
  const { silentCallMs } = readConfig()
  await withStore(async (store, { timeZone }) => {
    const clock = clockIn(timeZone)
    const now = Date.now
    const { calls, recordings, reports } = store
    const needs = { calls, recordings, reports, witnesses: () => [], silentMs: silentCallMs, clock, now }
    const report = await reconcileDay(needs, instance, day ?? yesterday(clock))
    if (json) printJson(report)
    else printReport(report.findings)
    const repaired = repair ? await repairAll(report.findings) : 0
    say(
      `${report.calls} calls, ${report.findings.length} findings, score ${report.score}.${repair ? ` ${repaired} repaired.` : ''}`,
    )

    async function repairAll(findings: readonly Finding[]): Promise<number> {
      const ingest = new Ingest({ calls, publish: () => {}, limits })
      const doers = { ingest, recordings, backfill: async () => false, now }
      let done = 0
      for (const finding of findings)
        if (finding.repair && (await repairFinding(doers, instance, finding.repair))) done++
      return done
    }
  })
}

function printReport(findings: readonly Finding[]): void {
  if (findings.length === 0) return
  printTable(
    ['how bad', 'what', 'call', 'facts', 'repair'],
    findings.map(({ severity, kind, callId, facts, repair }) => [
      severity,
      kind,
      callId ?? '',
      Object.entries(facts)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
      repair?.action ?? '',
    ]),
  )
}

function yesterday(clock: Clock): string {
  return clock.addDays(clock.dayOf(Date.now()), -1)
}
