// Keeps a command from running twice on one data folder: a file with the number of the process that is at it.
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../errors.ts'

/** The function that lets the next one in. @throws AppError already-running */
export async function onlyOne(path: string, what: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true })
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, 'wx')
      await file.writeFile(String(process.pid))
      await file.close()
      return () => rm(path, { force: true })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      const holder = Number(await readFile(path, 'utf8').catch(() => '0'))
      if (attempt > 0 || isRunning(holder)) throw new AppError('already-running', { what }, { cause })
      // Its process is gone: it was killed.
      await rm(path, { force: true })
    }
  }
  throw new AppError('already-running', { what })
}

function isRunning(pid: number): boolean {
  // The holder writes its number a moment after it made the file.
  if (!(pid > 0)) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}
