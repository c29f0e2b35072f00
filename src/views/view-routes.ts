// Searches with a name: one's own, and those that were put before everybody. What a view finds is still decided by who
// asks: it is nothing but a search, written as in the console's address.
import { randomUUID } from 'node:crypto'
import { Type } from 'typebox'
import { maskText } from '../access/masked-numbers.ts'
import { mayChangeView, maySeeNumbers, mayShareViews, type Principal } from '../access/permissions.ts'
import { SearchQuery } from '../calls/search-query.ts'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { ViewRow, ViewStore } from '../store/store.ts'
import type { ViewJson } from './view-json.ts'

export interface ViewRoutesNeeds {
  views: ViewStore
  config: { limits: Pick<Config['limits'], 'viewsPerUser' | 'sharedViews'> }
  now(): number
}

const ViewBody = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' }),
    query: Type.String({ maxLength: 2_000, pattern: '^[\\x21-\\x7e]*$' }),
    shared: Type.Boolean({ default: false }),
  },
  { additionalProperties: false },
)
const View = Type.Object({
  id: Type.String(),
  name: Type.String(),
  query: Type.String(),
  shared: Type.Boolean(),
  mayChange: Type.Boolean(),
  own: Type.Boolean(),
})
const ViewId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })
/** What a search is made of; a place in the list (cursor) is none. */
const QUERY_NAMES: ReadonlySet<string> = new Set(['range', ...Object.keys(SearchQuery.properties)])
const tags = ['views']

export function viewRoutes({ views, config, now }: ViewRoutesNeeds): RouteSet {
  const limits = { own: config.limits.viewsPerUser, shared: config.limits.sharedViews }

  async function save(principal: Principal, row: ViewRow): Promise<ViewJson> {
    const unknown = [...new URLSearchParams(row.query).keys()].find((name) => !QUERY_NAMES.has(name))
    if (unknown !== undefined)
      throw new AppError('bad-request', { detail: `query: "${unknown}" is no part of a search` })
    if (row.shared && !mayShareViews(principal)) throw new AppError('not-allowed', { needs: 'the role manager' })
    if ((await views.saveView(row, limits)) === 'too-many') throw new AppError('too-many-views', { limit: limits.own })
    return toJson(row, principal)
  }

  /** @throws AppError view-not-found: also where it is somebody else's, whose existence is not told; not-allowed */
  async function changeable(principal: Principal, id: string): Promise<ViewRow> {
    const row = await views.view(principal.instance, id)
    if (!row || !(row.shared || row.owner === principal.id)) throw new AppError('view-not-found', { id })
    if (!mayChangeView(principal, row)) throw new AppError('not-allowed', { needs: 'to be its owner' })
    return row
  }

  return (app) => {
    app.get(
      '/api/v1/views',
      {
        config: { needs: 'calls:read', masksNumbersItself: true },
        schema: {
          summary: 'Saved searches: my own, and the shared ones',
          tags,
          response: { 200: Type.Object({ items: Type.Array(View) }) },
        },
      },
      async (request) => {
        const principal = principalOf(request)
        const rows = await views.views(principal.instance, principal.id)
        return { items: rows.map((row) => toJson(row, principal)) }
      },
    )

    app.post(
      '/api/v1/views',
      {
        config: { needs: 'calls:read', masksNumbersItself: true },
        schema: { summary: 'Save a search', tags, body: ViewBody, response: { 201: View } },
      },
      async (request, reply) => {
        const principal = userOf(request.principal)
        const { instance, id: owner } = principal
        const row = {
          ...request.body,
          name: request.body.name.trim(),
          id: randomUUID(),
          instance,
          owner,
          createdAt: now(),
        }
        return reply.code(201).send(await save(principal, row))
      },
    )

    app.put(
      '/api/v1/views/:id',
      {
        config: { needs: 'calls:read', masksNumbersItself: true },
        schema: { summary: 'Change a saved search', tags, params: ViewId, body: ViewBody, response: { 200: View } },
      },
      async (request) => {
        const principal = userOf(request.principal)
        const row = await changeable(principal, request.params.id)
        return await save(principal, { ...row, ...request.body, name: request.body.name.trim() })
      },
    )

    app.delete(
      '/api/v1/views/:id',
      {
        config: { needs: 'calls:read', masksNumbersItself: true },
        schema: { summary: 'Delete a saved search', tags, params: ViewId, response: { 204: Type.Null() } },
      },
      async (request, reply) => {
        const principal = userOf(request.principal)
        const { instance, id } = await changeable(principal, request.params.id)
        await views.removeView(instance, id)
        return reply.code(204).send(null)
      },
    )
  }
}

/** @throws AppError not-allowed: a key is nobody who arranges things */
export function userOf(principal: Principal | null): Principal {
  if (principal?.kind !== 'user') throw new AppError('not-allowed', { needs: 'a user' })
  return principal
}

/** Numbers that she wrote herself stay as she wrote them. */
function toJson({ owner, id, name, query, shared }: ViewRow, principal: Principal): ViewJson {
  const own = owner === principal.id
  const isMasked = !own && !maySeeNumbers(principal)
  const shown = (text: string) => (isMasked ? maskText(text) : text)
  return {
    id,
    name: shown(name),
    query: shown(query),
    shared,
    own,
    mayChange: mayChangeView(principal, { owner, shared }),
  }
}
