// `npm run demo`: the real server on a folder that is thrown away, listening to a simulated Asterisk over a real socket,
// with a month of calls behind it. Called by the command line; also the quickest way for a test to have a full house.
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clockIn } from '../calls/instant.ts'
import { type Config, readConfig } from '../config.ts'
import { type Running, serve } from '../main.ts'
import { DEMO_PASSWORD, makeDemoAccounts } from './demo-accounts.ts'
import { fillHistory } from './fill-history.ts'
import { freePort } from './free-port.ts'
import { firstLiveChannel } from './history.ts'
import { type MonitorFolder, openMonitorFolder } from './monitor-folder.ts'
import { type SimulatedPbx, startSimulatedPbx } from './simulated-pbx.ts'
import { describeDemo } from './welcome.ts'

export interface DemoOptions {
  /** 0 = any; a port in use is passed over for the next free one. */
  port?: number
  /** Calls that begin per second. */
  rate?: number
  /** Typical length of a talk; given, the calls are for load and keep short waits. */
  talkMs?: number
  /** Days of history. */
  days?: number
  /** Calls on an ordinary working day of the history. */
  callsPerDay?: number
  /** Leave the folder behind. */
  keep?: boolean
  seed?: number
  print?: (line: string) => void
}

export interface RunningDemo {
  address: string
  folder: string
  pbx: SimulatedPbx
  running: Running
  /** Resolves when the history is in; rejects when it could not be filled in. */
  history: Promise<{ calls: number }>
  /** Ends everything and removes the folder; safe to call twice. */
  close(): Promise<void>
}

const PORT = 8080
const RATE = 0.4
const DAYS = 30
const CALLS_PER_DAY = 1_000
/** The PBX had been at work for this long: calls are up already, and some have just ended. */
const AT_WORK_MS = 6 * 60_000
const RECORDINGS_BYTES = 2 * 1024 ** 3
const PBX_NAME = 'demo-pbx'

export async function runDemo(options: DemoOptions = {}): Promise<RunningDemo> {
  const { print = (line: string) => process.stdout.write(`${line}\n`), days = DAYS } = options
  const wanted = options.port ?? PORT
  const folder = await mkdtemp(join(tmpdir(), 'callbook-demo-'))
  const removeFolder = () => {
    if (!options.keep) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  // Also where the process is ended without close().
  process.once('exit', removeFolder)
  const stopHistory = new AbortController()
  const closers: (() => unknown)[] = [
    () => {
      process.off('exit', removeFolder)
      removeFolder()
    },
  ]
  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= (async () => {
      for (const closeOne of closers.reverse()) await closeOne()
    })()
    return closing
  }

  try {
    const monitor = await openMonitorFolder({
      folder: join(folder, 'monitor'),
      budgetBytes: RECORDINGS_BYTES,
      now: Date.now,
      onProblem: (cause) => print(`A recording could not be written: ${String(cause)}`),
    })
    closers.push(() => monitor.close())
    const pbx = await startPbx(options, days, monitor)
    closers.push(() => pbx.close())
    const config = demoConfig(folder, await freePort('127.0.0.1', wanted), pbx)
    if (wanted !== 0 && config.port !== wanted) {
      print(`Port ${wanted} is in use; the demo takes ${config.port}. 端口 ${wanted} 已被占用，改用 ${config.port}。`)
    }
    const running = await serve(config, { print: () => {} })
    closers.push(() => running.close())
    await makeDemoAccounts(running.store.access, Date.now())
    for (const line of describeDemo(running.address, {
      rate: options.rate ?? RATE,
      agents: pbx.centre.agents.length,
      pbxPort: pbx.port,
      folder,
    })) {
      print(line)
    }
    const history = fillHistory({
      ingest: running.ingest,
      connector: config.connectors[0] as Config['connectors'][number],
      pbx,
      monitor,
      clock: clockIn(config.timeZone),
      days,
      callsPerDay: options.callsPerDay ?? CALLS_PER_DAY,
      atWorkMs: atWorkMs(options),
      seed: options.seed ?? Date.now(),
      print,
      signal: stopHistory.signal,
    })
    closers.push(() => {
      stopHistory.abort()
      return history.catch(() => {})
    })
    history.catch((cause) => {
      if (!stopHistory.signal.aborted) print(`The history could not be filled in: ${String(cause)}`)
    })
    return { address: running.address, folder, pbx, running, history, close }
  } catch (error) {
    await close()
    throw error
  }
}

function startPbx(options: DemoOptions, days: number, monitor: MonitorFolder): Promise<SimulatedPbx> {
  return startSimulatedPbx({
    rate: options.rate ?? RATE,
    atWorkMs: atWorkMs(options),
    fromFirstClient: true,
    firstChannel: firstLiveChannel(days),
    seed: options.seed ?? Date.now(),
    ...(options.talkMs === undefined ? {} : { talkMs: options.talkMs }),
    mayRecord: () => monitor.hasRoom(),
    onCallBegun: (call) => monitor.callBegun(call),
    onCallEnded: (call) => monitor.callEnded(call),
  })
}

/** Under load the PBX starts empty: thousands of calls that are up already would only blur the figures. */
function atWorkMs(options: DemoOptions): number {
  return options.talkMs === undefined ? AT_WORK_MS : 0
}

/** The settings a site would write for this PBX, with the demo's folder and secret. */
function demoConfig(folder: string, port: number, pbx: SimulatedPbx): Config {
  return {
    ...readConfig({}, folder),
    port,
    dataFolder: join(folder, 'data'),
    adminPassword: DEMO_PASSWORD,
    logLevel: 'warn',
    connectors: [
      {
        name: PBX_NAME,
        type: 'asterisk',
        host: '127.0.0.1',
        port: pbx.port,
        username: pbx.username,
        secret: pbx.secret,
        agents: ['PJSIP/????'],
        trunks: ['PJSIP/customers', 'PJSIP/external'],
        externalTrunks: ['PJSIP/external'],
        virtualNumbers: ['1709*'],
        recordings: { folder: join(folder, 'monitor') },
      },
    ],
  }
}
