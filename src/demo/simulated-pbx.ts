// A simulated Asterisk with a contact centre behind it: begins calls at a rate, tells their recorded messages at the
// planned moments through the AMI server, and answers truthfully which calls are up. The demo listens to it; the
// benchmarks use it as their load. It knows nothing of Callbook.
import { type AmiList, startAmiServer } from './ami-server.ts'
import { type Headers, headerOf, readMessage } from './ami-text.ts'
import { makePlanner, messageAt, messageText, type PlannedCall } from './call-plan.ts'
import { type ContactCentre, makeContactCentre } from './contact-centre.ts'
import { listBridges, listChannels, listQueues, listStatus, type Snapshot, takeSnapshot } from './pbx-snapshot.ts'
import { randomFrom } from './random.ts'
import { makeTimeQueue } from './time-queue.ts'

const TICK_MS = 20
const LONG_TALK_MS = 30_000

export interface SimulatedPbxOptions {
  /** 0 = any free port. */
  port?: number
  username?: string
  secret?: string
  /** Calls that begin per second, on average. */
  rate?: number
  /** Typical length of a talk. Given: calls are for load, and keep the recordings' short waits. */
  talkMs?: number
  seed?: number
  /** Only these recordings. */
  scenarios?: readonly string[]
  /** The PBX has been at work for this long: the calls begun since, and not over, are up. */
  atWorkMs?: number
  /** Begin the work when the first client logs in, so that it misses nothing. */
  fromFirstClient?: boolean
  /** How many agents; not given: 30, or for load enough for the rate. */
  agents?: number
  firstChannel?: number
  /** Asked before each call: false leaves its recording out. */
  mayRecord?(): boolean
  /** Told of each call as its first message is sent, and as its last one is. */
  onCallBegun?(call: PlannedCall): void
  onCallEnded?(call: PlannedCall): void
  now?(): number
}

export interface PbxStats {
  begun: number
  ended: number
  inProgress: number
  messages: number
  bytes: number
  /** How late the latest batch was told: the machine cannot keep up when this grows. */
  lateMs: number
  clients: number
  /** Clients that were cut off because they did not read. */
  cutOff: number
}

export interface SimulatedPbx {
  readonly port: number
  readonly username: string
  readonly secret: string
  readonly centre: ContactCentre
  /** Resolves when calls happen, with those that began and ended while the PBX was at work but nobody listened. */
  readonly atWork: Promise<readonly PlannedCall[]>
  /** Calls that are up, with how many of their messages were told. */
  inProgress(): PlannedCall[]
  stats(): PbxStats
  /** No new calls; those in progress go on. */
  stopNewCalls(): void
  /** Cuts the AMI connections, as a network would. */
  dropClients(): void
  /** Safe to call twice. */
  close(): Promise<void>
}

interface CallInProgress {
  call: PlannedCall
  /** Index of the next message to tell. */
  next: number
}

