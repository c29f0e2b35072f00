// A progress bar on stderr for long commands: shown on a terminal only, so that logs and pipes stay clean.

export interface Progress {
  /** 0 to 1. */
  part: number
  text: string
}

const EVERY_MS = 200
const WIDTH = 30

export function startProgress(look: () => Progress): { end(): void } {
  if (!process.stderr.isTTY) return { end: () => {} }
  const startedAt = Date.now()
  const timer = setInterval(() => process.stderr.write(`\r${lineOf(look(), Date.now() - startedAt)}\x1b[K`), EVERY_MS)
  return {
    end() {
      clearInterval(timer)
      process.stderr.write('\r\x1b[K')
    },
  }
}

/** `[██████░░░░] 61 %  12345 rows  0:42 left` */
export function lineOf({ part, text }: Progress, elapsedMs: number): string {
  const done = Math.max(0, Math.min(1, part))
  const full = Math.round(done * WIDTH)
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full)
  const left = done > 0.01 && done < 1 ? `  ${clockOf((elapsedMs / done) * (1 - done))} left` : ''
  return `[${bar}] ${Math.floor(done * 100)} %  ${text}${left}`
}

function clockOf(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
