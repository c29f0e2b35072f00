// One AMI connection: bytes to messages, actions with their answers, and the wait for both. Called by
// asterisk-connector.ts, which decides what to ask and when to try again. It reads only as fast as its reader takes
// batches, so that a slow store slows the PBX's socket. Every wait has an end, and closing settles them all.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type AmiItem, type AmiMessage, AmiParser, encodeAction, header } from './ami-parser.ts'

/** The PBX could not be asked, or did not answer. `refused`: it answered no. */
export class AmiFailure extends Error {
  readonly refused: boolean

  constructor(message: string, options: ErrorOptions & { refused?: boolean } = {}) {
    super(message, options)
    this.name = 'AmiFailure'
    this.refused = options.refused ?? false
  }
}

export interface AmiSocketOptions {
  host: string
  port: number
  connectMs: number
  answerMs: number
}

type Fields = readonly (readonly [name: string, value: string])[]

interface PendingAction {
  name: string
  /** A list is answered when the event that ends it has come. */
  isList: boolean
  resolve(message: AmiMessage): void
  reject(error: AmiFailure): void
  timer: NodeJS.Timeout
}

const PENDING_MAX = 100
/** An answer may be late by this many times `answerMs` as long as the PBX talks. */
const PATIENCE_ROUNDS = 20
const BANNER_MS = 10_000

export class AmiSocket {
  readonly #socket: Socket
  readonly #options: AmiSocketOptions
  readonly #parser = new AmiParser()
  readonly #pending = new Map<string, PendingAction>()
  readonly #banner = Promise.withResolvers<void>()
  /** Answers of an earlier connection must not pass for answers of this one. */
  readonly #idPrefix = `callbook-${randomBytes(4).toString('hex')}`
  #nextId = 1
  /** The reader has a batch and has not come back for the next: silence is then our own. */
  #readerIsBusy = false
  #readAt = 0
  #closedBecause: AmiFailure | null = null
  readonly #end = new AbortController()

  private constructor(socket: Socket, options: AmiSocketOptions) {
    this.#socket = socket
    this.#options = options
    // Settled on close whether or not anybody waits for it.
    this.#banner.promise.catch(() => {})
    // Reading tells of errors; one that comes when nobody reads any more ends nothing.
    socket.on('error', (cause) => this.close(new AmiFailure(sentenceOf(cause), { cause })))
    socket.on('close', () => this.close(new AmiFailure('the PBX closed the connection')))
  }

