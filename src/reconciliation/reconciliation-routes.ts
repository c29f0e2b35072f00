// The reconciliation over HTTP: the reports there are, a new one on demand, and repairs. For administrators (managers may
// look).
import { Type } from 'typebox'
import { callsLimitedTo } from '../access/permissions.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { ReportStore } from '../store/store.ts'
import type { Report } from './reconcile.ts'
import { type RepairNeeds, repairFinding } from './repair.ts'

export interface ReconciliationRoutesNeeds extends RepairNeeds {
  reports: ReportStore
  /** Makes and keeps the report of a day. */
  reconcileDay(instance: string, day: string): Promise<Report>
  clock: Clock
  searchWindowDays: number
}

const Day = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' })
const Time = Type.Number({ minimum: 0 })
const Name = Type.String({ minLength: 1, maxLength: 500 })
const RepairBody = Type.Object({
  repair: Type.Union([
    Type.Object({ action: Type.Literal('close-call'), callId: Name, at: Time }, { additionalProperties: false }),
    Type.Object(
      { action: Type.Literal('mark-missing'), callId: Name, n: Type.Integer({ minimum: 1, maximum: 99 }) },
      { additionalProperties: false },
    ),
    Type.Object({ action: Type.Literal('forget-file'), origin: Name }, { additionalProperties: false }),
    Type.Object(
      { action: Type.Literal('backfill'), connector: Name, from: Time, to: Time },
      { additionalProperties: false },
    ),
  ]),
})

export function reconciliationRoutes(needs: ReconciliationRoutesNeeds): RouteSet {
  const { reports, clock } = needs
  return (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/reconciliation',
      config: { needs: 'rejected:read' },
      schema: { querystring: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 366, default: 31 }) }) },
      handler: async (request) => {
        const principal = principalOf(request)
        const rows = await reports.reports(principal.instance, request.query.limit)
        return { items: rows.map(({ day, report }) => toJson(day, JSON.parse(report) as Report, clock)) }
      },
    })

    app.route({
      method: 'POST',
      url: '/api/v1/reconciliation/:day',
      config: { needs: 'rejected:read' },
      schema: { params: Type.Object({ day: Day }) },
      handler: async (request) => {
        const principal = principalOf(request)
        if (callsLimitedTo(principal) !== null) throw new AppError('not-allowed', { needs: 'role manager or admin' })
        const { day } = request.params
        if (clock.startOfDay(day) === null) throw new AppError('bad-time', { field: 'day', value: day })
        return toJson(day, await needs.reconcileDay(principal.instance, day), clock)
      },
    })

    app.route({
      method: 'POST',
      url: '/api/v1/reconciliation/repair',
      config: { needs: 'rejected:write' },
      schema: { body: RepairBody },
      handler: async (request) => ({
        done: await repairFinding(needs, principalOf(request).instance, request.body.repair),
      }),
    })
  }
}

function toJson(day: string, { from, to, madeAt, ...report }: Report, clock: Clock) {
  return { day, from: clock.write(from), to: clock.write(to), madeAt: clock.write(madeAt), ...report }
}
