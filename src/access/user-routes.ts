// Accounts of people, for those who may write them (users:write).
import { type Static, Type } from 'typebox'
import { AppError } from '../errors.ts'
import { type CallbookApp, principalOf } from '../http/app.ts'
import type { UserRow } from '../store/store.ts'
import type { AccessContext } from './access-routes.ts'
import { InstantSchema, Nullable, RoleSchema } from './access-schemas.ts'
import { mayGrant, type Principal, ROLE_SCOPES } from './permissions.ts'
import { newPassword } from './secrets.ts'
import { changeUser, createUser } from './users.ts'

const Agent = Nullable(Type.String({ minLength: 1, maxLength: 128 }))
const Password = Type.String({ maxLength: 4_096 })

const MasksNumbers = Type.Boolean({
  description:
    'Numbers of people are shown as 138****8000, and searched for whole only; means nothing to administrators',
})

const User = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: RoleSchema,
  agentId: Nullable(Type.String()),
  mustChangePassword: Type.Boolean(),
  masksNumbers: Type.Boolean(),
  createdAt: InstantSchema,
  disabledAt: Nullable(InstantSchema),
})

const NewUser = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64 }),
    role: RoleSchema,
    agentId: Type.Optional(Agent),
    password: Type.Optional(Password),
    mustChangePassword: Type.Optional(Type.Boolean()),
    masksNumbers: Type.Optional(MasksNumbers),
  },
  { additionalProperties: false },
)

const UserPatch = Type.Object(
  {
    role: Type.Optional(RoleSchema),
    agentId: Type.Optional(Agent),
    disabled: Type.Optional(Type.Boolean()),
    password: Type.Optional(Password),
    mustChangePassword: Type.Optional(Type.Boolean()),
    masksNumbers: Type.Optional(MasksNumbers),
  },
  { additionalProperties: false, minProperties: 1 },
)

const needsUsers = { config: { needs: 'users:write' } } as const
const tags = ['access']

export function userRoutes(app: CallbookApp, { access, clock, now }: AccessContext): void {
  app.get(
    '/api/v1/users',
    {
      ...needsUsers,
      schema: { summary: 'All users, by name', tags, response: { 200: Type.Object({ items: Type.Array(User) }) } },
    },
    async (request) => {
      const users = await access.users(principalOf(request).home)
      return { items: users.map(toJson) }
    },
  )

  app.post(
    '/api/v1/users',
    {
      ...needsUsers,
      schema: {
        summary: 'Make a user',
        description: 'Without a password one is made up and answered, this once, as `oneTimePassword`.',
        tags,
        body: NewUser,
        response: { 201: Type.Intersect([User, Type.Object({ oneTimePassword: Nullable(Type.String()) })]) },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { name, role, agentId = null, password, mustChangePassword, masksNumbers = false } = request.body
      assertMayMake(principal, { role, masksNumbers })
      const oneTimePassword = password === undefined ? newPassword() : null
      const user = await createUser(
        access,
        {
          instance: principal.home,
          name,
          role,
          agentId,
          password: password ?? oneTimePassword ?? '',
          mustChangePassword: mustChangePassword ?? oneTimePassword !== null,
          masksNumbers,
        },
        now(),
      )
      request.log.info({ user: user.id, by: principal.id, role }, 'user made')
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...toJson(user), oneTimePassword })
    },
  )

  app.patch(
    '/api/v1/users/:id',
    {
      ...needsUsers,
      schema: {
        summary: 'Change a user',
        description: 'Disabling and a new password end the user’s sessions.',
        tags,
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }),
        body: UserPatch,
        response: { 200: User },
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const { id } = request.params
      const user = await access.userById(id)
      if (!user || user.instance !== principal.home) throw new AppError('user-not-found', { name: id })
      const { role = user.role, masksNumbers = user.masksNumbers } = request.body
      assertMayMake(principal, user)
      assertMayMake(principal, { role, masksNumbers })
      const changed = await changeUser(access, { instance: principal.home, id }, request.body, now())
      request.log.info({ user: id, by: principal.id, changed: Object.keys(request.body) }, 'user changed')
      return toJson(changed)
    },
  )

  function toJson(user: UserRow): Static<typeof User> {
    const { id, name, role, agentId, mustChangePassword, masksNumbers, createdAt, disabledAt } = user
    return {
      id,
      name,
      role,
      agentId,
      mustChangePassword,
      masksNumbers,
      createdAt: clock.write(createdAt),
      disabledAt: disabledAt === null ? null : clock.write(disabledAt),
    }
  }
}

/** An account is worth its role's scopes: whoever lacks them may neither make such an account nor set its password. */
function assertMayMake(principal: Principal, { role, masksNumbers }: Pick<UserRow, 'role' | 'masksNumbers'>): void {
  // A mask means nothing to an administrator.
  if (!mayGrant(principal, ROLE_SCOPES[role], { masksNumbers: masksNumbers && role !== 'admin' }))
    throw new AppError('not-allowed', { needs: `the scopes of ${role}` })
}
