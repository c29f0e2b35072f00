// What a file system's error means to an administrator, and how it becomes a state of the world.
import { AppError } from '../../errors.ts'

/** A file system's error as a clause for the administrator; no path in it, since callers from outside read it too. */
export function diskProblem(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk of the recordings is full'
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return 'the recordings folder cannot be written'
  return `the recordings folder answered ${code}`
}

/** Passes on what `work` answers; a failure of the disk is told as store-unavailable, with the cause kept. */
export async function onDisk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('store-unavailable', { detail: diskProblem(cause) }, { cause })
  }
}
