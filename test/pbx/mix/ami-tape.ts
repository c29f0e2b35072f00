// Everything the PBX tells Callbook's AMI user while a mix runs, kept so that the messages of one call can be cut out: what
// was recorded wrongly becomes a trace (test/traces/asterisk) and stays right. A reader of its own, apart from the product's.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PBX } from '../asterisk/pbx.ts'

interface TapeMessage {
  /** Epoch seconds. */
  rx: number
  kind: 'event' | 'response'
  m: Record<string, string | string[]>
}

/** About half an hour of a busy mix. */
const KEPT_MESSAGES = 400_000
const NOISE = /^(VarSet|Newexten|RTCP|DeviceStateChange|TestEvent|CEL|ExtensionStatus)/

export class AmiTape {
  readonly #socket: Socket
  readonly #messages: TapeMessage[] = []
  #unread = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => this.#read(text))
    // The PBX going away ends the tape; what it has stays.
    socket.on('error', () => socket.destroy())
  }

  static async start(): Promise<AmiTape> {
    const socket = connect(PBX.ami.port, PBX.ami.host)
    await once(socket, 'connect')
    const { username, secret } = PBX.callbookUser
    socket.write(`Action: Login\r\nUsername: ${username}\r\nSecret: ${secret}\r\n\r\n`)
    return new AmiTape(socket)
  }

  /** The messages of the calls with these ids, as JSON lines. */
  cut(callIds: readonly string[]): string {
    const ids = new Set(callIds)
    const channels = new Set<string>()
    for (const { m } of this.#messages) if (ids.has(String(m['Linkedid']))) channels.add(String(m['Uniqueid']))
    const isOurs = ({ m }: TapeMessage) =>
      Object.entries(m).some(
        ([name, value]) =>
          (name.endsWith('Linkedid') && ids.has(String(value))) ||
          (name.endsWith('niqueid') && channels.has(String(value))),
      )
    return this.#messages
      .filter(isOurs)
      .map((message) => `${JSON.stringify(message)}\n`)
      .join('')
  }

  /** The ids of calls that this number had a part in. */
  idsOf(number: string): string[] {
    const ids = this.#messages
      .filter(
        ({ m }) => m['CallerIDNum'] === number || m['Exten'] === number || String(m['DialString']).startsWith(number),
      )
      .map(({ m }) => String(m['Linkedid'] ?? m['DestLinkedid'] ?? ''))
    return [...new Set(ids)].filter(Boolean)
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#unread += text
    const blocks = this.#unread.split('\r\n\r\n')
    this.#unread = blocks.pop() ?? ''
    for (const block of blocks) this.#keep(block)
  }

  #keep(block: string): void {
    const m: TapeMessage['m'] = {}
    for (const line of block.split('\r\n')) {
      const colon = line.indexOf(': ')
      if (colon < 1) continue
      const name = line.slice(0, colon)
      const value = line.slice(colon + 2)
      const before = m[name]
      m[name] = before === undefined ? value : [before, value].flat()
    }
    if (NOISE.test(String(m['Event']))) return
    this.#messages.push({ rx: Date.now() / 1000, kind: 'Event' in m ? 'event' : 'response', m })
    if (this.#messages.length > KEPT_MESSAGES) this.#messages.splice(0, KEPT_MESSAGES / 4)
  }
}
