// One call of the test phone: its SIP dialog and its audio. A SipLine makes it, for a call out or an INVITE that came in,
// and hands it every message of its Call-ID. It answers the PBX by itself and does otherwise only what the test asks for.
import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { RtpStream } from './rtp-stream.ts'
import {
  header,
  readSdp,
  type SipContent,
  type SipMessage,
  tagOf,
  uriOf,
  userOf,
  writeRequest,
  writeResponse,
  writeSdp,
} from './sip-message.ts'

export type PhoneAct = 'key' | 'hold' | 'resume' | 'refer'

/** `offered`: the other side rings us, or we it, and nobody has said more than "trying". */
export type SipCallState = 'offered' | 'ringing' | 'up' | 'ended'

export interface SipCallStart {
  callId: string
  /** Our own address, `127.0.77.30:5060`. */
  at: string
  user: string
  /** The PBX, `127.0.77.2:5060`. */
  pbx: string
  audio: RtpStream
  send(text: string): void
}

const WAIT_MS = 20_000

export class SipCall {
  state: SipCallState = 'offered'
  /** Final status of a call that was never answered. */
  refusedWith: number | null = null
  endedBy: 'us' | 'them' | null = null
  /** The phone's own record of this call, on its own clock: the INVITE, the ring, the answer, the first word of its end. */
  readonly beganAt = Date.now()
  /** Of a call out: when the PBX first said anything. */
  repliedAt: number | null = null
  rangAt: number | null = null
  answeredAt: number | null = null
  upAt: number | null = null
  askedToEndAt: number | null = null
  endedAt: number | null = null
  readonly direction: 'in' | 'out'
  /** Whom this phone dialled; of a call that came in: whom it showed as calling. */
  readonly other: string
  readonly acts: { at: number; act: PhoneAct; to?: string }[] = []
  readonly #start: SipCallStart
  readonly #changes = new EventEmitter()
  #local = ''
  #remote = ''
  /** The other side of a call out that rings, with the tag that only its dialog has so far. */
  #ringing = ''
  #target = ''
  #cseq = 1
  #sdpVersion = 0
  #invite: { cseq: number; branch: string; uri: string } = { cseq: 0, branch: '', uri: '' }
  #offer: SipMessage | null = null
  readonly #lastReplies = new Map<string, string>()
  #waitsForTransfer: (() => void) | null = null

  private constructor(start: SipCallStart, direction: 'in' | 'out', other: string) {
    this.#start = start
    this.direction = direction
    this.other = other
    this.#changes.setMaxListeners(50)
  }

  /** Calls `to` at the PBX. */
  static out(start: SipCallStart, to: string): SipCall {
    const call = new SipCall(start, 'out', to)
    call.#local = `<sip:${start.user}@${start.pbx}>;tag=${token()}`
    call.#remote = `<sip:${to}@${start.pbx}>`
    call.#target = `sip:${to}@${start.pbx}`
    call.#sendInvite('sendrecv')
    return call
  }

  /** Takes an INVITE that came in; it neither rings nor answers before it is told to. */
  static offered(start: SipCallStart, invite: SipMessage): SipCall {
    const call = new SipCall(start, 'in', userOf(uriOf(header(invite, 'from'))))
    call.#offer = invite
    call.#local = `${header(invite, 'to')};tag=${token()}`
    call.#remote = header(invite, 'from')
    call.#target = uriOf(header(invite, 'contact'))
    start.audio.sendTo(readSdp(invite.body))
    start.send(writeResponse(invite, { code: 100, phrase: 'Trying', to: header(invite, 'to') }))
    return call
  }

  /** The number of this phone. */
  get number(): string {
    return this.#start.user
  }

  /** Packets of audio heard so far. */
  get heard(): number {
    return this.#start.audio.received
  }

