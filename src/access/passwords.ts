// Hashing and checking of passwords with argon2id. The work runs on Node's thread pool, which files and DNS need too:
// only two at a time, and a bounded line behind them, so that a flood of logins cannot stop everything else.
import { hash, verify } from '@node-rs/argon2'
import { AppError } from '../errors.ts'

export const PASSWORD_MIN_CHARACTERS = 8
/** Bounds the work of one hash; nobody types more. */
export const PASSWORD_MAX_CHARACTERS = 512

const CONCURRENT = 2
const WAITING_MAX = 50

// OWASP's recommendation for argon2id (Password Storage Cheat Sheet): 19 MiB, 2 passes, 1 lane.
// (argon2id is the library's default; its enum cannot be named in erasable syntax.)
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

let running = 0
const waiting: (() => void)[] = []

/** @throws AppError password-too-short, bad-request (too long), too-many-requests */
export async function hashPassword(password: string): Promise<string> {
  if (password.length < PASSWORD_MIN_CHARACTERS)
    throw new AppError('password-too-short', { minimum: PASSWORD_MIN_CHARACTERS })
  if (password.length > PASSWORD_MAX_CHARACTERS)
    throw new AppError('bad-request', { detail: `A password has at most ${PASSWORD_MAX_CHARACTERS} characters.` })
  return inTurn(() => hash(normalized(password), COST))
}

/**
 * Is this the password? With `encoded` null (no such user) it costs the same and is never true, so that the time of an
 * answer does not tell which names exist. @throws AppError too-many-requests
 */
export async function isPassword(encoded: string | null, password: string): Promise<boolean> {
  if (password.length > PASSWORD_MAX_CHARACTERS) return false
  const against = encoded ?? (await hashOfNobody())
  const matches = await inTurn(() => verify(against, normalized(password)))
  return encoded !== null && matches
}

let nobody: Promise<string> | null = null

function hashOfNobody(): Promise<string> {
  nobody ??= hash('the password of nobody', COST)
  return nobody
}

/** Composed and decomposed letters of one password are the same password, whatever keyboard made them. */
function normalized(password: string): string {
  return password.normalize('NFKC')
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= CONCURRENT) {
    if (waiting.length >= WAITING_MAX) throw new AppError('too-many-requests', { seconds: 1 })
    // Whoever finishes hands its place over, so `running` stays.
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else {
    running++
  }
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
