// Reading calls over HTTP: the list, its count, one call whole, and the names to pick from. Writing is ingest's.
import { type Static, Type } from 'typebox'
import { callsLimitedTo, maySeeCall, type Principal } from '../access/permissions.ts'
import type { Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { CallStore } from '../store/store.ts'
import type { StoredCall } from './call.ts'
import {
  type CallDetailJson,
  type CallJson,
  callToDetailJson,
  callToJson,
  type StoredRecordingJson,
} from './call-json.ts'
import type { CallSearch } from './call-search.ts'
import { clockIn } from './instant.ts'
import { readCursor, SearchQuery, type SearchWindow, toSearch, writeCursor } from './search-query.ts'

export interface CallRoutesNeeds {
  calls: CallStore
  config: Pick<Config, 'timeZone' | 'searchWindowDays' | 'limits'>
  now(): number
  byNames?: SearchWindow['byNames']
  /** What is known of the recordings of a call beside its record, by number. */
  storedOf?(instance: string, call: StoredCall): Promise<ReadonlyMap<number, StoredRecordingJson>>
}

const PAGE_CALLS = 50

export interface CallPageJson {
  items: CallJson[]
  /** For the next page; null: this was the last. */
  nextCursor: string | null
  /** The change number this page is at least as new as: where a live feed goes on without a gap. */
  lastSeq: number
}

export function callRoutes({ calls, config, now, byNames, storedOf }: CallRoutesNeeds): RouteSet {
  const clock = clockIn(config.timeZone)
  const window = () => ({
    clock,
    searchWindowDays: config.searchWindowDays,
    now: now(),
    ...(byNames ? { byNames } : {}),
  })
  const CountQuery = Type.Object({
    ...SearchQuery.properties,
    customerOf: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: 'A call id: the calls of the same customer, instead of `number`',
      }),
    ),
  })
  const PageQuery = Type.Object({
    ...CountQuery.properties,
    cursor: Type.Optional(Type.String({ maxLength: 600 })),
    limit: Type.Integer({ minimum: 1, maximum: config.limits.listPageCalls, default: PAGE_CALLS }),
  })

  /** @throws AppError as toSearch does; call-not-found for `customerOf`, also of a call without a customer's number */
  async function searchOf(query: Static<typeof CountQuery>, principal: Principal): Promise<CallSearch> {
    const { customerOf, ...own } = query
    if (customerOf === undefined) return toSearch(own, principal, window())
    const call = await calls.call(principal.instance, customerOf)
    if (!call?.customer || !maySeeCall(principal, call)) throw new AppError('call-not-found', { callId: customerOf })
    return toSearch({ ...own, number: call.customer }, principal, window())
  }

  return (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/calls',
      config: { needs: 'calls:read' },
      schema: { querystring: PageQuery },
      handler: async (request): Promise<CallPageJson> => {
        const { cursor, limit, ...query } = request.query
        const search = await searchOf(query, principalOf(request))
        // Read first: a change between the two is then told by the feed again, not lost.
        const lastSeq = await calls.lastSeq(search.instance)
        const found = await calls.page(search, cursor === undefined ? null : readCursor(cursor), limit + 1)
        const items = found.slice(0, limit)
        const last = items.at(-1)
        return {
          items: items.map((call) => callToJson(call, clock.write)),
          nextCursor: found.length > limit && last ? writeCursor(last) : null,
          lastSeq,
        }
      },
    })

    app.route({
      method: 'GET',
      url: '/api/v1/calls/count',
      config: { needs: 'calls:read' },
      schema: { querystring: CountQuery },
      handler: async (request) => calls.count(await searchOf(request.query, principalOf(request))),
    })

    app.route({
      method: 'GET',
      url: '/api/v1/calls/:callId',
      config: { needs: 'calls:read' },
      schema: { params: Type.Object({ callId: Type.String({ minLength: 1, maxLength: 256 }) }) },
      handler: async (request): Promise<CallDetailJson> => {
        const principal = principalOf(request)
        const { callId } = request.params
        const call = await calls.call(principal.instance, callId)
        // Whether a call exists is itself told only to those who may see it.
        if (!call || !maySeeCall(principal, call)) throw new AppError('call-not-found', { callId })
        const stored = call.recordings.length > 0 ? await storedOf?.(principal.instance, call) : undefined
        return callToDetailJson(call, clock.write, stored)
      },
    })

    app.route({
      method: 'GET',
      url: '/api/v1/agents',
      config: { needs: 'calls:read' },
      handler: async (request) => {
        const principal = principalOf(request)
        const own = callsLimitedTo(principal)
        const items = await calls.agents(principal.instance)
        return { items: own === null ? items : items.filter((agent) => agent.id === own) }
      },
    })

    app.route({
      method: 'GET',
      url: '/api/v1/skill-groups',
      config: { needs: 'calls:read' },
      handler: async (request) => ({ items: await calls.skillGroups(principalOf(request).instance) }),
    })
  }
}
