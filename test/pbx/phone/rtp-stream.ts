// The audio of one call of the test phone: sends a steady tone as PCMA and keys as telephone events (RFC 3550, RFC 4733),
// throws away what it receives but counts it. Owned by a SipCall, which opens and closes it.
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

const PACKET_MS = 20
const SAMPLES_PER_PACKET = 160
const PCMA = 8
const TELEPHONE_EVENT = 101
const KEY_PACKETS = 8
const KEYS = '0123456789*#'

export class RtpStream {
  /** Packets heard from the other side. */
  received = 0
  muted = false
  readonly #host: string
  readonly #tone: Buffer
  readonly #socket: Socket
  readonly #source = randomBytes(4)
  #peer: { host: string; port: number } | null = null
  #timer: NodeJS.Timeout | null = null
  #startedAt = 0
  #sent = 0
  #key: { event: number; sent: number; startedAtPacket: number } | null = null
  #closed = false

  private constructor(host: string, hz: number) {
    this.#host = host
    this.#tone = toneOf(hz)
    this.#socket = createSocket('udp4')
    this.#socket.on('message', () => {
      this.received++
    })
  }

  /** Binds a free port of `host`; `hz` is the tone this side is known by. */
  static async open(host: string, hz: number): Promise<RtpStream> {
    const stream = new RtpStream(host, hz)
    stream.#socket.bind(0, host)
    await once(stream.#socket, 'listening')
    // After the other side has closed its port, sending is refused now and then: nothing to do about audio nobody wants.
    stream.#socket.on('error', () => stream.close())
    return stream
  }

  get port(): number {
    return this.#socket.address().port
  }

  get host(): string {
    return this.#host
  }

  sendTo(peer: { host: string; port: number } | null): void {
    if (peer) this.#peer = peer
  }

  start(): void {
    if (this.#timer || this.#closed) return
    this.#startedAt = performance.now()
    this.#timer = setInterval(() => {
      while (this.#sent * PACKET_MS <= performance.now() - this.#startedAt) this.#sendNext()
    }, PACKET_MS / 2)
  }

  /** Presses a key for 160 ms; the tone is silent meanwhile. Resolves when the key is up again. */
  async press(key: string): Promise<void> {
    const event = KEYS.indexOf(key)
    if (key.length !== 1 || event < 0) throw new Error(`no such key: ${key}`)
    if (this.#key) throw new Error('one key at a time')
    this.#key = { event, sent: 0, startedAtPacket: this.#sent }
    while (this.#key && !this.#closed) await new Promise((resolve) => setTimeout(resolve, PACKET_MS))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#timer) clearInterval(this.#timer)
    this.#socket.close()
  }

  #sendNext(): void {
    const number = this.#sent++
    if (this.#key) this.#sendKey(number, this.#key)
    else if (!this.muted) {
      const at = (number * SAMPLES_PER_PACKET) % this.#tone.length
      this.#send(number, number, PCMA, this.#tone.subarray(at, at + SAMPLES_PER_PACKET), false)
    }
  }

  /** RFC 4733 §2.5.1: all packets of a key carry the time stamp of its start; the last one comes three times, marked as the end. */
  #sendKey(number: number, key: { event: number; sent: number; startedAtPacket: number }): void {
    key.sent++
    const last = key.sent > KEY_PACKETS
    const durationSamples = Math.min(key.sent, KEY_PACKETS) * SAMPLES_PER_PACKET
    const payload = Buffer.from([key.event, (last ? 0x80 : 0) | 10, durationSamples >> 8, durationSamples & 0xff])
    this.#send(number, key.startedAtPacket, TELEPHONE_EVENT, payload, key.sent === 1)
    if (key.sent === KEY_PACKETS + 3) this.#key = null
  }

  #send(number: number, timePacket: number, payloadType: number, payload: Uint8Array, marker: boolean): void {
    if (!this.#peer || this.#closed) return
    const packet = Buffer.alloc(12 + payload.length)
    packet[0] = 0x80
    packet[1] = payloadType | (marker ? 0x80 : 0)
    packet.writeUInt16BE(number & 0xffff, 2)
    packet.writeUInt32BE((timePacket * SAMPLES_PER_PACKET) >>> 0, 4)
    this.#source.copy(packet, 8)
    packet.set(payload, 12)
    this.#socket.send(packet, this.#peer.port, this.#peer.host)
  }
}

/** One second of a sine as PCMA; whole hertz only, so that it joins up with itself. */
function toneOf(hz: number): Buffer {
  return Buffer.from(
    Array.from({ length: 8000 }, (_, i) => alaw(Math.round(9000 * Math.sin((2 * Math.PI * hz * i) / 8000)))),
  )
}

/** ITU-T G.711 A-law of one 16-bit sample. */
function alaw(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 32635)
  let exponent = 7
  for (let mask = 0x4000; exponent > 0 && !(magnitude & mask); mask >>= 1) exponent--
  const mantissa = exponent ? (magnitude >> (exponent + 3)) & 0x0f : (magnitude >> 4) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}
