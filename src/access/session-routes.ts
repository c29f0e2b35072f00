// Logging in and out, who one is, and one's own password. The only routes that see passwords of people logging in.
import { Type } from 'typebox'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { type CallbookApp, credentialOf, principalOf } from '../http/app.ts'
import type { UserRow } from '../store/store.ts'
import type { AccessContext } from './access-routes.ts'
import { NoContent, Nullable, RoleSchema } from './access-schemas.ts'
import { loginAttempts } from './login-attempts.ts'
import { maySeeNumbers } from './permissions.ts'
import { hashSecret } from './secrets.ts'
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts'
import { openSession, SESSION_COOKIE } from './sessions.ts'
import { changeOwnPassword, checkLogin } from './users.ts'

const SessionUser = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: RoleSchema,
  agentId: Nullable(Type.String()),
  mustChangePassword: Type.Boolean(),
  /** Numbers of people are masked in all she reads. */
  masksNumbers: Type.Boolean(),
})

const Login = Type.Object(
  {
    username: Type.String({ minLength: 1, maxLength: 200 }),
    password: Type.String({ minLength: 1, maxLength: 4_096 }),
  },
  { additionalProperties: false },
)

const PasswordChange = Type.Object(
  { current: Type.String({ maxLength: 4_096 }), next: Type.String({ maxLength: 4_096 }) },
  { additionalProperties: false },
)

const Session = Type.Object({
  user: Nullable(SessionUser),
  scopes: Type.Array(Type.String()),
  instance: Type.String(),
  /** The session looks at sample calls. */
  isSample: Type.Boolean(),
  timeZone: Type.String(),
  /** The day it is there, and its bounds: finding out a day in another zone is slow work for a browser. */
  today: Type.Object({ day: Type.String(), from: Type.String(), to: Type.String() }),
  searchWindowDays: Type.Integer(),
})

const tags = ['access']

export function sessionRoutes(app: CallbookApp, context: AccessContext): void {
  const { access, timeZone, searchWindowDays, now, clock } = context
  const attempts = loginAttempts(now)

  app.post(
    '/api/v1/session',
    {
      config: { needs: 'public' },
      schema: {
        summary: 'Log in',
        description: 'Answers with the session cookie `callbook_session`.',
        tags,
        body: Login,
        response: { 200: Type.Object({ user: SessionUser }) },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body
      const name = username.trim().normalize('NFC')
      attempts.begin(name, request.ip)
      const user = await checkLogin(access, name, password)
      attempts.succeed(name, request.ip)
      await endShownSession(request.cookies[SESSION_COOKIE])
      setSessionCookie(request, reply, await openSession(access, user.id, now()))
      request.log.info({ user: user.id }, 'logged in')
      return reply.header('cache-control', 'no-store').send({ user: toSessionUser(user) })
    },
  )

  app.get(
    '/api/v1/session',
    { config: { needs: 'signed-in' }, schema: { summary: 'Who am I, and where', tags, response: { 200: Session } } },
    async (request, reply) => {
      const principal = principalOf(request)
      const user = principal.kind === 'user' ? await access.userById(principal.id) : null
      return reply.header('cache-control', 'no-store').send({
        user: user && toSessionUser(user),
        scopes: [...principal.scopes],
        instance: principal.instance,
        isSample: principal.instance !== principal.home,
        timeZone,
        today: dayWithBounds(clock, now()),
        searchWindowDays,
      })
    },
  )

  // Public: whoever has no session any more is logged out already.
  app.delete(
    '/api/v1/session',
    { config: { needs: 'public' }, schema: { summary: 'Log out', tags, response: { 204: NoContent } } },
    async (request, reply) => {
      await endShownSession(request.cookies[SESSION_COOKIE])
      clearSessionCookie(request, reply)
      return reply.code(204).send(undefined)
    },
  )

  app.put(
    '/api/v1/session/password',
    {
      config: { needs: 'signed-in' },
      schema: {
        summary: 'Change my password',
        description: 'Ends all other sessions of the user.',
        tags,
        body: PasswordChange,
        response: { 204: NoContent },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const credential = credentialOf(request)
      if (credential.kind !== 'session') throw new AppError('not-allowed', { needs: 'a user' })
      // A borrowed screen must not be a place to guess the password at leisure.
      attempts.begin(principal.name, request.ip)
      await changeOwnPassword(access, principal.id, request.body, credential.tokenHash)
      attempts.succeed(principal.name, request.ip)
      return reply.code(204).send(undefined)
    },
  )

  async function endShownSession(token: string | undefined): Promise<void> {
    if (token) await access.removeSession(hashSecret(token))
  }
}

function toSessionUser(user: UserRow) {
  const { id, name, role, agentId, mustChangePassword } = user
  return { id, name, role, agentId, mustChangePassword, masksNumbers: !maySeeNumbers(user) }
}

function dayWithBounds(clock: Clock, at: number) {
  const day = clock.dayOf(at)
  const begin = (one: string) => clock.write(clock.startOfDay(one) ?? at)
  return { day, from: begin(day), to: begin(clock.addDays(day, 1)) }
}
