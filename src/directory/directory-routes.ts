// The agents and skill groups of the contact centre, for those who see all of its calls: who is known, when they were seen,
// and (names:write) what they are called here and whether they are still offered for choosing.
import { type Static, Type } from 'typebox'
import { callsLimitedTo, type Principal } from '../access/permissions.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { DirectoryStore } from '../store/store.ts'
import type { Directory, Kind, Person } from './directory.ts'

export interface DirectoryRoutesNeeds {
  directory: Directory
  store: DirectoryStore
  clock: Clock
  /** Calls are counted so many days back. */
  searchWindowDays: number
  now(): number
}

const KINDS = { agents: 'agent', 'skill-groups': 'skill-group' } as const satisfies Record<string, Kind>
const PAGE_PEOPLE = 50
const NAME_CHARACTERS = 60
/** Past this many calls of one the count says "more than". */
const COUNTED_CALLS = 20_000

const KindParam = Type.Enum({ agents: 'agents', 'skill-groups': 'skill-groups' } as const)
const Nullable = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()])

const PersonSchema = Type.Object({
  id: Type.String(),
  name: Nullable(Type.String({ description: 'As it is shown everywhere' })),
  pbxName: Nullable(Type.String({ description: 'As the PBX says' })),
  givenName: Nullable(Type.String()),
  hidden: Type.Boolean({ description: 'No longer offered for choosing' }),
  firstSeenAt: Nullable(Type.String()),
  lastSeenAt: Nullable(Type.String()),
  calls: Type.Integer({ description: 'Within the search window' }),
  isMore: Type.Boolean({ description: 'There are more calls than were counted' }),
})
export type PersonJson = Static<typeof PersonSchema>

const PageSchema = Type.Object({
  items: Type.Array(PersonSchema),
  total: Type.Integer({ description: 'Those that fit, on all pages' }),
  days: Type.Integer({ description: 'Calls are counted so many days back' }),
})
export type PeopleJson = Static<typeof PageSchema>

const tags = ['directory']

export function directoryRoutes({ directory, store, clock, searchWindowDays, now }: DirectoryRoutesNeeds): RouteSet {
  return (app) => {
    app.get(
      '/api/v1/directory/:kind',
      {
        config: { needs: 'calls:read' },
        schema: {
          summary: 'The agents or skill groups that are known, by name, with when they were seen',
          tags,
          params: Type.Object({ kind: KindParam }),
          querystring: Type.Object({
            q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of an id or of a name' })),
            hidden: Type.Optional(Type.Boolean({ description: 'Only hidden ones, or only the others' })),
            page: Type.Integer({ minimum: 1, maximum: 1_000, default: 1 }),
          }),
          response: { 200: PageSchema },
        },
      },
      async (request): Promise<PeopleJson> => {
        const { instance } = seesAll(principalOf(request))
        const { q = '', hidden, page } = request.query
        const kind = KINDS[request.params.kind]
        const fitting = (await directory.people(instance, kind)).filter(
          (person) => (hidden === undefined || person.hidden === hidden) && fits(person, q.trim().toLowerCase()),
        )
        const shown = fitting.slice((page - 1) * PAGE_PEOPLE, page * PAGE_PEOPLE)
        return { items: await withSeen(instance, kind, shown), total: fitting.length, days: searchWindowDays }
      },
    )

    app.put(
      '/api/v1/directory/:kind/:id',
      {
        config: { needs: 'names:write' },
        schema: {
          summary: 'Names an agent or a skill group, or hides it from pick lists',
          description: 'The name holds for every call, in lists, searches and exports. `name` null: as the PBX says.',
          tags,
          params: Type.Object({ kind: KindParam, id: Type.String({ minLength: 1, maxLength: 256 }) }),
          body: Type.Object(
            {
              name: Type.Union([Type.String({ minLength: 1, maxLength: NAME_CHARACTERS }), Type.Null()]),
              hidden: Type.Boolean(),
            },
            { additionalProperties: false },
          ),
          response: { 200: PersonSchema },
        },
      },
      async (request): Promise<PersonJson> => {
        const { instance, kind: who, name: actor } = seesAll(principalOf(request))
        const { name, hidden } = request.body
        const { kind, id } = request.params
        const person = await directory.give({
          instance,
          kind: KINDS[kind],
          id,
          name: name === null ? null : nameOf(name),
          hidden,
          changedAt: now(),
          changedBy: `${who}:${actor}`,
        })
        const [json] = await withSeen(instance, KINDS[kind], [person])
        if (!json) throw new AppError('person-not-found', { id })
        return json
      },
    )
  }

  async function withSeen(instance: string, kind: Kind, people: readonly Person[]): Promise<PersonJson[]> {
    const since = clock.startOfDay(clock.addDays(clock.dayOf(now()), 1 - searchWindowDays)) ?? 0
    const ids = people.map(({ id }) => id)
    const seen = await store.seen(instance, kind, ids, { since, most: COUNTED_CALLS })
    const byId = new Map(seen.map((one) => [one.id, one]))
    return people.map((person) => {
      const own = byId.get(person.id)
      return {
        ...person,
        firstSeenAt: own ? clock.write(own.firstAt) : null,
        lastSeenAt: own ? clock.write(own.lastAt) : null,
        calls: own?.calls ?? 0,
        isMore: own?.isMore ?? false,
      }
    })
  }
}

function seesAll(principal: Principal): Principal {
  if (callsLimitedTo(principal) !== null) throw new AppError('not-allowed', { needs: 'role manager or admin' })
  return principal
}

/** Nothing invisible, and no blank around it. */
function nameOf(text: string): string {
  const name = text.normalize('NFC').replace(/\p{C}/gu, '').trim()
  if (name === '') throw new AppError('bad-request', { detail: 'A name has visible characters.', field: 'name' })
  return name
}

function fits({ id, name, pbxName }: Person, part: string): boolean {
  return part === '' || [id, name, pbxName].some((text) => text?.toLowerCase().includes(part))
}
