// The contact centre's platform, as far as the tests play it: an AMI session that starts calls, pauses agents and binds
// virtual numbers, and that remembers which call id the PBX gave to whom. A reader of AMI of its own, on purpose: the
// tests must not believe the connector they test.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type AmiMessage = Record<string, string>

export interface AmiLogin {
  host: string
  port: number
  username: string
  secret: string
}

const WAIT_MS = 20_000
const KEPT_EVENTS = 100_000

export class Platform {
  readonly #socket: Socket
  #unread = ''
  #nextAction = 1
  readonly #answers = new Map<string, (answer: AmiMessage) => void>()
  readonly #watchers = new Set<(event: AmiMessage) => void>()
  readonly #events: AmiMessage[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#read(text))
    // The PBX going away ends the session; tests that crash it open a new one.
    socket.on('error', () => socket.destroy())
  }

  static async connect({ host, port, username, secret }: AmiLogin): Promise<Platform> {
    const socket = connect(port, host)
    await once(socket, 'connect')
    const platform = new Platform(socket)
    await platform.act('Login', { Username: username, Secret: secret })
    return platform
  }

  /** @throws when the PBX says Error, or nothing in time. */
  async act(action: string, headers: Record<string, string | string[]> = {}): Promise<AmiMessage> {
    const answer = await this.#ask(action, headers)
    if (answer.Response === 'Error') throw new Error(`AMI refused ${action}: ${answer.Message}`)
    return answer
  }

  /** The first event, past or to come, that fits. */
  async event(fits: (event: AmiMessage) => boolean, withinMs = WAIT_MS): Promise<AmiMessage> {
    const past = this.#events.find(fits)
    if (past) return past
    return await new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(late)
        this.#watchers.delete(watch)
      }
      const late = setTimeout(() => {
        end()
        reject(new Error('the PBX did not send the event that was waited for'))
      }, withinMs)
      const watch = (event: AmiMessage) => {
        if (!fits(event)) return
        end()
        resolve(event)
      }
      this.#watchers.add(watch)
    })
  }

  async pause(agent: string, paused = true): Promise<void> {
    await this.act('QueuePause', { Interface: `PJSIP/${agent}`, Paused: String(paused) })
  }

  /** Ends the channels whose name fits, a regular expression between slashes; there may be none. */
  async hangUp(channels: string): Promise<void> {
    await this.#ask('Hangup', { Channel: channels })
  }

  /** Who calls `virtualNumber` from `from` is put through to `to`. */
  async bind(virtualNumber: string, from: string, to: string): Promise<void> {
    await this.act('DBPut', { Family: `axb/${virtualNumber}`, Key: from, Val: to })
  }

  /** Rings the agent, then the customer. `over`: what the agent's phone is reached by. */
  async callBackToBack(
    id: string,
    { agent, customer, over = `PJSIP/${agent}` }: { agent: string; customer: string; over?: string },
  ): Promise<void> {
    await this.#originate(id, {
      Channel: over,
      Timeout: '8000',
      Context: 'back-to-back',
      Exten: customer,
      CallerID: `<${customer}>`,
      Variable: ['__CC_TYPE=double', `__CC_CUSTOMER=${customer}`],
    })
  }

  /** Rings the customer; who answers goes to the sales group of the team. `over`: what the customer is reached by. */
  async callPredictively(
    id: string,
    { customer, team, over = `PJSIP/${customer}@customers` }: { customer: string; team: string; over?: string },
  ): Promise<void> {
    await this.#originate(id, {
      Channel: over,
      Context: 'predictive',
      Exten: team,
      Timeout: '6000',
      CallerID: '<02150001000>',
      Variable: ['__CC_TYPE=predictive', `__CC_CUSTOMER=${customer}`],
    })
  }

  /** The PBX asks this phone's user for nobody's leave: the call goes on at `exten` of `context`. */
  async redirect(channel: string, to: { context: string; exten: string }): Promise<void> {
    await this.act('Redirect', { Channel: channel, Context: to.context, Exten: to.exten, Priority: '1' })
  }

  /** An attended transfer begun for the agent at `channel`: she talks to `exten` first, and hands over by hanging up. */
  async transferAttended(channel: string, exten: string): Promise<void> {
    await this.act('Atxfer', { Channel: channel, Context: 'from-agents', Exten: exten })
  }

  /** The newest channel that fits and has begun since this session. */
  channel(fits: (event: AmiMessage) => boolean): string {
    const event = this.#events.findLast((e) => e.Event === 'Newchannel' && fits(e))
    if (!event?.Channel) throw new Error('the PBX has no such channel')
    return event.Channel
  }

  /** The recorder of this channel writes silence until it is told otherwise. */
  async mute(channel: string, isMuted: boolean): Promise<void> {
    await this.act('MixMonitorMute', { Channel: channel, Direction: 'both', State: isMuted ? '1' : '0' })
  }

  close(): void {
    this.#socket.destroy()
  }

  async #ask(action: string, headers: Record<string, string | string[]>): Promise<AmiMessage> {
    const id = `platform-${this.#nextAction++}`
    const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((v) => `${name}: ${v}\r\n`))
    return await new Promise<AmiMessage>((resolve, reject) => {
      const end = () => {
        clearTimeout(late)
        this.#socket.off('close', gone)
        this.#answers.delete(id)
      }
      const late = setTimeout(() => {
        end()
        reject(new Error(`AMI did not answer ${action}`))
      }, WAIT_MS)
      const gone = () => {
        end()
        reject(new Error(`AMI went away before it answered ${action}`))
      }
      this.#socket.once('close', gone)
      this.#answers.set(id, (message) => {
        end()
        resolve(message)
      })
      if (this.#socket.destroyed) return gone()
      this.#socket.write(`Action: ${action}\r\nActionID: ${id}\r\n${lines.join('')}\r\n`)
    })
  }

  async #originate(id: string, headers: Record<string, string | string[]>): Promise<void> {
    await this.act('Originate', { Async: 'true', Timeout: '15000', Priority: '1', ChannelId: id, ...headers })
  }

  #read(text: string): void {
    this.#unread += text
    for (let end = this.#unread.indexOf('\r\n\r\n'); end >= 0; end = this.#unread.indexOf('\r\n\r\n')) {
      const message = parse(this.#unread.slice(0, end))
      this.#unread = this.#unread.slice(end + 4)
      if (message.Event) {
        this.#events.push(message)
        if (this.#events.length > KEPT_EVENTS) this.#events.splice(0, KEPT_EVENTS / 2)
        for (const watch of this.#watchers) watch(message)
      } else {
        this.#answers.get(message.ActionID ?? '')?.(message)
      }
    }
  }
}

/** Of a header that comes twice the last one is kept: nothing the tests ask for repeats. */
function parse(text: string): AmiMessage {
  const message: AmiMessage = {}
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) message[line.slice(0, colon)] = line.slice(colon + 1).trim()
  }
  return message
}
