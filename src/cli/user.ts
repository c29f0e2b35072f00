// `callbook user …`: accounts of the default instance, straight in the store. The way in when nobody can log in.
import { maySeeNumbers, type Role } from '../access/permissions.ts'
import { newPassword } from '../access/secrets.ts'
import { changeUser, createUser } from '../access/users.ts'
import { clockIn } from '../calls/instant.ts'
import { DEFAULT_INSTANCE } from '../config.ts'
import { AppError } from '../errors.ts'
import type { AccessStore, UserRow } from '../store/store.ts'
import { printJson, printLine, printTable, say } from './print.ts'
import { withStore } from './with-store.ts'

const STDIN_BYTES = 64 * 1024

export async function runUserCreate(options: {
  name: string
  role: Role
  agent?: string
  passwordStdin?: boolean
  maskNumbers?: boolean
}): Promise<void> {
  if (options.role === 'agent' && !options.agent)
    throw new AppError('bad-request', { detail: 'An account of role agent needs --agent, or it would see no call.' })
  const given = options.passwordStdin ? await readPassword() : null
  const password = given ?? newPassword()
  const user = await withStore(({ access }) =>
    createUser(
      access,
      {
        instance: DEFAULT_INSTANCE,
        name: options.name,
        role: options.role,
        agentId: options.agent ?? null,
        password,
        mustChangePassword: given === null,
        masksNumbers: options.maskNumbers ?? false,
      },
      Date.now(),
    ),
  )
  say(`User ${user.name} (${user.role}) is made.`)
  if (given === null) tellOneTimePassword(password)
}

export async function runUserList(options: { json?: boolean }): Promise<void> {
  await withStore(async ({ access }, { timeZone }) => {
    const { write } = clockIn(timeZone)
    const users = (await access.users(DEFAULT_INSTANCE)).map(({ id, name, role, agentId, masksNumbers, ...row }) => ({
      id,
      name,
      role,
      agentId,
      masksNumbers,
      createdAt: write(row.createdAt),
      disabledAt: row.disabledAt === null ? null : write(row.disabledAt),
    }))
    if (options.json) return printJson(users)
    printTable(
      ['NAME', 'ROLE', 'AGENT', 'NUMBERS', 'STATE'],
      users.map((user) => [
        user.name,
        user.role,
        user.agentId ?? '-',
        maySeeNumbers(user) ? 'shown' : 'masked',
        user.disabledAt ? `disabled ${user.disabledAt}` : 'active',
      ]),
    )
  })
}

/** `shown` or `masked`: whether she sees the numbers of people whole, from her next request on. */
export async function runUserNumbers(name: string, numbers: 'shown' | 'masked'): Promise<void> {
  await withStore(async ({ access }) => {
    const { id, instance, role } = await userNamed(access, name)
    if (role === 'admin' && numbers === 'masked')
      throw new AppError('bad-request', { detail: 'An administrator sees every number: give her another role first.' })
    await changeUser(access, { instance, id }, { masksNumbers: numbers === 'masked' }, Date.now())
  })
  say(`Numbers are ${numbers} to ${name}.`)
}

/** Ends the user's sessions, as every new password does. */
export async function runUserPassword(name: string): Promise<void> {
  const given = process.stdin.isTTY ? null : await readPassword({ mayBeEmpty: true })
  const password = given ?? newPassword()
  await withStore(async ({ access }) => {
    const { id, instance } = await userNamed(access, name)
    await changeUser(access, { instance, id }, { password, mustChangePassword: given === null }, Date.now())
  })
  say(`The password of ${name} is changed; ${name} must log in again.`)
  if (given === null) tellOneTimePassword(password)
}

export async function runUserDisable(name: string): Promise<void> {
  await withStore(async ({ access }) => {
    const { id, instance } = await userNamed(access, name)
    await changeUser(access, { instance, id }, { disabled: true }, Date.now())
  })
  say(`User ${name} is disabled.`)
}

async function userNamed(access: AccessStore, name: string): Promise<UserRow> {
  const user = await access.userByName(name.trim().normalize('NFC'))
  if (!user) throw new AppError('user-not-found', { name })
  return user
}

function tellOneTimePassword(password: string): void {
  say('One-time password, shown only now:')
  printLine(password)
}

/** The first line of standard input. null: there is none, and that may be. */
async function readPassword({ mayBeEmpty = false } = {}): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > STDIN_BYTES) throw new AppError('bad-request', { detail: 'Standard input is too long for a password.' })
    chunks.push(bytes)
  }
  const line = Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1)[0] ?? ''
  if (line !== '') return line
  if (mayBeEmpty) return null
  throw new AppError('bad-request', { detail: 'No password came on standard input.' })
}
