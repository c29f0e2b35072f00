// The programs that tests make and decode sound with: there already, or installed where we may.
import { spawnSync } from 'node:child_process'
import { ensurePackages } from './debian-packages.ts'

/** null: sox and ffmpeg are there; else the sentence that says how to install them, to skip a test with. */
export async function withoutSoundPrograms(): Promise<string | null> {
  try {
    await ensurePackages(['sox', 'ffmpeg'], {
      why: 'Recordings to try things with are made by sox and ffmpeg',
      isThere: () => runs('sox', '--version') && runs('ffmpeg', '-version'),
    })
    return null
  } catch (cause) {
    return (cause as Error).message
  }
}

function runs(program: string, question: string): boolean {
  return spawnSync(program, [question], { stdio: 'ignore' }).status === 0
}
