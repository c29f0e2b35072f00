// API keys, for those who may write them (keys:write). The key itself is answered once, when it is made.
import { type Static, Type } from 'typebox'
import { AppError } from '../errors.ts'
import { type CallbookApp, principalOf } from '../http/app.ts'
import type { KeyRow } from '../store/store.ts'
import type { AccessContext } from './access-routes.ts'
import { InstantSchema, NoContent, Nullable, ScopeSchema } from './access-schemas.ts'
import { createKey, revokeKey } from './keys.ts'
import { mayGrant, SCOPES } from './permissions.ts'

const Key = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scopes: Type.Array(Type.String()),
  masksNumbers: Type.Boolean(),
  createdAt: InstantSchema,
  revokedAt: Nullable(InstantSchema),
  lastUsedAt: Nullable(InstantSchema),
})

const NewKey = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    scopes: Type.Array(ScopeSchema, { minItems: 1, maxItems: SCOPES.length }),
    masksNumbers: Type.Optional(Type.Boolean({ description: 'Numbers of people are shown as 138****8000' })),
  },
  { additionalProperties: false },
)

const needsKeys = { config: { needs: 'keys:write' } } as const
const tags = ['access']

export function keyRoutes(app: CallbookApp, { access, clock, now }: AccessContext): void {
  app.get(
    '/api/v1/keys',
    {
      ...needsKeys,
      schema: { summary: 'All keys', tags, response: { 200: Type.Object({ items: Type.Array(Key) }) } },
    },
    async (request) => {
      const keys = await access.keys(principalOf(request).home)
      return { items: keys.map(toJson) }
    },
  )

  app.post(
    '/api/v1/keys',
    {
      ...needsKeys,
      schema: {
        summary: 'Make a key',
        description: 'The answer’s `key` is the secret; it is not kept and cannot be shown again.',
        tags,
        body: NewKey,
        response: { 201: Type.Intersect([Key, Type.Object({ key: Type.String() })]) },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { name, scopes, masksNumbers = false } = request.body
      if (!mayGrant(principal, scopes, { masksNumbers }))
        throw new AppError('not-allowed', { needs: scopes.join(', ') })
      const { key, row } = await createKey(access, { instance: principal.home, name, scopes, masksNumbers }, now())
      request.log.info({ key: row.id, by: principal.id, scopes }, 'key made')
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...toJson(row), key })
    },
  )

  app.delete(
    '/api/v1/keys/:id',
    {
      ...needsKeys,
      schema: {
        summary: 'Revoke a key',
        tags,
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }),
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      await revokeKey(access, principal.home, request.params.id, now())
      request.log.info({ key: request.params.id, by: principal.id }, 'key revoked')
      return reply.code(204).send(undefined)
    },
  )

  function toJson({ id, name, scopes, masksNumbers, createdAt, revokedAt, lastUsedAt }: KeyRow): Static<typeof Key> {
    const orNull = (at: number | null) => (at === null ? null : clock.write(at))
    return {
      id,
      name,
      scopes,
      masksNumbers,
      createdAt: clock.write(createdAt),
      revokedAt: orNull(revokedAt),
      lastUsedAt: orNull(lastUsedAt),
    }
  }
}
