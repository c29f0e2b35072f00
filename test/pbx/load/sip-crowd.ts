// A crowd of phones without sound for the load test: customers who call at a steady rate, and agents behind one address who
// ring a moment, answer, and talk until one of the two hangs up. Speaks just enough SIP for that, and counts; a real phone
// is in ../phone.
import { randomBytes } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { SipAddress } from '../phone/sip-line.ts'
import {
  header,
  parseSip,
  type SipMessage,
  uriOf,
  userOf,
  writeRequest,
  writeResponse,
  writeSdp,
} from '../phone/sip-message.ts'

export interface CrowdOptions {
  pbx: SipAddress
  customers: SipAddress
  agents: SipAddress
  /** The number that is called. */
  dialled: string
  ringMs: number
  talkMs: number
}

/** One customer's call, as the phones saw it; epoch ms. */
export interface CrowdCall {
  customer: string
  placedAt: number
  agent: string | null
  agentAnsweredAt: number | null
  endedBy: 'agent' | 'customer' | null
  endedAt: number | null
  /** Final status of a call that the PBX would not take. */
  refusedWith: number | null
}

/** One SIP dialog at one of our sockets. */
interface Dialog {
  side: 'customer' | 'agent'
  call: CrowdCall
  callId: string
  local: string
  remote: string
  target: string
  cseq: number
  isUp: boolean
  isOver: boolean
  /** Of its INVITE: the ACK of a refusal belongs to the same transaction (RFC 3261 §17.1.1.3). */
  branch: string
  /** Said again until the PBX answers. */
  repeat: NodeJS.Timeout | null
}

/** Nobody sends us sound, and we send none: any port does. */
const SOUND_PORT = 30_000
const REPEAT_MS = 500

export class SipCrowd {
  readonly calls = new Map<string, CrowdCall>()
  readonly #options: CrowdOptions
  readonly #sockets: Record<Dialog['side'], Socket>
  readonly #dialogs = new Map<string, Dialog>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #closed = false

