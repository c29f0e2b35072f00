// Asterisk's manager interface as a server on a real socket: banner, log-in, ping, questions, and events to everybody
// who has logged in. Knows nothing about calls: simulated-pbx.ts gives the answers and the events. A client that does
// not read is cut off, as Asterisk's writetimeout does.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { type Headers, headerOf, readMessage, writeMessage } from './ami-text.ts'

const BANNER = 'Asterisk Call Manager/11.0.0\r\n'
/** An action is a few hundred bytes; more is no AMI client. */
const ACTION_BYTES = 16 * 1024
const CLIENTS = 64
/** A minute of heavy traffic: a reader further behind will not catch up. */
const UNREAD_BYTES = 16 * 1024 * 1024

export interface AmiList {
  /** What the first answer says, `Channels will follow`. */
  message: string
  items: Headers[]
  /** The event that ends the list, `CoreShowChannelsComplete`. */
  complete: string
}

export interface AmiServerOptions {
  host: string
  port: number
  username: string
  secret: string
  /** Epoch ms; an Uptime that shrinks tells a client that the PBX was restarted. */
  bootedAt: number
  now(): number
  /** Called when a client's log-in is accepted, before it is told so. */
  onLogIn?(): void
  /** Answers an action that asks for something; null: Asterisk would not know it. */
  answer(action: string, headers: Headers): AmiList | Headers | null
}

export interface AmiServer {
  readonly port: number
  /** Clients that are logged in. */
  readonly clients: number
  /** Clients cut off because they did not read. */
  readonly cutOff: number
  /** Sends events, as Asterisk writes them, to every client that is logged in. */
  send(text: string): void
  /** Cuts every connection, as a network does: nothing is said and nothing lost is sent again. */
  dropClients(): void
  /** Ends every connection; safe to call twice. */
  close(): Promise<void>
}

/** @throws the listener's error, `EADDRINUSE` for a port in use */
export async function startAmiServer(options: AmiServerOptions): Promise<AmiServer> {
  const sessions = new Set<Session>()
  let cutOff = 0
  const server: Server = createServer((socket) => {
    if (sessions.size >= CLIENTS) {
      socket.destroy()
      return
    }
    const session = openSession(socket, options)
    sessions.add(session)
    socket.on('close', () => sessions.delete(session))
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port

  return {
    port,
    get clients() {
      return [...sessions].filter((session) => session.loggedIn()).length
    },
    get cutOff() {
      return cutOff
    },
    send(text) {
      let bytes: Buffer | null = null
      for (const session of sessions) {
        if (!session.loggedIn()) continue
        bytes ??= Buffer.from(text, 'utf8')
        if (!session.write(bytes)) cutOff++
      }
    },
    dropClients() {
      for (const session of sessions) session.cut()
    },
    async close() {
      for (const session of sessions) session.cut()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

interface Session {
  loggedIn(): boolean
  /** false: the client had too much unread and is cut off. */
  write(bytes: Buffer): boolean
  cut(): void
}

function openSession(socket: Socket, options: AmiServerOptions): Session {
  let pending = ''
  let challenge: string | null = null
  let loggedIn = false
  let wantsEvents = true
  socket.setNoDelay(true)
  socket.setEncoding('utf8')
  // A client may go at any moment; the closed socket says all there is to say.
  socket.on('error', () => socket.destroy())
  socket.write(BANNER)
  socket.on('data', (text: string) => {
    pending += text
    let end = pending.indexOf('\r\n\r\n')
    while (end >= 0) {
      act(readMessage(pending.slice(0, end)))
      pending = pending.slice(end + 4)
      end = pending.indexOf('\r\n\r\n')
    }
    if (pending.length > ACTION_BYTES) socket.destroy()
  })

  function act(headers: Headers): void {
    const action = headerOf(headers, 'Action').toLowerCase()
    const actionId = headerOf(headers, 'ActionID')
    const id: Headers = actionId === '' ? [] : [['ActionID', actionId]]
    const reply = (response: string, ...rest: Headers) =>
      socket.write(writeMessage([['Response', response], ...id, ...rest]))
    if (action === 'challenge') {
      if (headerOf(headers, 'AuthType').toLowerCase() !== 'md5') {
        reply('Error', ['Message', 'Must specify AuthType'])
        return
      }
      challenge = String(randomBytes(4).readUInt32BE())
      reply('Success', ['Challenge', challenge])
    } else if (action === 'login') {
      logIn(headers, reply)
    } else if (action === 'logoff') {
      reply('Goodbye', ['Message', 'Thanks for all the fish.'])
      socket.end()
    } else if (!loggedIn) {
      reply('Error', ['Message', 'Permission denied'])
    } else if (action === 'ping') {
      reply('Success', ['Ping', 'Pong'], ['Timestamp', (options.now() / 1000).toFixed(6)])
    } else if (action === 'events') {
      wantsEvents = headerOf(headers, 'EventMask').toLowerCase() !== 'off'
      reply('Success', ['Events', wantsEvents ? 'On' : 'Off'])
    } else {
      answer(action, headers, id, reply)
    }
  }

  function logIn(headers: Headers, reply: (response: string, ...rest: Headers) => void): void {
    const key = headerOf(headers, 'Key')
    const expected = challenge === null ? null : md5(challenge + options.secret)
    const right =
      key === '' ? same(headerOf(headers, 'Secret'), options.secret) : expected !== null && same(key, expected)
    challenge = null
    if (headerOf(headers, 'Username') !== options.username || !right) {
      reply('Error', ['Message', 'Authentication failed'])
      socket.end()
      return
    }
    options.onLogIn?.()
    loggedIn = true
    wantsEvents = headerOf(headers, 'Events').toLowerCase() !== 'off'
    reply('Success', ['Message', 'Authentication accepted'])
    const uptime = String(Math.floor((options.now() - options.bootedAt) / 1000))
    socket.write(
      writeMessage([
        ['Event', 'FullyBooted'],
        ['Privilege', 'system,all'],
        ['Uptime', uptime],
        ['LastReload', uptime],
        ['Status', 'Fully Booted'],
      ]),
    )
  }

  function answer(
    action: string,
    headers: Headers,
    id: Headers,
    reply: (response: string, ...rest: Headers) => void,
  ): void {
    const said = options.answer(action, headers)
    if (said === null) {
      reply('Error', ['Message', 'Invalid/unknown command'])
    } else if (Array.isArray(said)) {
      reply('Success', ...said)
    } else {
      reply('Success', ['EventList', 'start'], ['Message', said.message])
      const complete: Headers = [
        ['Event', said.complete],
        ...id,
        ['EventList', 'Complete'],
        ['ListItems', String(said.items.length)],
      ]
      const items = said.items.map(([event, ...rest]) => (event ? [event, ...id, ...rest] : []))
      socket.write([...items, complete].map((item) => writeMessage(item)).join(''))
    }
  }

  return {
    loggedIn: () => loggedIn && wantsEvents,
    write(bytes) {
      if (socket.destroyed) return true
      if (socket.writableLength > UNREAD_BYTES) {
        socket.destroy()
        return false
      }
      socket.write(bytes)
      return true
    },
    cut: () => socket.destroy(),
  }
}

/** The protocol's own digest (AuthType: MD5); nothing is stored with it. */
function md5(text: string): string {
  return createHash('md5').update(text).digest('hex')
}

function same(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
