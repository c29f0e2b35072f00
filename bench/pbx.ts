// The connector beside the real Asterisk that the tests build (test/pbx): lag, losses and what both cost. Needs root on a
// Debian machine; elsewhere it says why it was left out.
import { PbxTakenError, startPbx, stopPbx } from '../test/pbx/asterisk/pbx.ts'
import { closeServersNow } from '../test/pbx/callbook-server.ts'
import { printLoad } from '../test/pbx/load/print-load.ts'
import { runLoad } from '../test/pbx/load/run-load.ts'
import type { BenchOptions } from './bench-options.ts'

export async function benchPbx({ quick }: BenchOptions): Promise<void> {
  const options = quick ? { rate: 10, seconds: 15 } : { rate: 40, seconds: 60 }
  let mayStop = process.getuid?.() === 0
  const stop = () => {
    closeServersNow()
    if (mayStop) stopPbx()
    mayStop = false
  }
  process.once('exit', stop)
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  try {
    const leftOut = await startPbx({ fresh: true })
    if (leftOut === null) printLoad(options, await runLoad(options))
    else console.log(`The benchmark beside a real Asterisk was left out: ${leftOut}.`)
  } catch (error) {
    // Another run's PBX is not ours to stop.
    mayStop &&= !(error instanceof PbxTakenError)
    throw error
  } finally {
    stop()
  }
}