  private constructor(options: CrowdOptions) {
    this.#options = options
    this.#sockets = { customer: createSocket('udp4'), agent: createSocket('udp4') }
    for (const side of ['customer', 'agent'] as const) {
      this.#sockets[side].on('message', (datagram) => {
        const message = parseSip(datagram)
        if (message) this.#receive(side, message)
      })
    }
  }

  static async open(options: CrowdOptions): Promise<SipCrowd> {
    const crowd = new SipCrowd(options)
    for (const side of ['customer', 'agent'] as const) {
      const socket = crowd.#sockets[side]
      const { host, port } = crowd.#addressOf(side)
      socket.bind(port, host)
      await once(socket, 'listening')
      socket.setRecvBufferSize(4 * 1024 * 1024)
    }
    return crowd
  }

  /** A customer calls; what comes of it is in `calls`. */
  place(customer: string): void {
    const { pbx, dialled } = this.#options
    const call: CrowdCall = {
      customer,
      placedAt: Date.now(),
      agent: null,
      agentAnsweredAt: null,
      endedBy: null,
      endedAt: null,
      refusedWith: null,
    }
    this.calls.set(customer, call)
    const to = `sip:${dialled}@${pbx.host}:${pbx.port}`
    const dialog: Dialog = {
      side: 'customer',
      call,
      callId: `${token()}@${this.#options.customers.host}`,
      local: `<sip:${customer}@${pbx.host}>;tag=${token()}`,
      remote: `<${to}>`,
      target: to,
      cseq: 1,
      isUp: false,
      isOver: false,
      branch: branch(),
      repeat: null,
    }
    this.#dialogs.set(dialog.callId, dialog)
    this.#sendUntilAnswered(
      dialog,
      this.#requestOf(dialog, 'INVITE', { cseq: dialog.cseq, branch: dialog.branch, body: this.#sdp('customer') }),
    )
  }

  /** Calls that are still going on. */
  get open(): number {
    return [...this.#dialogs.values()].filter((dialog) => !dialog.isOver).length
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    for (const dialog of this.#dialogs.values()) if (dialog.repeat) clearInterval(dialog.repeat)
    for (const socket of Object.values(this.#sockets)) socket.close()
  }

  #receive(side: Dialog['side'], message: SipMessage): void {
    const dialog = this.#dialogs.get(message.callId)
    if (message.status !== null) {
      if (dialog) this.#receiveResponse(dialog, message, message.status)
    } else if (message.method === 'INVITE' && !dialog) this.#ring(message)
    else if (dialog) this.#receiveRequest(dialog, message)
    else if (message.method !== 'ACK')
      this.#send(side, writeResponse(message, { code: 481, phrase: 'Gone', to: header(message, 'to') }))
  }

  #receiveResponse(dialog: Dialog, response: SipMessage, status: number): void {
    if (dialog.repeat) clearInterval(dialog.repeat)
    dialog.repeat = null
    if (response.method === 'BYE' && status >= 200) this.#end(dialog)
    if (response.method !== 'INVITE' || status < 200) return
    if (status >= 300) this.#receiveRefusal(dialog, response, status)
    else this.#receiveAnswer(dialog, response)
  }

  #receiveRefusal(dialog: Dialog, response: SipMessage, status: number): void {
    const { cseq } = response
    dialog.call.refusedWith = status
    const refused = { ...dialog, remote: header(response, 'to') }
    this.#send(dialog.side, this.#requestOf(refused, 'ACK', { cseq, branch: dialog.branch }))
    this.#end(dialog)
  }

  #receiveAnswer(dialog: Dialog, response: SipMessage): void {
    dialog.remote = header(response, 'to')
    dialog.target = uriOf(header(response, 'contact')) || dialog.target
    dialog.isUp = true
    this.#send(dialog.side, this.#requestOf(dialog, 'ACK', { cseq: response.cseq }))
  }

  #receiveRequest(dialog: Dialog, request: SipMessage): void {
    // Said once more, because we were slow: our answer is on its way.
    if (request.method === 'ACK' || request.method === 'INVITE') return
    this.#send(dialog.side, writeResponse(request, { code: 200, phrase: 'OK', to: header(request, 'to') }))
    if (request.method === 'BYE' || request.method === 'CANCEL') this.#end(dialog)
  }

  /** An agent's phone: rings, then answers. The PBX shows the customer's number, which tells whose call it is. */
  #ring(invite: SipMessage): void {
    const call = this.calls.get(userOf(uriOf(header(invite, 'from'))))
    if (!call) return
    const dialog: Dialog = {
      side: 'agent',
      call,
      callId: invite.callId,
      local: `${header(invite, 'to')};tag=${token()}`,
      remote: header(invite, 'from'),
      target: uriOf(header(invite, 'contact')),
      cseq: 1,
      isUp: false,
      isOver: false,
      branch: branch(),
      repeat: null,
    }
    this.#dialogs.set(dialog.callId, dialog)
    const contact = this.#contactOf(dialog)
    const reply = (code: number, phrase: string, body = '') =>
      this.#send('agent', writeResponse(invite, { code, phrase, to: dialog.local, content: { contact, body } }))
    reply(180, 'Ringing')
    this.#later(this.#options.ringMs, () => {
      if (dialog.isOver) return
      call.agent = userOf(invite.uri)
      call.agentAnsweredAt = Date.now()
      dialog.isUp = true
      reply(200, 'OK', this.#sdp('agent'))
      this.#later(this.#options.talkMs, () => this.#hangUp(call))
    })
  }

  /** One of the two, by turns. */
  #hangUp(call: CrowdCall): void {
    const by = this.#dialogs.size % 2 === 0 ? 'agent' : 'customer'
    const dialog = [...this.#dialogs.values()].findLast((one) => one.call === call && one.side === by && one.isUp)
    if (!dialog || dialog.isOver) return
    call.endedBy = by
    call.endedAt = Date.now()
    this.#sendUntilAnswered(dialog, this.#requestOf(dialog, 'BYE', { cseq: ++dialog.cseq }))
  }

  #end(dialog: Dialog): void {
    dialog.isOver = true
    dialog.call.endedAt ??= Date.now()
    // Repeated messages are still answered for a while.
    this.#later(10_000, () => this.#dialogs.delete(dialog.callId))
  }

  #sendUntilAnswered(dialog: Dialog, text: string): void {
    this.#send(dialog.side, text)
    dialog.repeat = setInterval(() => this.#send(dialog.side, text), REPEAT_MS)
  }

  #requestOf(
    dialog: Dialog,
    method: string,
    { cseq, branch: id = branch(), body = '' }: { cseq: number; branch?: string; body?: string },
  ): string {
    const { callId, local: from, remote: to, target: uri } = dialog
    const { host, port } = this.#addressOf(dialog.side)
    const content = { contact: this.#contactOf(dialog), ...(body ? { body } : {}) }
    return writeRequest({ method, uri, via: `${host}:${port}`, branch: id, from, to, callId, cseq, content })
  }

  #contactOf({ side, local }: Dialog): string {
    const { host, port } = this.#addressOf(side)
    return `sip:${userOf(uriOf(local)) || 'crowd'}@${host}:${port}`
  }

  #sdp(side: Dialog['side']): string {
    return writeSdp({ host: this.#addressOf(side).host, port: SOUND_PORT, version: 1, direction: 'sendrecv' })
  }

  #addressOf(side: Dialog['side']): SipAddress {
    return side === 'agent' ? this.#options.agents : this.#options.customers
  }

  #send(side: Dialog['side'], text: string): void {
    const { pbx } = this.#options
    if (!this.#closed) this.#sockets[side].send(text, pbx.port, pbx.host)
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }
}

function token(): string {
  return randomBytes(6).toString('hex')
}

/** RFC 3261 §8.1.1.7: the magic cookie every branch begins with. */
function branch(): string {
  return `z9hG4bK${token()}`
}
