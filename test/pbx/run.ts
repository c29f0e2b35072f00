// `npm run test:pbx`: real calls through a real Asterisk 22, seen through Callbook's HTTP API. Builds and starts the PBX,
// starts Callbook on it, runs the scenarios side by side, and ends all of it again, also when interrupted. Where the PBX
// cannot be had (no root, no Debian archive) it says so in one line and leaves the tests out.
//   npm run test:pbx -- --mix 200 [--seed 7] [--at-a-time 20] [--stock] [--keep hold] [--gaps]     a random mix of calls
//   instead of the scenarios; --stock: without marks of the dialplan; --keep: traces of all plays with this word in their
//   name; --gaps: the connection is cut and Callbook is killed, again and again, and CEL and queue_log have to tell the rest
import { parseArgs } from 'node:util'
import { PbxTakenError, startPbx, stopPbx } from './asterisk/pbx.ts'
import { closeServersNow } from './callbook-server.ts'

const LONGEST_RUN_MS = 40 * 60_000

const { values: options } = parseArgs({
  options: {
    mix: { type: 'string' },
    seed: { type: 'string' },
    'at-a-time': { type: 'string' },
    keep: { type: 'string' },
    stock: { type: 'boolean', default: false },
    gaps: { type: 'boolean', default: false },
  },
})

let mayStop = process.getuid?.() === 0
process.once('exit', () => {
  closeServersNow()
  if (mayStop) stopPbx()
})
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))
process.on('SIGHUP', () => process.exit(129))
setTimeout(() => {
  console.error('The tests against a real Asterisk hang.')
  process.exit(1)
}, LONGEST_RUN_MS).unref()

const leftOut = await startPbx({ fresh: true, stock: options.stock, traces: true }).catch((error: Error) => {
  mayStop &&= !(error instanceof PbxTakenError)
  console.error(error.message)
  process.exit(1)
})
if (leftOut === null && options.mix !== undefined) {
  const { playMix } = await import('./mix/run-mix.ts')
  const seed = Number(options.seed ?? Date.now() % 1_000_000)
  const atATime = Number(options['at-a-time'] ?? 20)
  process.exitCode = await playMix({
    count: Number(options.mix),
    seed,
    atATime,
    stock: options.stock,
    keep: options.keep,
    gaps: options.gaps,
  })
  process.exit()
} else if (leftOut === null) await import('./scenarios.ts')
else console.log(`Tests against a real Asterisk left out: ${leftOut}.`)