/** @throws the listener's error, `EADDRINUSE` for a port in use */
export async function startSimulatedPbx(options: SimulatedPbxOptions = {}): Promise<SimulatedPbx> {
  const now = options.now ?? Date.now
  const rate = options.rate ?? 0.4
  const load = options.talkMs !== undefined
  const pace = { talkMs: options.talkMs ?? LONG_TALK_MS, shortWaits: load }
  const random = randomFrom(options.seed ?? now())
  // Under load each call keeps about one agent for its talk and a few seconds around it; half as many again are free.
  const wanted = load ? Math.ceil(rate * ((pace.talkMs * 1.4 + 12_000) / 1000) * 1.5) : 0
  const centre = makeContactCentre(random, options.agents ?? Math.max(30, wanted))
  const planner = makePlanner({
    centre,
    random,
    pace,
    firstChannel: options.firstChannel ?? 0,
    ...(options.mayRecord ? { mayRecord: options.mayRecord } : {}),
    ...(options.scenarios ? { scenarios: options.scenarios } : {}),
  })
  const username = options.username ?? 'callbook'
  const secret = options.secret ?? 'demo'
  const counts = { begun: 0, ended: 0, messages: 0, bytes: 0, lateMs: 0 }
  const queue = makeTimeQueue<CallInProgress>()
  const up = new Set<CallInProgress>()
  const { promise: atWork, resolve: beAtWork } = Promise.withResolvers<readonly PlannedCall[]>()

  const startedAt = now()
  let nextCallAt: number | null = null
  if (!options.fromFirstClient) startWork()

  const server = await startAmiServer({
    host: '127.0.0.1',
    port: options.port ?? 0,
    username,
    secret,
    bootedAt: startedAt - 5 * 3_600_000,
    now,
    onLogIn: startWork,
    answer,
  })
  let timer: NodeJS.Timeout | null = setInterval(tick, TICK_MS)
  let newCalls = true

  function gapMs(): number {
    return (-Math.log(1 - random.next()) / rate) * 1000
  }

  /** What calls said before this moment is past; those that were over by then are only handed on. */
  function startWork(): void {
    if (nextCallAt !== null) return
    const until = now()
    const earlier: PlannedCall[] = []
    nextCallAt = until - (options.atWorkMs ?? 0)
    for (const call of nextCalls(until)) {
      if (call.endMs <= until) earlier.push(call)
      else begin(call, until)
    }
    beAtWork(earlier)
  }

  function* nextCalls(until: number): Generator<PlannedCall> {
    while (nextCallAt !== null && nextCallAt <= until) {
      yield planner.plan(nextCallAt)
      nextCallAt += gapMs()
    }
  }

  /** `toldUntil`: messages up to then are past and are not told. */
  function begin(call: PlannedCall, toldUntil: number): void {
    const progress = { call, next: 0 }
    while (messageAt(call, progress.next) <= toldUntil) progress.next++
    up.add(progress)
    counts.begun++
    queue.add(messageAt(call, progress.next), progress)
    options.onCallBegun?.(call)
  }

  function tick(): void {
    const until = now()
    if (newCalls) for (const call of nextCalls(until)) begin(call, 0)
    let text = ''
    let due = queue.takeDue(until)
    counts.lateMs = due === null ? 0 : until - due.at
    while (due !== null) {
      const { item, at } = due
      const { call } = item
      // Told in the order of their times, whichever call they belong to.
      let nextAt = at
      while (item.next < call.template.messages.length && nextAt <= until && nextAt <= (queue.firstAt() ?? nextAt)) {
        text += messageText(call, item.next)
        item.next++
        counts.messages++
        nextAt = messageAt(call, item.next)
      }
      if (item.next < call.template.messages.length) {
        queue.add(nextAt, item)
      } else {
        up.delete(item)
        counts.ended++
        options.onCallEnded?.(call)
      }
      due = queue.takeDue(until)
    }
    if (text === '') return
    counts.bytes += Buffer.byteLength(text)
    server.send(text)
  }

  function snapshot(): Snapshot {
    const told: Headers[] = []
    for (const { call, next } of up) {
      for (let i = 0; i < next; i++) told.push(readMessage(messageText(call, i)))
    }
    return takeSnapshot(told)
  }

  function answer(action: string, headers: Headers): AmiList | Headers | null {
    switch (action) {
      case 'coreshowchannels':
        return {
          message: 'Channels will follow',
          items: listChannels(snapshot(), now()),
          complete: 'CoreShowChannelsComplete',
        }
      case 'status':
        return {
          message: 'Channel status will follow',
          items: listStatus(snapshot(), now()),
          complete: 'StatusComplete',
        }
      case 'bridgelist':
        return {
          message: 'Bridge listing will follow',
          items: listBridges(snapshot()),
          complete: 'BridgeListComplete',
        }
      case 'queuestatus':
        return {
          message: 'Queue status will follow',
          items: listQueues(snapshot(), centre, headerOf(headers, 'Queue'), now()),
          complete: 'QueueStatusComplete',
        }
      case 'corestatus':
        return [
          ['CoreStartupDate', new Date(startedAt).toISOString().slice(0, 10)],
          ['CoreCurrentCalls', String(up.size)],
          ['CoreProcessedCalls', String(counts.begun)],
        ]
      case 'coresettings':
        return [
          ['AMIversion', '11.0.0'],
          ['AsteriskVersion', '22.10.1'],
          ['SystemName', ''],
        ]
      default:
        return null
    }
  }

  return {
    port: server.port,
    username,
    secret,
    centre,
    atWork,
    inProgress: () => [...up].map(({ call }) => call),
    stats: () => ({ ...counts, inProgress: up.size, clients: server.clients, cutOff: server.cutOff }),
    stopNewCalls() {
      newCalls = false
    },
    dropClients: () => server.dropClients(),
    async close() {
      if (timer) clearInterval(timer)
      timer = null
      await server.close()
    },
  }
}
