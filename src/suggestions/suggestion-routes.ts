// GET /api/v1/suggestions and /suggestions/numbers: what the fields of the search offer. Made of calls that who asks may see,
// and of nothing else.
import { type Static, Type } from 'typebox'
import { callsLimitedTo, maySeeNumbers, type Principal } from '../access/permissions.ts'
import type { Clock } from '../calls/instant.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import { type Looked, NUMBER_FIELDS, type NumberField, type Suggestions } from './suggestion.ts'

export interface SuggestionRoutesNeeds {
  suggestions: Suggestions
  clock: Clock
  searchWindowDays: number
  now(): number
}

const Values = Type.Array(
  Type.Object({
    value: Type.String(),
    calls: Type.Integer({ description: 'How many of the newest calls have it (20,000 are looked at)' }),
  }),
)
const Numbers = Type.Object({ caller: Values, callee: Values, number: Values })
const Answer = Type.Object({ ...Numbers.properties, agents: Values, skillGroups: Values })
export type SuggestionsJson = Static<typeof Answer>
export type NumberSuggestionsJson = Static<typeof Numbers>

const tags = ['calls']

export function suggestionRoutes({ suggestions, clock, searchWindowDays, now }: SuggestionRoutesNeeds): RouteSet {
  const lookedBy = (principal: Principal): Looked => ({
    instance: principal.instance,
    participant: callsLimitedTo(principal),
    from: clock.startOfDay(clock.addDays(clock.dayOf(now()), 1 - searchWindowDays)) ?? 0,
  })

  return (app) => {
    app.get(
      '/api/v1/suggestions',
      {
        config: { needs: 'calls:read' },
        schema: {
          summary: 'Values the newest calls have most, for the fields of a search; agents and skill groups by id',
          tags,
          response: { 200: Answer },
        },
      },
      async (request) => {
        const principal = principalOf(request)
        const frequent = await suggestions.frequent(lookedBy(principal))
        return maySeeNumbers(principal) ? frequent : { ...frequent, caller: [], callee: [], number: [] }
      },
    )

    app.get(
      '/api/v1/suggestions/numbers',
      {
        config: { needs: 'calls:read' },
        schema: {
          summary: 'Numbers of calls that begin with what is typed, or contain it',
          tags,
          querystring: Type.Object({
            field: Type.Unsafe<NumberField>(Type.Enum([...NUMBER_FIELDS])),
            typed: Type.String({
              pattern: '^\\*?[0-9A-Za-z+#._@]{1,64}\\*?$',
              description: 'Digits; a star at either end is left out of account',
            }),
          }),
          response: { 200: Type.Partial(Numbers) },
        },
      },
      async (request) => {
        const { field, typed } = request.query
        // Masked ones would still tell, digit by digit, which numbers there are.
        if (!maySeeNumbers(principalOf(request))) return { [field]: [] }
        const found = await suggestions.numbersLike(lookedBy(principalOf(request)), field, typed.replaceAll('*', ''))
        return { [field]: found }
      },
    )
  }
}
