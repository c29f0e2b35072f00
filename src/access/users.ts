// Accounts of people: making, changing, logging in, and the first administrator. Used by the routes and by the command
// line. Every change here that takes something away also ends the sessions it concerns.
import { randomUUID } from 'node:crypto'
import type { Config } from '../config.ts'
import { DEFAULT_INSTANCE } from '../config.ts'
import { AppError } from '../errors.ts'
import type { AccessStore, UserRow } from '../store/store.ts'
import { hashPassword, isPassword } from './passwords.ts'
import type { Role } from './permissions.ts'
import { newPassword } from './secrets.ts'

export const USERS_MAX = 10_000
/** Letters, digits, spaces inside and most signs, in any script; nothing invisible. */
export const USER_NAME_PATTERN = '^[^\\s\\p{C}]([^\\p{C}]{0,62}[^\\s\\p{C}])?$'
const USER_NAME = new RegExp(USER_NAME_PATTERN, 'u')

export interface NewUser {
  instance: string
  name: string
  role: Role
  agentId: string | null
  password: string
  /** The console asks for another password at the first login. */
  mustChangePassword: boolean
  /** Numbers of people are masked for her; default: not. */
  masksNumbers?: boolean
}

/** @throws AppError user-exists, too-many-users, password-too-short, bad-request */
export async function createUser(access: AccessStore, wanted: NewUser, now: number): Promise<UserRow> {
  const name = wanted.name.normalize('NFC')
  if (!USER_NAME.test(name))
    throw new AppError('bad-request', { detail: 'A user name has 1 to 64 visible characters.', field: 'name' })
  if ((await access.users(wanted.instance)).length >= USERS_MAX)
    throw new AppError('too-many-users', { limit: USERS_MAX })
  const user: UserRow = {
    id: randomUUID(),
    instance: wanted.instance,
    name,
    role: wanted.role,
    agentId: wanted.agentId,
    passwordHash: await hashPassword(wanted.password),
    mustChangePassword: wanted.mustChangePassword,
    masksNumbers: wanted.masksNumbers ?? false,
    createdAt: now,
    disabledAt: null,
  }
  if ((await access.addUser(user)) === 'exists') throw new AppError('user-exists', { name })
  return user
}

export interface UserChange {
  role?: Role
  agentId?: string | null
  disabled?: boolean
  password?: string
  mustChangePassword?: boolean
  masksNumbers?: boolean
}

/**
 * Changes what is named in `change`. Disabling and a new password end the user's sessions.
 * @throws AppError user-not-found, last-admin, password-too-short
 */
export async function changeUser(
  access: AccessStore,
  asked: { instance: string; id: string },
  change: UserChange,
  now: number,
): Promise<UserRow> {
  // Hashing takes a while: the row is read after it, so that a change made meanwhile is not undone.
  const passwordHash = change.password === undefined ? null : await hashPassword(change.password)
  const user = await access.userById(asked.id)
  if (!user || user.instance !== asked.instance) throw new AppError('user-not-found', { name: asked.id })
  const changed: UserRow = {
    ...user,
    role: change.role ?? user.role,
    agentId: change.agentId === undefined ? user.agentId : change.agentId,
    disabledAt: change.disabled === undefined ? user.disabledAt : change.disabled ? (user.disabledAt ?? now) : null,
    masksNumbers: change.masksNumbers ?? user.masksNumbers,
    passwordHash: passwordHash ?? user.passwordHash,
    mustChangePassword: change.mustChangePassword ?? (passwordHash === null ? user.mustChangePassword : false),
  }
  if (administers(user) && !administers(changed)) {
    const others = (await access.users(user.instance)).filter((other) => other.id !== user.id && administers(other))
    if (others.length === 0) throw new AppError('last-admin')
  }
  await access.updateUser(changed)
  if (changed.disabledAt !== null || passwordHash !== null) await access.removeSessionsOfUser(user.id, null)
  return changed
}

/**
 * The user of this name and password. One answer and one cost for an unknown name, a wrong password and a disabled account.
 * @throws AppError login-refused, too-many-requests
 */
export async function checkLogin(access: AccessStore, name: string, password: string): Promise<UserRow> {
  const user = await access.userByName(name.trim().normalize('NFC'))
  const matches = await isPassword(user?.passwordHash ?? null, password)
  if (!user || !matches || user.disabledAt !== null) throw new AppError('login-refused')
  return user
}

/**
 * A user's own change of password; ends all her sessions but the one she asks with.
 * @throws AppError password-wrong, password-too-short, too-many-requests
 */
export async function changeOwnPassword(
  access: AccessStore,
  userId: string,
  passwords: { current: string; next: string },
  keptTokenHash: string,
): Promise<void> {
  const before = await access.userById(userId)
  if (!(await isPassword(before?.passwordHash ?? null, passwords.current))) throw new AppError('password-wrong')
  const passwordHash = await hashPassword(passwords.next)
  const user = await access.userById(userId)
  if (!user || user.disabledAt !== null) throw new AppError('authentication-required')
  await access.updateUser({ ...user, passwordHash, mustChangePassword: false })
  await access.removeSessionsOfUser(user.id, keptTokenHash)
}

/**
 * Makes the account `admin` where nobody administers the default instance yet: with CALLBOOK_ADMIN_PASSWORD, or with a
 * password that is printed once. An existing administrator's password is never touched.
 * @throws AppError config-invalid: CALLBOOK_ADMIN_PASSWORD cannot be used
 */
export async function ensureAdmin(
  access: AccessStore,
  config: Pick<Config, 'adminPassword'>,
  print: (line: string) => void,
  now: number = Date.now(),
): Promise<void> {
  const users = await access.users(DEFAULT_INSTANCE)
  if (users.some((user) => user.role === 'admin')) return
  const password = config.adminPassword ?? newPassword()
  try {
    await createUser(
      access,
      {
        instance: DEFAULT_INSTANCE,
        name: 'admin',
        role: 'admin',
        agentId: null,
        password,
        mustChangePassword: config.adminPassword === null,
      },
      now,
    )
  } catch (error) {
    // Another process on the same store was quicker.
    if (error instanceof AppError && error.code === 'user-exists') return
    if (error instanceof AppError && (error.code === 'password-too-short' || error.code === 'bad-request'))
      throw new AppError('config-invalid', { detail: `CALLBOOK_ADMIN_PASSWORD: ${error.message}` }, { cause: error })
    throw error
  }
  if (config.adminPassword === null) {
    print(
      `First start: log in as admin with the password ${password} (shown only now; you will be asked to change it).`,
    )
    print(`首次启动：请用账号 admin、密码 ${password} 登录（仅显示这一次，登录后请修改）。`)
  } else {
    print(
      'First start: log in as admin with CALLBOOK_ADMIN_PASSWORD. 首次启动：账号 admin，密码为 CALLBOOK_ADMIN_PASSWORD。',
    )
  }
}

function administers(user: UserRow): boolean {
  return user.role === 'admin' && user.disabledAt === null
}
