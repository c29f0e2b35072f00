// A bound for what the system does on our behalf and cannot be told to stop: a file system that hangs, a name server.

const LOOK_MS = 4_500

/** What `work` gives, or `otherwise` when it takes too long. What it does then is no longer waited for. */
export async function inTime<T>(work: Promise<T>, otherwise: T, ms: number = LOOK_MS): Promise<T> {
  const late = Promise.withResolvers<T>()
  const timer = setTimeout(() => late.resolve(otherwise), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
    work.catch(() => {})
  }
}
