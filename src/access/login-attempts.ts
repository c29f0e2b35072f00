// Slows down guessing of passwords: failed logins are counted per name and per address, in memory. Kept by each process
// for itself and forgotten at a restart, which is no way in: an attempt costs an argon2 hash either way.
import { AppError } from '../errors.ts'

export interface LoginAttempts {
  /**
   * Takes one attempt before the password is looked at, so that many at once cannot slip through.
   * @throws AppError too-many-requests
   */
  begin(name: string, address: string): void
  /** The password was right: the attempt is given back. */
  succeed(name: string, address: string): void
}

interface Allowance {
  /** Attempts that may follow each other at once. */
  burst: number
  /** One more comes back after this long. */
  refillMs: number
}

const PER_NAME: Allowance = { burst: 10, refillMs: 30_000 }
// An office comes from one address.
const PER_ADDRESS: Allowance = { burst: 50, refillMs: 5_000 }
const REMEMBERED_MAX = 20_000

export function loginAttempts(now: () => number): LoginAttempts {
  const names = buckets(PER_NAME, now)
  const addresses = buckets(PER_ADDRESS, now)
  return {
    begin(name, address) {
      const waitMs = Math.max(names.waitMs(name), addresses.waitMs(address))
      if (waitMs > 0) throw new AppError('too-many-requests', { seconds: Math.ceil(waitMs / 1000) })
      names.take(name)
      addresses.take(address)
    },
    succeed(name, address) {
      names.forget(name)
      addresses.giveBack(address)
    },
  }
}

/** Token buckets by key; the one not used for longest is forgotten first when there are too many. */
function buckets(allowance: Allowance, now: () => number) {
  const byKey = new Map<string, { left: number; at: number }>()

  function leftOf(key: string): number {
    const bucket = byKey.get(key)
    if (!bucket) return allowance.burst
    return Math.min(allowance.burst, bucket.left + (now() - bucket.at) / allowance.refillMs)
  }

  function keep(key: string, left: number): void {
    byKey.delete(key)
    if (left >= allowance.burst) return
    byKey.set(key, { left, at: now() })
    if (byKey.size <= REMEMBERED_MAX) return
    const oldest = byKey.keys().next()
    if (!oldest.done) byKey.delete(oldest.value)
  }

  return {
    waitMs: (key: string) => Math.max(0, 1 - leftOf(key)) * allowance.refillMs,
    take: (key: string) => keep(key, leftOf(key) - 1),
    giveBack: (key: string) => keep(key, leftOf(key) + 1),
    forget: (key: string) => void byKey.delete(key),
  }
}
