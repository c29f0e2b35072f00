// The agents and skill groups of each instance: who is known, what they are called, who is hidden. Names that were given by
// hand are held in memory, since every call that is read asks for them; looked at again now and then, since another
// process on the same store may have given one.
import type { Agent, SkillGroup } from '../calls/call.ts'
import { AppError } from '../errors.ts'
import type { CallStore, DirectoryStore, GivenName } from '../store/store.ts'
import { type Names, namedAgent, namedSkillGroup, noNames } from './names.ts'

export interface DirectoryNeeds {
  store: DirectoryStore
  calls: Pick<CallStore, 'agents' | 'skillGroups'>
  log: { warn(details: object, message: string): void }
}

export interface Person {
  id: string
  /** As it is shown. */
  name: string | null
  /** As the PBX says. */
  pbxName: string | null
  givenName: string | null
  hidden: boolean
}

export type Kind = GivenName['kind']

const RENEW_MS = 30_000
/** Of each kind in an instance. */
export const GIVEN_NAMES_MAX = 5_000

export class Directory {
  readonly #needs: DirectoryNeeds
  #given = new Map<string, GivenName[]>()
  #names = new Map<string, Names>()
  #renewing: NodeJS.Timeout | null = null

  constructor(needs: DirectoryNeeds) {
    this.#needs = needs
  }

  /** Reads what was given; from here on names hold. */
  async start(): Promise<void> {
    await this.#renew()
    this.#renewing = setInterval(() => {
      this.#renew().catch((err: unknown) => this.#needs.log.warn({ err }, 'given names could not be read again'))
    }, RENEW_MS)
    this.#renewing.unref()
  }

  close(): void {
    if (this.#renewing) clearInterval(this.#renewing)
  }

  /** The names that hold now. */
  names(instance: string): Names {
    return this.#names.get(instance) ?? noNames
  }

  /** For pick lists, by name: hidden ones left out. */
  async agents(instance: string): Promise<Agent[]> {
    const people = await this.people(instance, 'agent')
    return people.filter(({ hidden }) => !hidden).map(({ id, name }) => ({ id, name }))
  }

  async skillGroups(instance: string): Promise<SkillGroup[]> {
    const people = await this.people(instance, 'skill-group')
    return people.filter(({ hidden }) => !hidden).map(({ id, name }) => ({ id, name }))
  }

  /** Everyone of a kind that ever appeared, hidden ones too, by name. */
  async people(instance: string, kind: Kind): Promise<Person[]> {
    const { calls } = this.#needs
    const known = kind === 'agent' ? await calls.agents(instance) : await calls.skillGroups(instance)
    const given = new Map(
      (this.#given.get(instance) ?? []).filter((one) => one.kind === kind).map((one) => [one.id, one]),
    )
    const names = this.names(instance)
    return known
      .map(({ id, name: pbxName }) => {
        const one = { id, name: pbxName }
        const { name } = kind === 'agent' ? namedAgent(one, names) : namedSkillGroup(one, names)
        const own = given.get(id)
        return { id, name, pbxName, givenName: own?.name ?? null, hidden: own?.hidden ?? false }
      })
      .sort((a, b) => (a.name ?? a.id).localeCompare(b.name ?? b.id, 'zh') || a.id.localeCompare(b.id))
  }

  /** Holds at once. @throws AppError person-not-found, too-many-names */
  async give(given: GivenName): Promise<Person> {
    const { instance, kind, id } = given
    const isKnown = (await this.people(instance, kind)).some((one) => one.id === id)
    if (!isKnown) throw new AppError('person-not-found', { id })
    if ((await this.#needs.store.giveName(given, GIVEN_NAMES_MAX)) === 'too-many')
      throw new AppError('too-many-names', { limit: GIVEN_NAMES_MAX })
    await this.#renew()
    const person = (await this.people(instance, kind)).find((one) => one.id === id)
    if (!person) throw new AppError('person-not-found', { id })
    return person
  }

  async #renew(): Promise<void> {
    const given = Map.groupBy(await this.#needs.store.givenNames(), ({ instance }) => instance)
    this.#given = given
    this.#names = new Map([...given].map(([instance, rows]) => [instance, namesOf(rows)]))
  }
}

/** The names among what was given. */
export function namesOf(rows: readonly GivenName[]): Names {
  const of = (kind: Kind) =>
    new Map(rows.flatMap((row) => (row.kind === kind && row.name !== null ? [[row.id, row.name] as const] : [])))
  return { agents: of('agent'), skillGroups: of('skill-group') }
}
