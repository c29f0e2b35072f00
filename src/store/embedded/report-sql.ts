// Reports of the daily reconciliation, in SQL. Bounded: a year of days.
import type { ReportRow } from '../store.ts'
import type { Database } from './database.ts'

const KEPT_DAYS = 366

export function saveReport(db: Database, instance: string, { day, madeAt, report }: ReportRow): void {
  db.run(
    'INSERT OR REPLACE INTO report (instance, day, made_at, report) VALUES (?, ?, ?, ?)',
    instance,
    day,
    madeAt,
    report,
  )
  db.run(
    `DELETE FROM report WHERE instance = ? AND day NOT IN
       (SELECT day FROM report WHERE instance = ? ORDER BY day DESC LIMIT ?)`,
    instance,
    instance,
    KEPT_DAYS,
  )
}

export function reports(db: Database, instance: string, limit: number): ReportRow[] {
  return db
    .all('SELECT day, made_at, report FROM report WHERE instance = ? ORDER BY day DESC LIMIT ?', instance, limit)
    .map((row) => ({ day: String(row.day), madeAt: Number(row.made_at), report: String(row.report) }))
}
