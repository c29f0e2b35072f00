// `npm test`: everything there is to try, one after the other: unit and whole-server tests, journeys in the browser, and real
// calls through a real Asterisk. `--e2e`: the browser journeys alone. Ends with a failure if anything failed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ensureChromium } from './chromium.ts'

const root = resolve(import.meta.dirname, '..')
const JOURNEYS = 'test/e2e/**/*.test.ts'
const OTHERS = ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/**/*.test.ts']
/** Test files side by side. A journey keeps two cores busy by itself: a second one would only make both slow. */
const AT_ONCE = { journeys: 1, others: 2 }
/** No test takes this long: one that hangs fails instead of holding up everything. */
const TEST_WITHIN_MS = 5 * 60_000

/** Hundreds of processes and threads load the same modules: compiled once, they start in two thirds of the time. */
const COMPILED = join(root, 'node_modules/.cache/compiled')

const journeysOnly = process.argv.includes('--e2e')
process.chdir(root)
process.env.NODE_COMPILE_CACHE ??= COMPILED
// Pictures of an earlier run would pass for this one's.
rmSync(join(root, 'test-artefacts'), { recursive: true, force: true })
try {
  await ensureChromium()
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
await runNode(['scripts/build-web.ts', '--if-stale'])
const journeys = globSync(JOURNEYS, { cwd: root })
const others = globSync(OTHERS, { cwd: root, exclude: [JOURNEYS] })
let failed = false
if (!journeysOnly) await runTests(others, AT_ONCE.others, 'Tests')
await runTests(journeys, AT_ONCE.journeys, 'Journeys in the browser')
// Says itself, in one line, when there can be no PBX here.
const pbx = join(root, 'test/pbx/run.ts')
if (!journeysOnly && existsSync(pbx)) note('Tests against a real Asterisk', await runNode([pbx]))
process.exitCode = failed ? 1 : 0

async function runTests(files: string[], atOnce: number, what: string): Promise<void> {
  const options = [`--test-concurrency=${atOnce}`, `--test-timeout=${TEST_WITHIN_MS}`]
  note(what, await runNode(['--test', ...options, ...files.sort()]))
}

function note(what: string, code: number): void {
  if (code === 0) return
  failed = true
  console.error(`${what} have failed: see above.`)
}

async function runNode(args: string[]): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal !== null) console.error(`${args[0]} was ended by ${signal}.`)
  return code ?? 1
}