  /** @throws when the call does not come to that in time, or ends first. */
  async until(state: SipCallState, withinMs = WAIT_MS): Promise<void> {
    const deadline = AbortSignal.timeout(withinMs)
    while (this.state !== state) {
      if (this.state === 'ended') throw new Error(`the call of ${this.#start.user} ended before it was ${state}`)
      await new Promise<void>((resolve, reject) => {
        const late = () => reject(new Error(`the call of ${this.#start.user} was not ${state} within ${withinMs} ms`))
        deadline.addEventListener('abort', late, { once: true })
        this.#changes.once('state', () => {
          deadline.removeEventListener('abort', late)
          resolve()
        })
      })
    }
  }

  ring(): void {
    if (this.state !== 'offered') return
    this.#answerOffer(180, 'Ringing')
    this.#become('ringing')
  }

  /** The other side hears something before it is answered (a 183 with audio), as announcements of a network are. */
  playEarly(): void {
    if (this.state !== 'offered') return
    this.#answerOffer(183, 'Session Progress', { body: this.#sdp('sendrecv') })
    this.#start.audio.start()
  }

  /** Resolves when the PBX has acknowledged. Does nothing when the caller has gone already. */
  async answer(): Promise<void> {
    if (this.state === 'ended') return
    this.#answerOffer(200, 'OK', { body: this.#sdp('sendrecv') })
    this.answeredAt ??= Date.now()
    this.#start.audio.start()
    await this.until('up')
  }

  refuse(code: number, phrase: string): void {
    if (this.state === 'ended') return
    this.#answerOffer(code, phrase)
    this.refusedWith = code
    this.#end('us')
  }

  /** Sends the caller on to another number (302). */
  forward(number: string): void {
    if (this.state === 'ended') return
    this.#answerOffer(302, 'Moved Temporarily', { contact: `sip:${number}@${this.#start.pbx}` })
    this.refusedWith = 302
    this.#end('us')
  }

  async press(key: string): Promise<void> {
    this.#did('key', key)
    await this.#start.audio.press(key)
  }

  hold(): void {
    this.#did('hold')
    this.#start.audio.muted = true
    this.#sendInvite('sendonly')
  }

  resume(): void {
    this.#did('resume')
    this.#start.audio.muted = false
    this.#sendInvite('sendrecv')
  }

  /** Hangs up an answered call. Resolves when the PBX has agreed. */
  async hangUp(): Promise<void> {
    if (this.state === 'ended') return
    this.askedToEndAt ??= Date.now()
    this.#request('BYE')
    await this.until('ended')
  }

  /** Gives up a call out that nobody has answered yet. */
  async cancel(): Promise<void> {
    if (this.state === 'ended') return
    this.askedToEndAt ??= Date.now()
    this.#request('CANCEL', {}, this.#invite)
    await this.until('ended')
  }

  /** Blind transfer (RFC 3515) to a number; hangs up once the PBX says that it worked. */
  async transferTo(number: string): Promise<void> {
    await this.#refer(`<sip:${number}@${this.#start.pbx}>`)
  }

  /** Attended transfer (RFC 3891): joins the other sides of this call and of `consultation`, which may still ring. */
  async joinWith(consultation: SipCall): Promise<void> {
    const other = consultation.state === 'ringing' ? consultation.#ringing : consultation.#remote
    const replaces = `${consultation.#start.callId};to-tag=${tagOf(other)};from-tag=${tagOf(consultation.#local)}`
    await this.#refer(`<${uriOf(other)}?Replaces=${encodeURIComponent(replaces)}>`)
  }

  /** Every message of this call's Call-ID. */
  receive(message: SipMessage): void {
    if (message.status === null) this.#receiveRequest(message)
    else this.#receiveResponse(message, message.status)
  }

  /** Lets go of the call in whatever state it is, without waiting for the PBX. */
  drop(): void {
    if (this.state !== 'ended') this.askedToEndAt ??= Date.now()
    if (this.state === 'up') this.#request('BYE')
    else if (this.state !== 'ended' && this.#offer) this.#answerOffer(480, 'Gone')
    else if (this.state !== 'ended') this.#request('CANCEL', {}, this.#invite)
    this.close()
  }

  close(): void {
    this.#end('us')
  }

  async #refer(to: string): Promise<void> {
    const accepted = new Promise<void>((resolve) => {
      this.#waitsForTransfer = resolve
    })
    this.#did('refer', to)
    this.#request('REFER', { headers: [`Refer-To: ${to}`, `Referred-By: ${uriOf(this.#local)}`] })
    await Promise.race([accepted, this.until('ended')])
    await this.hangUp()
  }

  #receiveRequest(request: SipMessage): void {
    const sentBefore = this.#lastReplies.get(`${request.cseq} ${request.method}`)
    if (sentBefore) this.#start.send(sentBefore)
    else if (request.method === 'ACK') this.#receiveAck()
    else if (request.method === 'CANCEL') {
      this.#reply(request, 200, 'OK')
      this.#answerOffer(487, 'Request Terminated')
      this.#end('them')
    } else if (request.method === 'INVITE') {
      this.#start.audio.sendTo(readSdp(request.body))
      this.#reply(request, 200, 'OK', { body: this.#sdp('sendrecv') })
    } else {
      this.#reply(request, 200, 'OK')
      if (request.method === 'BYE') this.#end('them')
      if (request.method === 'NOTIFY' && /^SIP\/2\.0 2\d\d/.test(request.body)) this.#waitsForTransfer?.()
    }
  }

  #receiveAck(): void {
    if (this.state === 'ringing' || this.state === 'offered') this.#become('up')
  }

  #receiveResponse(response: SipMessage, status: number): void {
    if (response.method === 'INVITE') this.repliedAt ??= Date.now()
    if (response.method === 'BYE' && status >= 200) this.#end('us')
    if (response.method !== 'INVITE' || status === 100) return
    if (status >= 300) this.#receiveRefusal(response, status)
    else if (status >= 200) this.#receiveAnswer(response)
    else if (this.state === 'offered') {
      this.#ringing = header(response, 'to')
      this.#become('ringing')
    }
  }

  #receiveAnswer(response: SipMessage): void {
    this.#remote = header(response, 'to')
    this.#target = uriOf(header(response, 'contact')) || this.#target
    this.#start.audio.sendTo(readSdp(response.body))
    this.#request('ACK', {}, { cseq: response.cseq, branch: branch(), uri: this.#target })
    this.#start.audio.start()
    this.answeredAt ??= Date.now()
    if (this.state !== 'up' && this.state !== 'ended') this.#become('up')
  }

  /** RFC 3261 §17.1.1.3: the ACK of a refusal belongs to the INVITE's own transaction. */
  #receiveRefusal(response: SipMessage, status: number): void {
    const dialogRemote = this.#remote
    this.#remote = header(response, 'to')
    this.#request('ACK', {}, { ...this.#invite, cseq: response.cseq })
    this.#remote = dialogRemote
    if (this.state === 'up') return
    this.refusedWith = status
    this.#end(status === 487 ? 'us' : 'them')
  }

  #sendInvite(direction: 'sendrecv' | 'sendonly'): void {
    this.#invite = { cseq: this.#cseq++, branch: branch(), uri: this.#target }
    this.#request('INVITE', { body: this.#sdp(direction) }, this.#invite)
  }

  #request(method: string, content: SipContent = {}, as?: { cseq: number; branch: string; uri: string }): void {
    const { cseq, branch: id, uri } = as ?? { cseq: this.#cseq++, branch: branch(), uri: this.#target }
    this.#start.send(
      writeRequest({
        method,
        uri,
        via: this.#start.at,
        branch: id,
        from: this.#local,
        to: this.#remote,
        callId: this.#start.callId,
        cseq,
        content: { contact: this.#contact(), ...content },
      }),
    )
  }

  #did(act: PhoneAct, to?: string): void {
    this.acts.push({ at: Date.now(), act, ...(to === undefined ? {} : { to }) })
  }

  #answerOffer(code: number, phrase: string, content: SipContent = {}): void {
    if (this.#offer) this.#reply(this.#offer, code, phrase, content)
  }

  #reply(request: SipMessage, code: number, phrase: string, content: SipContent = {}): void {
    const asked = header(request, 'to')
    const to = tagOf(asked) ? asked : `${asked};tag=${tagOf(this.#local)}`
    const text = writeResponse(request, { code, phrase, to, content: { contact: this.#contact(), ...content } })
    this.#lastReplies.set(`${request.cseq} ${request.method}`, text)
    this.#start.send(text)
  }

  #contact(): string {
    return `sip:${this.#start.user}@${this.#start.at}`
  }

  #sdp(direction: 'sendrecv' | 'sendonly'): string {
    const { host, port } = this.#start.audio
    return writeSdp({ host, port, version: ++this.#sdpVersion, direction })
  }

  #become(state: SipCallState): void {
    this.state = state
    if (state === 'ringing') this.rangAt ??= Date.now()
    if (state === 'up') this.upAt = Date.now()
    this.#changes.emit('state')
  }

  #end(by: 'us' | 'them'): void {
    if (this.state === 'ended') return
    this.endedBy = by
    this.endedAt = Date.now()
    this.#start.audio.close()
    this.#become('ended')
  }
}

function token(): string {
  return randomBytes(6).toString('hex')
}

/** RFC 3261 §8.1.1.7: the magic cookie every branch begins with. */
function branch(): string {
  return `z9hG4bK${token()}`
}
