// What a user has arranged for herself, and finds again on any computer: the list's columns; which view the list opens
// with, and in which order the views stand; what she searched for last. Kept as JSON by name; what columns there are is the console's business.
import { Type } from 'typebox'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { ViewStore } from '../store/store.ts'
import type { PreferencesJson } from './view-json.ts'
import { userOf } from './view-routes.ts'

const Columns = Type.Array(
  Type.Object(
    {
      key: Type.String({ pattern: '^[A-Za-z]{1,40}$' }),
      width: Type.Union([Type.Integer({ minimum: 20, maximum: 2_000 }), Type.Null()]),
    },
    { additionalProperties: false },
  ),
  { maxItems: 60 },
)
const Views = Type.Object(
  {
    order: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 200 }),
    default: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  },
  { additionalProperties: false },
)
const Values = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 20 })
const Recent = Type.Object(
  { numbers: Values, agents: Values, skillGroups: Values, tags: Values },
  { additionalProperties: false },
)
const tags = ['views']

export function preferenceRoutes({ views }: { views: ViewStore }): RouteSet {
  return (app) => {
    app.get(
      '/api/v1/preferences',
      { config: { needs: 'calls:read' }, schema: { summary: 'What I have arranged for myself', tags } },
      async (request): Promise<PreferencesJson> => {
        const principal = principalOf(request)
        const kept = await views.preferences(principal.instance, principal.id)
        return { columns: parsed(kept.columns), views: parsed(kept.views), recent: parsed(kept.recent) }
      },
    )

    for (const [name, body] of [
      ['columns', Columns],
      ['views', Views],
      ['recent', Recent],
    ] as const)
      app.put(
        `/api/v1/preferences/${name}`,
        {
          config: { needs: 'calls:read' },
          schema: { summary: `Keep my ${name}`, tags, body, response: { 204: Type.Null() } },
        },
        async (request, reply) => {
          const { instance, id } = userOf(request.principal)
          await views.savePreference(instance, id, name, JSON.stringify(request.body))
          return reply.code(204).send(null)
        },
      )
  }
}

function parsed<T>(text: string | undefined): T | null {
  return text === undefined ? null : (JSON.parse(text) as T)
}
