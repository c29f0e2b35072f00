// Schemas that several of the access routes share.
import { type TSchema, Type } from 'typebox'
import { ROLES, SCOPES } from './permissions.ts'

export const RoleSchema = Type.Enum(ROLES)
export const ScopeSchema = Type.Enum(SCOPES)

/** ISO 8601 with zone in answers. */
export const InstantSchema = Type.String({ description: 'ISO 8601 with zone' })

export function Nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** An answer without a body. */
export const NoContent = Type.Unsafe<undefined>({ type: 'null' })
