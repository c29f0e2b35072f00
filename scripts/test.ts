// `npm test`: everything there is to try, in one run: unit tests, whole-server tests and browser journeys by node:test,
// then real calls through a real Asterisk. `--e2e`: the browser journeys alone. Ends with a failure if anything failed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ensureChromium } from './chromium.ts'

const root = resolve(import.meta.dirname, '..')
const JOURNEYS = 'test/e2e/**/*.test.ts'
const EVERYTHING = ['src/**/*.test.ts', 'web/src/**/*.test.ts', 'test/**/*.test.ts']
/** Journeys each keep a server and a browser busy: more at once only makes them slow. */
const FILES_AT_ONCE = 2
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
const files = globSync(journeysOnly ? [JOURNEYS] : EVERYTHING, { cwd: root }).sort()
const status = await runNode([
  '--test',
  `--test-concurrency=${FILES_AT_ONCE}`,
  `--test-timeout=${TEST_WITHIN_MS}`,
  ...files,
])
// Says itself, in one line, when there can be no PBX here.
const pbx = join(root, 'test/pbx/run.ts')
const pbxStatus = journeysOnly || !existsSync(pbx) ? 0 : await runNode([pbx])
if (status !== 0) console.error('Tests have failed: see above.')
if (pbxStatus !== 0) console.error('Tests against a real Asterisk have failed: see above.')
process.exitCode = status || pbxStatus

async function runNode(args: string[]): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (signal !== null) console.error(`${args[0]} was ended by ${signal}.`)
  return code ?? 1
}
