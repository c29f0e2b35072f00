// What was kept aside, over HTTP: to look at, to take again after a fix, to throw away.
import { Type } from 'typebox'
import { maskText } from '../access/masked-numbers.ts'
import { maySeeNumbers } from '../access/permissions.ts'
import type { Clock } from '../calls/instant.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { RejectedStore } from '../store/store.ts'
import { type ReplayNeeds, replayRejected } from './replay-rejected.ts'

export interface RejectedRoutesNeeds extends Omit<ReplayNeeds, 'store'> {
  store: RejectedStore
  clock: Clock
}

const Ids = Type.Object({ ids: Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 1000 }) })
const Page = Type.Object({
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
})

export function rejectedRoutes(needs: RejectedRoutesNeeds): RouteSet {
  const { store, clock } = needs
  return (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/rejected',
      config: { needs: 'rejected:read' },
      schema: { querystring: Page },
      handler: async (request) => {
        const principal = principalOf(request)
        const { instance } = principal
        const shownOf = (raw: Uint8Array) =>
          maySeeNumbers(principal) ? Buffer.from(raw) : Buffer.from(maskText(Buffer.from(raw).toString('utf8')))
        const { before = null, limit } = request.query
        const rows = await store.rejected(instance, { before, limit: limit + 1 })
        const items = rows.slice(0, limit)
        return {
          items: items.map(({ raw, at, ...row }) => ({
            ...row,
            at: clock.write(at),
            sizeBytes: raw.length,
            text: shownOf(raw).toString('utf8'),
            base64: shownOf(raw).toString('base64'),
          })),
          nextBefore: rows.length > limit ? (items.at(-1)?.id ?? null) : null,
          ...(await store.rejectedCounts(instance)),
        }
      },
    })

    app.route({
      method: 'POST',
      url: '/api/v1/rejected/replay',
      config: { needs: 'rejected:write' },
      schema: { body: Ids },
      handler: (request) => replayRejected(needs, principalOf(request).instance, request.body.ids),
    })

    app.route({
      method: 'POST',
      url: '/api/v1/rejected/forget',
      config: { needs: 'rejected:write' },
      schema: { body: Ids },
      handler: async (request) => ({
        forgotten: await store.removeRejected(principalOf(request).instance, request.body.ids),
      }),
    })
  }
}
