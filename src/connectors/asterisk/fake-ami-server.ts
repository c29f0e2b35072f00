// Test support: an AMI server on a real loopback socket that says what a test tells it to. Not for production; the demo
// has a simulated PBX of its own.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type AmiMessage, AmiParser, header } from './ami-parser.ts'

export type AmiFields = Readonly<Record<string, string | readonly string[]>>

/** A message as a PBX writes it. */
export function encodeMessage(message: AmiMessage): Uint8Array {
  const lines = [...message].flatMap(([name, values]) => values.map((value) => `${name}: ${value}\r\n`))
  return Buffer.from(`${lines.join('')}\r\n`)
}

export function messageOf(fields: AmiFields): AmiMessage {
  return new Map(Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]))
}

export interface FakeAmiSettings {
  username: string
  secret: string
  uptimeSeconds: number
  /** Channels in the answer to CoreShowChannels. */
  channels: AmiFields[]
  queueEntries: AmiFields[]
  queueMembers: AmiFields[]
  statuses: AmiFields[]
  answersPings: boolean
  /** Actions refused with "Permission denied". */
  denied: string[]
  banner: string
  /** Answers to actions, by name, before its own: messages that are given the action's id. null: its own answer. */
  otherActions: Readonly<Record<string, (action: AmiMessage) => AmiFields[] | null>>
}

export class FakeAmiServer {
  readonly settings: FakeAmiSettings
  /** Every action that came, by name. */
  readonly actions: string[] = []
  readonly logins: ('md5' | 'plain')[] = []
  #server: Server | null = null
  #port = 0
  readonly #open = new Set<Socket>()
  readonly #loggedIn = new Set<Socket>()

  constructor(settings: Partial<FakeAmiSettings> = {}) {
    this.settings = {
      username: 'callbook',
      secret: 'right',
      uptimeSeconds: 1_000_000,
      channels: [],
      queueEntries: [],
      queueMembers: [],
      statuses: [],
      answersPings: true,
      denied: [],
      banner: 'Asterisk Call Manager/11.0.0',
      otherActions: {},
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

  /** The PBX is gone: every connection breaks, new ones are refused. */
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

  /** Tells everybody who is logged in. */
  send(fields: AmiFields): void {
    this.sendBytes(encodeMessage(messageOf(fields)))
  }

  sendBytes(bytes: Uint8Array): void {
    for (const socket of this.#loggedIn) socket.write(bytes)
  }

  /** Bytes that the other side has not taken yet. */
  get untaken(): number {
    return [...this.#loggedIn].reduce((sum, socket) => sum + socket.writableLength, 0)
  }

  #serve(socket: Socket): void {
    this.#open.add(socket)
    socket.on('close', () => {
      this.#open.delete(socket)
      this.#loggedIn.delete(socket)
    })
    socket.on('error', () => {})
    const parser = new AmiParser()
    // Actions carry no Event and no Response header: the parser is made to take them by adding one.
    const challenge = '842067'
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8')
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const action = `Event: action\r\n${text.slice(0, end + 4)}`
        text = text.slice(end + 4)
        for (const item of parser.push(Buffer.from(action))) {
          if (item.type === 'message') this.#act(socket, item.message, challenge)
        }
      }
    })
    if (this.settings.banner) socket.write(`${this.settings.banner}\r\n`)
  }

  #act(socket: Socket, action: AmiMessage, challenge: string): void {
    const name = header(action, 'Action')
    const ActionID = header(action, 'ActionID')
    this.actions.push(name)
    const say = (fields: AmiFields) => socket.write(encodeMessage(messageOf({ ...fields, ActionID })))
    const list = (event: string, rows: AmiFields[], end: string) => {
      say({ Response: 'Success', EventList: 'start', Message: 'will follow' })
      for (const row of rows) say({ Event: event, ...row })
      say({ Event: end, EventList: 'Complete', ListItems: String(rows.length) })
    }
    const { settings } = this
    if (settings.denied.includes(name)) {
      say({ Response: 'Error', Message: 'Permission denied' })
      return
    }
    const other = settings.otherActions[name]?.(action)
    if (other) {
      for (const message of other) say(message)
      return
    }
    switch (name) {
      case 'Challenge':
        say({ Response: 'Success', Challenge: challenge })
        return
      case 'Login':
        this.#logIn(socket, action, { challenge, ActionID })
        return
      case 'Ping':
        if (settings.answersPings) say({ Response: 'Success', Ping: 'Pong' })
        return
      case 'QueueStatus': {
        say({ Response: 'Success', EventList: 'start', Message: 'Queue status will follow' })
        for (const row of settings.queueMembers) say({ Event: 'QueueMember', ...row })
        for (const row of settings.queueEntries) say({ Event: 'QueueEntry', ...row })
        say({ Event: 'QueueStatusComplete', EventList: 'Complete', ListItems: '0' })
        return
      }
      case 'Status':
        list('Status', settings.statuses, 'StatusComplete')
        return
      case 'BridgeList':
        list('BridgeListItem', [], 'BridgeListComplete')
        return
      case 'CoreShowChannels':
        list('CoreShowChannel', settings.channels, 'CoreShowChannelsComplete')
        return
      default:
        say({ Response: 'Error', Message: 'Invalid/unknown command' })
    }
  }

  #logIn(socket: Socket, action: AmiMessage, { challenge, ActionID }: { challenge: string; ActionID: string }): void {
    const { username, secret, uptimeSeconds } = this.settings
    const md5 = header(action, 'AuthType') === 'MD5'
    this.logins.push(md5 ? 'md5' : 'plain')
    const key = createHash('md5').update(challenge).update(secret).digest('hex')
    const right = md5 ? header(action, 'Key') === key : header(action, 'Secret') === secret
    const say = (fields: AmiFields) => socket.write(encodeMessage(messageOf(fields)))
    if (!right || header(action, 'Username') !== username) {
      say({ Response: 'Error', ActionID, Message: 'Authentication failed' })
      socket.end()
      return
    }
    say({ Response: 'Success', ActionID, Message: 'Authentication accepted' })
    say({ Event: 'FullyBooted', Privilege: 'system,all', Uptime: String(uptimeSeconds), Status: 'Fully Booted' })
    this.#loggedIn.add(socket)
  }
}
