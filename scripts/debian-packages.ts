// Programs that tests need and npm does not bring (a browser, ffmpeg, an S3 server): there already, or installed from
// Debian's packages where we are root on Debian. Used by the runner of the tests and by tests that need one of them.
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const INSTALL_WITHIN_MS = 8 * 60_000
/** Test files run side by side, apt-get does not. */
const LOCK = join(tmpdir(), 'callbook-apt.lock')

export function mayInstallPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version')
}

/**
 * Installs Debian packages unless `isThere` says that it is not needed.
 * @param why what needs them, as the beginning of a sentence: `The browser journeys need Chromium`
 * @throws Error that says how to install them by hand
 */
export async function ensurePackages(
  packages: readonly string[],
  { why, isThere }: { why: string; isThere: () => boolean },
): Promise<void> {
  if (isThere()) return
  const byHand = `${why}. On Debian and Ubuntu:  sudo apt-get install ${packages.join(' ')}`
  if (!mayInstallPackages()) throw new Error(byHand)
  const unlock = await lock()
  try {
    if (isThere()) return
    console.log(`${why}: installing ${packages.join(' and ')} …`)
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
      const { status, stderr } = spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        encoding: 'utf8',
        timeout: INSTALL_WITHIN_MS,
      })
      if (status !== 0) throw new Error(`apt-get ${args[0]} failed: ${stderr.slice(-800)}\n${byHand}`)
    }
    if (!isThere()) throw new Error(byHand)
  } finally {
    unlock()
  }
}

/** One process at a time; a lock whose process is gone is taken over. */
async function lock(): Promise<() => void> {
  for (const end = Date.now() + INSTALL_WITHIN_MS; ; await delay(250)) {
    try {
      const file = openSync(LOCK, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      return () => rmSync(LOCK, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || Date.now() > end) throw error
      if (!isRunning(holder())) rmSync(LOCK, { force: true })
    }
  }
}

function holder(): number {
  try {
    return Number(readFileSync(LOCK, 'utf8'))
  } catch {
    return 0
  }
}

function isRunning(pid: number): boolean {
  // The holder writes its number a moment after it made the file.
  if (!(pid > 0)) return true
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
