// A SIP address of the test phone: one UDP socket behind which many numbers live (all agents, all customers, the external
// line). Makes calls and hands calls that come in to whoever waits for that number; a number nobody waits for just rings.
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { RtpStream } from './rtp-stream.ts'
import { SipCall } from './sip-call.ts'
import { header, parseSip, type SipMessage, userOf, writeResponse } from './sip-message.ts'

export interface SipAddress {
  host: string
  port: number
}

/** What a number does when it is called. */
export type Answering = (call: SipCall) => void | Promise<void>

const KEPT_CALLS = 500

export class SipLine {
  readonly #address: SipAddress
  readonly #pbx: SipAddress
  readonly #hz: number
  readonly #socket: Socket
  readonly #calls = new Map<string, SipCall>()
  readonly #answering = new Map<string, Answering>()
  readonly #onCall = new Set<(call: SipCall) => void>()
  #closed = false

  private constructor(address: SipAddress, pbx: SipAddress, hz: number) {
    this.#address = address
    this.#pbx = pbx
    this.#hz = hz
    this.#socket = createSocket('udp4')
    this.#socket.on('message', (datagram) => {
      const message = parseSip(datagram)
      if (message) void this.#receive(message)
    })
  }

  /** `hz`: the tone every call of this line is heard by. */
  static async open({ address, pbx, hz }: { address: SipAddress; pbx: SipAddress; hz: number }): Promise<SipLine> {
    const line = new SipLine(address, pbx, hz)
    line.#socket.bind(address.port, address.host)
    await once(line.#socket, 'listening')
    return line
  }

  async call({ from, to }: { from: string; to: string }): Promise<SipCall> {
    const callId = `${randomBytes(8).toString('hex')}@${this.#address.host}`
    const start = await this.#startOf(callId, from)
    const call = SipCall.out(start, to)
    this.#keep(callId, call)
    return call
  }

  /** What `number` does with calls from now on, until it is set anew. */
  when(number: string, answering: Answering): void {
    this.#answering.set(number, answering)
  }

  /** Tells `watch` of every call of this line, out or in, as it begins; the function returned ends that. */
  watch(watch: (call: SipCall) => void): () => void {
    this.#onCall.add(watch)
    return () => this.#onCall.delete(watch)
  }

  forget(number: string): void {
    this.#answering.delete(number)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const call of this.#calls.values()) call.close()
    this.#socket.close()
  }

  async #receive(message: SipMessage): Promise<void> {
    const known = this.#calls.get(message.callId)
    if (known) return known.receive(message)
    if (message.method !== 'INVITE' || message.status !== null) {
      if (message.status === null && message.method !== 'ACK')
        this.#send(writeResponse(message, { code: 481, phrase: 'Unknown Call', to: header(message, 'to') }))
      return
    }
    const number = userOf(message.uri)
    const call = SipCall.offered(await this.#startOf(message.callId, number), message)
    if (this.#closed) return call.close()
    this.#keep(message.callId, call)
    const answering = this.#answering.get(number) ?? ((offered: SipCall) => offered.ring())
    await answering(call)
  }

  async #startOf(callId: string, user: string) {
    return {
      callId,
      user,
      at: `${this.#address.host}:${this.#address.port}`,
      pbx: `${this.#pbx.host}:${this.#pbx.port}`,
      audio: await RtpStream.open(this.#address.host, this.#hz),
      send: (text: string) => this.#send(text),
    }
  }

  /** An ended call still answers repeated messages for a while: the oldest are forgotten first. */
  #keep(callId: string, call: SipCall): void {
    this.#calls.set(callId, call)
    for (const watch of this.#onCall) watch(call)
    if (this.#calls.size > KEPT_CALLS) {
      const [oldest] = this.#calls.keys()
      if (oldest) this.#calls.delete(oldest)
    }
  }

  #send(text: string): void {
    if (!this.#closed) this.#socket.send(text, this.#pbx.port, this.#pbx.host)
  }
}