  /** @throws AmiFailure when the PBX cannot be reached; AbortError */
  static async open(options: AmiSocketOptions, signal: AbortSignal): Promise<AmiSocket> {
    const { host, port, connectMs } = options
    const socket = connect({ host, port, noDelay: true, keepAlive: true })
    try {
      await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(connectMs)]) })
    } catch (cause) {
      socket.destroy()
      signal.throwIfAborted()
      const isTimeout = (cause as Error).name === 'AbortError'
      const why = isTimeout ? `no answer within ${connectMs / 1000} s` : sentenceOf(cause as Error)
      throw new AmiFailure(`cannot reach the PBX at ${host}:${port}: ${why}`, { cause })
    }
    return new AmiSocket(socket, options)
  }

  /**
   * Events (and what could not be read) as they come; the next bytes are read when the reader comes back.
   * Answers to actions are settled on the way and not handed out. Ends when the connection does.
   */
  async *batches(): AsyncGenerator<AmiItem[]> {
    try {
      for await (const chunk of this.#socket) {
        this.#readAt = Date.now()
        const items = this.#parser.push(chunk as Buffer).filter((item) => !this.#isAnswer(item))
        if (items.length === 0) continue
        this.#readerIsBusy = true
        yield items
        this.#readerIsBusy = false
      }
    } catch (cause) {
      // The connection broke: `failure` says how, and whoever waits for an answer is told.
      this.close(new AmiFailure(sentenceOf(cause as Error), { cause }))
    } finally {
      this.close(new AmiFailure('the PBX closed the connection'))
    }
  }

  /** This machine's address as the PBX sees it, unless something stands between; null: the connection has ended. */
  get localAddress(): string | null {
    return this.#socket.localAddress?.replace(/^::ffff:/, '') ?? null
  }

  /** Aborts when the connection ends. */
  get ended(): AbortSignal {
    return this.#end.signal
  }

  /** Why the connection ended; null: it stands. */
  get failure(): AmiFailure | null {
    return this.#closedBecause
  }

  /** @throws AmiFailure when the other side does not speak AMI */
  async greeted(): Promise<void> {
    const timer = setTimeout(
      () => this.close(new AmiFailure('it does not speak AMI: no greeting came')),
      Math.min(this.#options.answerMs, BANNER_MS),
    )
    try {
      await this.#banner.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Sends an action and waits for its answer.
   * @throws AmiFailure when the answer is an error, does not come in time, or the connection ends
   */
  async ask(action: string, fields: Fields = []): Promise<AmiMessage> {
    return this.#send(action, fields, false)
  }

  /** Sends an action answered by a list of events, which come through `batches`; waits for the list's end. */
  async askList(action: string, fields: Fields = []): Promise<AmiMessage> {
    return this.#send(action, fields, true)
  }

  #send(action: string, fields: Fields, isList: boolean): Promise<AmiMessage> {
    if (this.#closedBecause) return Promise.reject(this.#closedBecause)
    if (this.#pending.size >= PENDING_MAX) {
      return Promise.reject(new AmiFailure(`${PENDING_MAX} actions wait for an answer already`))
    }
    const id = `${this.#idPrefix}-${this.#nextId++}`
    const bytes = encodeAction(action, [['ActionID', id], ...fields])
    const { promise, resolve, reject } = Promise.withResolvers<AmiMessage>()
    const pending = { name: action, isList, resolve, reject, timer: this.#expire(id) }
    this.#pending.set(id, pending)
    this.#socket.write(bytes)
    return promise
  }

  #expire(id: string, round = 1): NodeJS.Timeout {
    return setTimeout(() => {
      const pending = this.#pending.get(id)
      if (!pending) return
      // The answer may lie in the socket, unread because the store is slow; or behind much that is just being read.
      const isReading = Date.now() - this.#readAt < this.#options.answerMs && round < PATIENCE_ROUNDS
      if (this.#readerIsBusy || isReading) {
        pending.timer = this.#expire(id, this.#readerIsBusy ? 1 : round + 1)
        return
      }
      this.#pending.delete(id)
      pending.reject(new AmiFailure(`no answer to ${pending.name} within ${this.#options.answerMs / 1000} s`))
    }, this.#options.answerMs)
  }

  /** Takes what is for us: the greeting and answers. The event that ends a list is handed on as well. */
  #isAnswer(item: AmiItem): boolean {
    if (item.type === 'banner') {
      this.#banner.resolve()
      return true
    }
    if (item.type !== 'message') return false
    const { message } = item
    const id = header(message, 'ActionID')
    const pending = this.#pending.get(id)
    const isResponse = message.has('Response') && !message.has('Event')
    if (!pending) return isResponse
    const failed = isResponse && header(message, 'Response') === 'Error'
    const done = pending.isList ? header(message, 'EventList') === 'Complete' : isResponse
    if (!failed && !done) return isResponse
    this.#pending.delete(id)
    clearTimeout(pending.timer)
    const says = header(message, 'Message') || 'no reason given'
    if (failed) pending.reject(new AmiFailure(`${pending.name}: ${says}`, { refused: true }))
    else pending.resolve(message)
    return isResponse
  }

  /** Ends the connection and everything that waits on it. Safe to call twice. */
  close(because: AmiFailure = new AmiFailure('closed')): void {
    if (this.#closedBecause) return
    this.#closedBecause = because
    this.#socket.destroy()
    this.#end.abort()
    this.#banner.reject(because)
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer)
      pending.reject(because)
    }
    this.#pending.clear()
  }
}

function sentenceOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused (is AMI enabled in manager.conf, and this port right?)'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no host of this name'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to this host'
    case 'ETIMEDOUT':
      return 'no answer'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the PBX broke off the connection'
    default:
      return error.message
  }
}
