// Exports over HTTP: ask for one, see how far they are, cancel or remove one, fetch its file. Permission and answers stand
// here; exports.ts makes the files.
import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { exportsLimitedTo, has, mayTakeExport, type Principal } from '../access/permissions.ts'
import type { CallSearch } from '../calls/call-search.ts'
import { clockIn } from '../calls/instant.ts'
import { SearchQuery, toSearch } from '../calls/search-query.ts'
import { isTimeZone } from '../config.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import { actorOf } from '../receipts/receipt.ts'
import type { ExportRow, ExportStore } from '../store/store.ts'
import { columnsOf } from './export-columns.ts'
import { type ExportDownloadNeeds, sendExport } from './export-download.ts'
import { type ExportJson, exportToJson } from './export-json.ts'
import { COLUMN_IDS, type ColumnId, EXPORT_LANGUAGES, wordsIn } from './export-words.ts'
import type { Exports } from './exports.ts'

export interface ExportRoutesNeeds extends ExportDownloadNeeds {
  store: { exports: ExportStore }
  exports: Exports
  timeZone: string
  searchWindowDays: number
  byNames(search: CallSearch): CallSearch
}

const Wanted = Type.Object(
  {
    kind: Type.Enum(['csv', 'xlsx', 'audio']),
    search: Type.Optional(Type.Object(SearchQuery.properties, { additionalProperties: false })),
    columns: Type.Optional(
      Type.Array(Type.String({ maxLength: 40 }), {
        maxItems: COLUMN_IDS.length,
        description: `In this order; none: all. Of: ${COLUMN_IDS.join(', ')}`,
      }),
    ),
    language: Type.Optional(Type.Enum([...EXPORT_LANGUAGES])),
    timeZone: Type.Optional(Type.String({ maxLength: 64 })),
    plain: Type.Optional(Type.Boolean({ description: 'CSV for programs: codes, ISO 8601, nothing for spreadsheets' })),
  },
  { additionalProperties: false },
)
const Spoken = Type.Object({ language: Type.Optional(Type.Enum([...EXPORT_LANGUAGES])) })
const One = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
const LISTED = 200
/** Of the calls in the list that goes into a ZIP. */
const LISTED_COLUMNS: ColumnId[] = [
  'id',
  'startedAt',
  'answeredAt',
  'endedAt',
  'type',
  'customer',
  'agent',
  'agentId',
  'skillGroup',
  'talk',
  'hangupReason',
]

export function exportRoutes(needs: ExportRoutesNeeds): RouteSet {
  const { store, exports, timeZone, searchWindowDays, byNames, now } = needs
  const clock = clockIn(timeZone)
  const toJson = (row: ExportRow, principal: Principal): ExportJson =>
    exportToJson(exports.latest(row), {
      isOwn: row.ownerId === principal.id,
      write: clock.write,
      clock: clockIn(row.timeZone),
    })

  return (app) => {
    app.route({
      method: 'POST',
      url: '/api/v1/exports',
      config: { needs: 'calls:read' },
      schema: {
        summary: 'Have all calls of a search written into a file, or their audio into a ZIP, in the background',
        tags: ['exports'],
        body: Wanted,
      },
      handler: async (request, reply): Promise<ExportJson> => {
        const principal = principalOf(request)
        const { kind, search = {}, columns = [], language = 'zh-CN', plain = false, ...wanted } = request.body
        if (kind === 'audio' && !has(principal, 'recordings:read'))
          throw new AppError('not-allowed', { needs: 'recordings:read' })
        const zone = wanted.timeZone ?? timeZone
        if (!isTimeZone(zone))
          throw new AppError('bad-request', { detail: 'timeZone: use a name such as Asia/Shanghai', field: 'timeZone' })
        const createdAt = now()
        const asked = toSearch(search, principal, { clock, searchWindowDays, now: createdAt, byNames })
        const row: ExportRow = {
          id: randomUUID(),
          instance: principal.instance,
          ownerId: principal.id,
          ownerName: principal.name,
          actor: actorOf(principal),
          kind,
          state: 'waiting',
          // What begins later is not in it, however long it takes.
          search: { ...asked, to: Math.max(asked.from, Math.min(asked.to, createdAt + 1)) },
          columns: columnsOf(columns.length === 0 && kind === 'audio' ? LISTED_COLUMNS : columns).map(({ id }) => id),
          language,
          timeZone: zone,
          plain: plain && kind === 'csv',
          count: null,
          done: 0,
          sizeBytes: 0,
          failure: null,
          createdAt,
          startedAt: null,
          endedAt: null,
          expiresAt: null,
        }
        await exports.add(row)
        reply.code(202).header('location', `/api/v1/exports/${row.id}`)
        return toJson(row, principal)
      },
    })

    app.route({
      method: 'GET',
      url: '/api/v1/exports',
      config: { needs: 'calls:read' },
      schema: { summary: 'Own exports, newest first; administrators see all of them', tags: ['exports'] },
      handler: async (request): Promise<{ items: ExportJson[] }> => {
        const principal = principalOf(request)
        const rows = await store.exports.exports(principal.instance, exportsLimitedTo(principal), LISTED)
        return { items: rows.map((row) => toJson(row, principal)) }
      },
    })

    app.route({
      method: 'GET',
      url: '/api/v1/exports/columns',
      config: { needs: 'calls:read' },
      schema: { summary: 'The columns there are, in a language’s words', tags: ['exports'], querystring: Spoken },
      handler: async (request) => {
        const words = wordsIn(request.query.language ?? 'zh-CN')
        return { items: COLUMN_IDS.map((id) => ({ id, name: words.column[id] })) }
      },
    })

    app.route({
      method: 'GET',
      url: '/api/v1/exports/:id',
      config: { needs: 'calls:read' },
      schema: { summary: 'One export, and how far it is', tags: ['exports'], params: One },
      handler: async (request) => toJson(await visibleExport(store.exports, request), principalOf(request)),
    })

    app.route({
      method: 'DELETE',
      url: '/api/v1/exports/:id',
      config: { needs: 'calls:read' },
      schema: {
        summary: 'Cancel an export that waits or runs; remove one that has ended, with its file',
        tags: ['exports'],
        params: One,
      },
      handler: async (request, reply) => {
        await exports.cancelOrRemove(await visibleExport(store.exports, request))
        return reply.code(204).send()
      },
    })

    app.route({
      method: ['GET', 'HEAD'],
      url: '/api/v1/exports/:id/file',
      exposeHeadRoute: false,
      config: { needs: 'calls:read' },
      schema: { summary: 'The file, whole or a range of it (resumable)', tags: ['exports'], params: One },
      handler: async (request, reply) => {
        const principal = principalOf(request)
        const row = await visibleExport(store.exports, request)
        const { participant, masked } = row.search
        // Asked again: what she may see may have changed since the file was made.
        if (!mayTakeExport(principal, { kind: row.kind, participant, masked }))
          throw new AppError('not-allowed', { needs: row.kind === 'audio' ? 'recordings:read' : 'calls:read' })
        return sendExport(needs, row, request, reply)
      },
    })
  }
}

/** @throws AppError export-not-found, also for one that this principal may not know of */
async function visibleExport(store: ExportStore, request: FastifyRequest): Promise<ExportRow> {
  const principal = principalOf(request)
  const { id } = request.params as { id: string }
  const row = await store.exportById(principal.instance, id)
  const owner = exportsLimitedTo(principal)
  if (!row || (owner !== null && row.ownerId !== owner)) throw new AppError('export-not-found', { id })
  return row
}
