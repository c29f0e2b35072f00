// `npm run fuzz -- --frames 1000000 --seed 1 [--only ami|esl|events|cdr|socket]`: mutilated streams of PBXs and event batches, as
// many of each as asked for. Ends with 1, the smallest input found that fails, and the seed that makes it again.
import { parseArgs } from 'node:util'
import { fuzzAmi } from './ami-fuzz.ts'
import { fuzzCdr } from './cdr-fuzz.ts'
import { fuzzEsl } from './esl-fuzz.ts'
import { fuzzEvents } from './event-fuzz.ts'
import type { FuzzFigures } from './figures.ts'
import { fuzzSocket } from './socket-fuzz.ts'

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})
const frames = Number(values.frames)
const seed = Number(values.seed)
const MEBIBYTE = 1024 * 1024

for (const [name, fuzz] of [
  ['ami', fuzzAmi],
  ['esl', fuzzEsl],
  ['events', fuzzEvents],
  ['cdr', fuzzCdr],
  ['socket', fuzzSocket],
] as const) {
  if (values.only !== undefined && values.only !== name) continue
  const startedAt = Date.now()
  const onProgress = (now: FuzzFigures) => progress(`${name}: ${now.frames} of ${frames}`)
  try {
    const figures = await fuzz({ frames, seed, onProgress })
    progress('')
    console.log(`${name}, seed ${seed}, ${((Date.now() - startedAt) / 1000).toFixed(0)} s: ${sentenceOf(figures)}`)
  } catch (error) {
    progress('')
    process.exitCode = 1
    console.error(`${name}, seed ${seed}, failed.`)
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
      console.error((cause.stack ?? cause.message).slice(0, 6_000))
  }
}

function sentenceOf(one: FuzzFigures): string {
  const parts = [
    `${one.frames} frames in ${one.rounds} rounds (${(one.bytes / MEBIBYTE).toFixed(0)} MiB)`,
    `${one.readable} readable, ${one.unreadable} reported as unreadable`,
    `${one.events} call events, ${one.refused} refused, ${one.calls} calls derived`,
    `held at most ${(one.peakBytes / MEBIBYTE).toFixed(0)} MiB, ${(one.lateGrowthBytes / MEBIBYTE).toFixed(1)} MiB more in the second half`,
  ]
  return parts.join('; ')
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
