// Waiting for what comes by itself: a file that is found, a call that ends.
import { setTimeout as delay } from 'node:timers/promises'

const AGAIN_MS = 50
const WITHIN_MS = 60_000

/** Tries until it holds; a check that never holds fails with its own words. */
export async function eventually<T>(check: () => T | Promise<T>, withinMs = WITHIN_MS): Promise<T> {
  for (const end = Date.now() + withinMs; ; await delay(AGAIN_MS)) {
    try {
      return await check()
    } catch (cause) {
      if (Date.now() > end) throw cause
    }
  }
}
