// The real Asterisk of the tests: where it is reached, and starting and ending it through up.sh and down.sh. The addresses
// are loopback addresses of its own, so that it meets no other SIP program of the machine.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

const FOLDER = '/tmp/callbook-pbx'
const ROOT = join(FOLDER, 'root')
const LOGS = join(ROOT, 'var/log/asterisk')
const PID_FILE = join(FOLDER, 'run/asterisk.pid')
const RUNNER_FILE = join(FOLDER, 'run/runner.pid')
const UP = join(import.meta.dirname, 'up.sh')
const DOWN = join(import.meta.dirname, 'down.sh')
/** Exit code of up.sh where the machine cannot run it at all. */
const LEFT_OUT = 77
const BUILD_MS = 20 * 60_000

let upGroup: number | null = null

/** Another run's PBX: not ours to use, nor to stop. */
export class PbxTakenError extends Error {}

/** As in conf/: change them there too. */
export const PBX = {
  /** In front of every call id (conf/asterisk.conf). */
  systemName: 'pbx1',
  sip: { host: '127.0.77.2', port: 5060 },
  ami: { host: '127.0.77.2', port: 5038 },
  customers: { host: '127.0.77.10', port: 5060 },
  external: { host: '127.0.77.20', port: 5060 },
  agents: { host: '127.0.77.30', port: 5060 },
  loadAgents: { host: '127.0.77.40', port: 5060 },
  loadCustomers: { host: '127.0.77.41', port: 5060 },
  loadNumber: '02170001000',
  recordings: join(ROOT, 'var/spool/asterisk/monitor'),
  /** What it writes down of calls; CEL only when started with `traces`. */
  logs: { cel: join(LOGS, 'cel-custom/cel_master.csv'), queueLog: join(LOGS, 'queue_log') },
  /** Where its / lies on this machine. Its configuration is copied there anew at each start. */
  root: ROOT,
  ari: { url: 'http://127.0.77.2:8088/ari' },
  callbookUser: { username: 'records', secret: 'records-pw' },
  platformUser: { username: 'platform', secret: 'platform-pw' },
} as const

/** What the PBX has written about its queues, all of it. */
export function readQueueLog(): string {
  return readIfThere(PBX.logs.queueLog)
}

/** Its call event log and its call detail records, as rows of comma-separated values. */
export function readCelAndCdr(): { cel: string; cdr: string } {
  const cel = readIfThere(PBX.logs.cel)
  return { cel, cdr: readIfThere(join(LOGS, 'cdr-custom/cdr_master.csv')) }
}

/** Its process, for measuring what it costs. */
export function pbxPid(): number {
  return Number(readFileSync(PID_FILE, 'utf8'))
}

/**
 * Builds the PBX if need be and starts it, `fresh`: after ending what a killed run left behind; `stock`: one whose
 * dialplan leaves no marks; `traces`: one that also writes CEL and whole CDRs. Gives why this machine cannot have one, or null when it runs.
 * @throws when it should run and does not, PbxTakenError when another run uses it
 */
export async function startPbx({ fresh = false, stock = false, traces = false } = {}): Promise<string | null> {
  if (fresh && process.getuid?.() === 0) {
    claimPbx()
    stopPbx()
  }
  const flags = Object.entries({ fresh, stock, traces }).flatMap(([name, on]) => (on ? [`--${name}`] : []))
  const { code, said } = await runUp(flags)
  if (code === 0) return null
  if (code === LEFT_OUT) return said.trim().split('\n').at(-1) ?? 'up.sh gave no reason'
  throw new Error(`Asterisk did not start: ${said.slice(-4000)}`)
}

/** In a process group of its own, which stopPbx() can end as a whole. */
async function runUp(args: string[]): Promise<{ code: number | null; said: string }> {
  const up = spawn(UP, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  upGroup = up.pid ?? null
  const late = setTimeout(endUp, BUILD_MS)
  let said = ''
  for (const stream of [up.stdout, up.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      said += text
    })
  }
  // Not 'close': Asterisk goes on, and may hold on to the pipes.
  const [code] = (await once(up, 'exit')) as [number | null]
  clearTimeout(late)
  upGroup = null
  return { code, said }
}

function endUp(): void {
  if (upGroup !== null) process.kill(-upGroup, 'SIGTERM')
  upGroup = null
}

/** Waits until it is gone; also fit for the end of the process. Does nothing when there is none. */
export function stopPbx(): void {
  endUp()
  execFileSync(DOWN, { timeout: 60_000 })
}

/** There is one PBX, and so one run of the tests at a time. */
function claimPbx(): void {
  mkdirSync(join(FOLDER, 'run'), { recursive: true })
  const other = Number(readIfThere(RUNNER_FILE) || 0)
  if (
    other > 0 &&
    other !== process.pid &&
    readIfThere(`/proc/${other}/cmdline`).match(/test\/pbx\/run\.ts|load\.ts|bench\/run\.ts/)
  )
    throw new PbxTakenError(`Another run of these tests is at work, pid ${other}.`)
  writeFileSync(RUNNER_FILE, String(process.pid))
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Asterisk dies at once, as in a power cut. Resolves when it is gone: killed, it still takes connections for a moment. */
export async function crashPbx(): Promise<void> {
  const pid = Number(readFileSync(PID_FILE, 'utf8'))
  process.kill(pid, 'SIGKILL')
  while (/\) [^ZX] /.test(readIfThere(`/proc/${pid}/stat`))) await sleep(20)
}

/** One command of Asterisk's own command line. */
export async function pbxCommand(command: string): Promise<string> {
  const { stdout } = await run('chroot', [ROOT, 'asterisk', '-rx', command], { timeout: 20_000 })
  return stdout
}

/** Agent extension → name, as the PBX knows them. */
export function readAgents(): Map<string, string> {
  const lines = readFileSync(join(import.meta.dirname, 'agents.txt'), 'utf8')
    .trim()
    .split('\n')
  return new Map(lines.map((line) => [line.slice(0, 4), line.slice(5)]))
}
