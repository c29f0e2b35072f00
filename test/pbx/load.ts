// `node test/pbx/load.ts [--rate 40] [--seconds 60] [--talk 2000]`: Callbook beside the real Asterisk under load; fails when
// a call is missing or wrong. `npm run bench -- pbx` measures the same.
import { parseArgs } from 'node:util'
import { PbxTakenError, startPbx, stopPbx } from './asterisk/pbx.ts'
import { closeServersNow } from './callbook-server.ts'
import { printLoad } from './load/print-load.ts'
import { runLoad } from './load/run-load.ts'

const { values } = parseArgs({
  options: { rate: { type: 'string' }, seconds: { type: 'string' }, talk: { type: 'string' } },
})
const options = {
  rate: Number(values.rate ?? 40),
  seconds: Number(values.seconds ?? 60),
  talkMs: Number(values.talk ?? 2_000),
}

let mayStop = process.getuid?.() === 0
process.once('exit', () => {
  closeServersNow()
  if (mayStop) stopPbx()
})
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

const leftOut = await startPbx({ fresh: true }).catch((error: Error) => {
  mayStop &&= !(error instanceof PbxTakenError)
  console.error(error.message)
  process.exit(1)
})
if (leftOut !== null) {
  console.log(`The load test was left out: ${leftOut}.`)
  process.exit()
}
const result = await runLoad(options)
printLoad(options, result)
process.exit(result.right === result.placed ? 0 : 1)
