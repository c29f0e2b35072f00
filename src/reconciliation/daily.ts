// Makes the report of a day and keeps it: on demand, and by itself for yesterday once the night's calls are over.
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import type { ReportStore } from '../store/store.ts'
import { type ReconcileNeeds, type Report, reconcile } from './reconcile.ts'

export interface DailyNeeds extends Omit<ReconcileNeeds, 'witnesses'> {
  reports: ReportStore
  witnesses(instance: string): ReconcileNeeds['witnesses']
  clock: Clock
}

/** @throws AppError bad-time */
export async function reconcileDay(needs: DailyNeeds, instance: string, day: string): Promise<Report> {
  const from = needs.clock.startOfDay(day)
  const to = needs.clock.startOfDay(needs.clock.addDays(day, 1))
  if (from === null || to === null) throw new AppError('bad-time', { field: 'day', value: day })
  const report = await reconcile({ ...needs, witnesses: needs.witnesses(instance) }, instance, { from, to })
  await needs.reports.saveReport(instance, { day, madeAt: report.madeAt, report: JSON.stringify(report) })
  return report
}

/** Yesterday's report, if it is time and it is not there yet; null otherwise. Asked every so often. */
export async function reconcileYesterday(needs: DailyNeeds, instance: string): Promise<Report | null> {
  const { clock, reports, now } = needs
  const today = clock.dayOf(now())
  const sinceMidnightMs = now() - (clock.startOfDay(today) ?? now())
  if (sinceMidnightMs < QUIET_AFTER_MS) return null
  const yesterday = clock.addDays(today, -1)
  const newest = (await reports.reports(instance, 2)).find(({ day }) => day === yesterday)
  // A report made on the day itself was made too early to be the last word.
  if (newest && clock.dayOf(newest.madeAt) !== yesterday) return null
  return reconcileDay(needs, instance, yesterday)
}

/** Three in the morning: yesterday's last calls and their recordings have come in. */
const QUIET_AFTER_MS = 3 * 3_600_000
