// The retention policy of an instance: by size, by age, or both; a floor of free disk; other limits for single skill groups.
// What a limit means is decided in plan.ts.
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { AppError } from '../errors.ts'

const Bytes = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Days = Type.Integer({ minimum: 1, maximum: 36_500 })
const orOff = <T extends typeof Bytes>(limit: T) => Type.Optional(Type.Union([limit, Type.Null()]))
const MOST_GROUPS = 1_000

const GroupLimits = Type.Object(
  { id: Type.String({ minLength: 1, maxLength: 200 }), ageDays: orOff(Days), capacityBytes: orOff(Bytes) },
  { additionalProperties: false },
)

/** As it is sent: what is left out is off. */
export const PolicySchema = Type.Object(
  {
    capacityBytes: orOff(Bytes),
    ageDays: orOff(Days),
    minFreeBytes: orOff(Bytes),
    skillGroups: Type.Optional(Type.Array(GroupLimits, { maxItems: MOST_GROUPS })),
  },
  { additionalProperties: false },
)
const policyCheck = Compile(PolicySchema)

/** Limits of one skill group. `ageDays` takes the place of the instance's (left out: that holds; null: no age ends it); `capacityBytes` holds besides. */
export interface SkillGroupLimits {
  id: string
  ageDays?: number | null
  capacityBytes?: number | null
}

/** null: this limit is off. */
export interface RetentionPolicy {
  /** All recordings of the instance together. */
  capacityBytes: number | null
  /** Whole days after the day of the call. */
  ageDays: number | null
  /** How much of the recordings' disk stays free, whoever fills it. */
  minFreeBytes: number | null
  skillGroups: SkillGroupLimits[]
}

export const KEEP_EVERYTHING: RetentionPolicy = {
  capacityBytes: null,
  ageDays: null,
  minFreeBytes: null,
  skillGroups: [],
}

/** @throws AppError retention-invalid, naming the field. */
export function checkPolicy(value: unknown): RetentionPolicy {
  if (!policyCheck.Check(value)) throw refusalOf(value)
  const { capacityBytes = null, ageDays = null, minFreeBytes = null, skillGroups = [] } = value
  const ids = new Set<string>()
  for (const { id } of skillGroups) {
    if (ids.has(id)) throw invalid('skillGroups', `the skill group ${id} stands there twice`)
    ids.add(id)
  }
  return { capacityBytes, ageDays, minFreeBytes, skillGroups }
}

function refusalOf(value: unknown): AppError {
  const [first] = policyCheck.Errors(value)
  const field = (first?.instancePath ?? '').slice(1).replaceAll('/', '.')
  const known = /^(capacityBytes|minFreeBytes)|capacityBytes$/.test(field)
    ? 'is a whole number of bytes above 0, or null'
    : /ageDays$/.test(field)
      ? 'is a whole number of days from 1 to 36500, or null'
      : null
  if (known) return invalid(field, known)
  const said = (first?.message ?? 'is not a policy').slice(0, 200)
  return invalid(
    field || 'policy',
    `${said}; it has capacityBytes, ageDays, minFreeBytes and skillGroups, and nothing else`,
  )
}

function invalid(field: string, said: string): AppError {
  return new AppError('retention-invalid', { field, detail: `${field}: ${said}` })
}

export type PolicyBody = Static<typeof PolicySchema>
