// `callbook serve` and `callbook demo`: start, wait for a signal, stop cleanly. The second signal, or a stop that takes
// too long, ends the process at once: what was acknowledged is on disk either way.
import { readConfig } from '../config.ts'

/** What serve() and runDemo() give back. */
interface Stoppable {
  close(): Promise<void>
}

const STOP_WITHIN_MS = 15_000

export async function runServe(): Promise<void> {
  const config = readConfig()
  const { serve } = await import('../main.ts')
  await runUntilSignal(() => serve(config))
}

export async function runDemoServer(options: {
  port: number
  rate?: number
  talkMs?: number
  days: number
  keep?: boolean
}): Promise<void> {
  const { runDemo } = await import('../demo/demo.ts')
  await runUntilSignal(() => runDemo(options))
}

async function runUntilSignal(start: () => Promise<Stoppable>): Promise<void> {
  const { promise: stop, resolve: askToStop } = Promise.withResolvers<void>()
  let asked = false
  const onSignal = () => {
    if (asked) process.exit(1)
    asked = true
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    askToStop()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    // A signal during the start waits for its end: half-open stores are not left behind.
    const running = await start()
    await stop
    await running.close()
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}
