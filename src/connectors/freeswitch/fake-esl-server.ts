// Test support: an event socket on a real loopback socket that says what a test tells it to, or replays a trace.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type EslEvent, text } from './esl-event.ts'
import type { ReceivedEvent } from './read-trace.ts'

/** An event as FreeSWITCH writes it for `event json`. */
export function encodeEvent(event: EslEvent): Uint8Array {
  const body = Buffer.from(JSON.stringify(event))
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\nContent-Type: text/event-json\n\n`), body])
}

export interface FakeEslSettings {
  password: string
  core: string
  /** Rows of `show channels as json`. */
  channels: Record<string, string>[]
  /** Answers to `uuid_dump`, by uuid. */
  dumps: Record<string, EslEvent>
  answersPings: boolean
  /** Commands answered with `-ERR`, by their first words. */
  denied: string[]
  /** Runs before `show channels` is answered: what happens between subscription and picture. */
  beforePicture: (() => void) | null
  greeting: string
  /** Answers to `api …`, by the words after it, before its own. */
  otherAnswers: Readonly<Record<string, string>>
}

const GREETING = 'Content-Type: auth/request\n\n'
const GOODBYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n'

export class FakeEslServer {
  readonly settings: FakeEslSettings
  /** Every command that came, without the password. */
  readonly commands: string[] = []
  #server: Server | null = null
  #port = 0
  readonly #open = new Set<Socket>()
  readonly #subscribed = new Set<Socket>()

  constructor(settings: Partial<FakeEslSettings> = {}) {
    this.settings = {
      password: 'right',
      core: 'core-1',
      channels: [],
      dumps: {},
      answersPings: true,
      denied: [],
      beforePicture: null,
      greeting: GREETING,
      otherAnswers: {},
      ...settings,
    }
  }

  get port(): number {
    return this.#port
  }

  get connections(): number {
    return this.#open.size
  }

  /** Listens; after `stop`, on the same port again. */
  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket))
    this.#server = server
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
  }

  /** FreeSWITCH is gone: every connection breaks, new ones are refused. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    this.drop()
    await closed
  }

  drop(): void {
    for (const socket of this.#open) socket.destroy()
  }

  /** Tells everybody who has subscribed. */
  send(event: EslEvent): void {
    this.sendBytes(encodeEvent(event))
  }

  sendBytes(bytes: Uint8Array | string): void {
    for (const socket of this.#subscribed) socket.write(bytes)
  }

  /** An ordered end: the announcement, then the connection's end. */
  sayGoodbye(): void {
    const notice = `Content-Type: text/disconnect-notice\nContent-Length: ${GOODBYE.length}\n\n${GOODBYE}`
    for (const socket of this.#subscribed) socket.end(notice)
  }

  /** Bytes that the other side has not taken yet. */
  get untaken(): number {
    return [...this.#subscribed].reduce((sum, socket) => sum + socket.writableLength, 0)
  }

  #serve(socket: Socket): void {
    this.#open.add(socket)
    socket.on('close', () => {
      this.#open.delete(socket)
      this.#subscribed.delete(socket)
    })
    socket.on('error', () => {})
    let text = ''
    let isLoggedIn = false
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const command = text.slice(0, end)
        text = text.slice(end + 2)
        if (command.startsWith('auth ')) isLoggedIn = this.#logIn(socket, command)
        else if (isLoggedIn) this.#obey(socket, command)
      }
    })
    if (this.settings.greeting) socket.write(this.settings.greeting)
  }

  #logIn(socket: Socket, command: string): boolean {
    this.commands.push('auth')
    if (command === `auth ${this.settings.password}`) {
      socket.write('Content-Type: command/reply\nReply-Text: +OK accepted\n\n')
      return true
    }
    const notice = `Content-Type: text/disconnect-notice\nContent-Length: ${GOODBYE.length}\n\n${GOODBYE}`
    socket.end(`Content-Type: command/reply\nReply-Text: -ERR invalid\n\n${notice}`)
    return false
  }

  #obey(socket: Socket, command: string): void {
    this.commands.push(command)
    const { settings } = this
    const isApi = command.startsWith('api ')
    const answer = (text: string) => {
      const bytes = Buffer.byteLength(text)
      socket.write(
        isApi
          ? `Content-Type: api/response\nContent-Length: ${bytes}\n\n${text}`
          : `Content-Type: command/reply\nReply-Text: ${text}\n\n`,
      )
    }
    if (settings.denied.some((words) => command.startsWith(words))) {
      answer('-ERR permission denied\n')
      return
    }
    const other = isApi ? settings.otherAnswers[command.slice(4)] : undefined
    if (other !== undefined) {
      answer(other)
      return
    }
    if (command.startsWith('event json ')) {
      this.#subscribed.add(socket)
      answer('+OK event listener enabled json')
      return
    }
    const [, api = '', uuid = ''] = command.split(' ')
    switch (api) {
      case 'status':
        if (settings.answersPings) answer('UP 0 years, 0 days, 1 hour\n')
        return
      case 'global_getvar':
        answer(settings.core)
        return
      case 'show': {
        settings.beforePicture?.()
        const { channels } = settings
        answer(JSON.stringify(channels.length ? { row_count: channels.length, rows: channels } : { row_count: 0 }))
        return
      }
      case 'uuid_dump': {
        const dump = settings.dumps[uuid]
        answer(dump ? JSON.stringify(dump) : '-ERR No such channel!\n')
        return
      }
      default:
        answer('-ERR command not found')
    }
  }
}

/** What FreeSWITCH would answer if it were asked after these events. */
export function pictureOf(events: readonly ReceivedEvent[]): Pick<FakeEslSettings, 'channels' | 'dumps'> {
  const first = new Map<string, EslEvent>()
  const dumps: Record<string, EslEvent> = {}
  for (const { event } of events) {
    const uuid = text(event, 'Unique-ID')
    if (!uuid) continue
    first.set(uuid, first.get(uuid) ?? event)
    // CUSTOM news about a leg may come after its end.
    const name = text(event, 'Event-Name')
    if (name === 'CHANNEL_HANGUP_COMPLETE') delete dumps[uuid]
    else if (name === 'CHANNEL_CREATE' || (dumps[uuid] && name !== 'CUSTOM'))
      dumps[uuid] = { ...dumps[uuid], ...event, 'Event-Name': 'CHANNEL_DATA' }
    if (text(event, 'CC-Action') === 'member-queue-start') dumps[uuid] = { ...dumps[uuid], ...event }
    const [a, b] = [text(event, 'Bridge-A-Unique-ID'), text(event, 'Bridge-B-Unique-ID')]
    if (name === 'CHANNEL_UNBRIDGE') {
      for (const leg of [a, b])
        if (dumps[leg]) dumps[leg] = { ...dumps[leg], variable_signal_bond: '', variable_bridge_uuid: '' }
    }
    if (name !== 'CHANNEL_BRIDGE') continue
    const bridgedAt = text(event, 'Caller-Channel-Bridged-Time')
    dumps[a] = { ...dumps[a], variable_signal_bond: b }
    dumps[b] = { ...dumps[b], variable_signal_bond: a, 'Caller-Channel-Bridged-Time': bridgedAt }
  }
  const channels = Object.keys(dumps).map((uuid) => ({
    uuid,
    initial_cid_num: text(first.get(uuid) ?? {}, 'Caller-Caller-ID-Number'),
    initial_dest: text(first.get(uuid) ?? {}, 'Caller-Destination-Number'),
  }))
  return { channels, dumps }
}
