// One sentence for an error that ends a command, for a person at a terminal. A stack is shown only for our own bugs.
import { AppError } from '../errors.ts'

/** EADDRINUSE and its like; ERR_… are Node's names for mistakes in our code. */
const SYSTEM_ERROR = /^E[A-Z0-9]+$/

export function explain(error: unknown): string {
  if (error instanceof AppError) return error.message
  if (!(error instanceof Error)) return String(error)
  const { code, path, syscall } = error as NodeJS.ErrnoException & { path?: string }
  if (syscall === 'listen' && code === 'EACCES')
    return 'This account may not open that port (below 1024 takes privileges). Choose another with CALLBOOK_PORT.'
  switch (code) {
    case 'ENOENT':
      return `There is no file ${path ?? '(unknown)'}.`
    case 'EACCES':
    case 'EPERM':
      return `${path ?? 'A file'} may not be ${syscall === 'open' ? 'opened' : 'used'} by this account.`
    case 'ENOSPC':
      return 'The disk is full.'
    default:
      return code !== undefined && SYSTEM_ERROR.test(code)
        ? error.message
        : `This is a bug in Callbook: ${error.stack ?? error.message}`
  }
}
