// One connection to an event socket: bytes to events, commands with their answers, and the wait for both. Called by
// freeswitch-connector.ts, which decides what to ask and when to try again. FreeSWITCH answers commands in their order;
// an answer that does not come therefore ends the connection. Every wait has an end, and closing settles them all.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type EslItem, EslParser, encodeCommand } from './esl-parser.ts'

/** FreeSWITCH could not be asked, or did not answer. `refused`: it answered no. */
export class EslFailure extends Error {
  readonly refused: boolean

  constructor(message: string, options: ErrorOptions & { refused?: boolean } = {}) {
    super(message, options)
    this.name = 'EslFailure'
    this.refused = options.refused ?? false
  }
}

export interface EslSocketOptions {
  host: string
  port: number
  connectMs: number
  answerMs: number
}

type Frame = Extract<EslItem, { type: 'frame' }>

interface PendingCommand {
  /** Without secrets: the first word. */
  name: string
  resolve(answer: string): void
  reject(error: EslFailure): void
  timer: NodeJS.Timeout
}

const PENDING_MAX = 200
/** An answer may be late by this many times `answerMs` as long as FreeSWITCH talks. */
const PATIENCE_ROUNDS = 20
const GREETING_MS = 10_000

export class EslSocket {
  readonly #socket: Socket
  readonly #options: EslSocketOptions
  readonly #parser = new EslParser()
  readonly #pending: PendingCommand[] = []
  readonly #greeting = Promise.withResolvers<void>()
  /** The reader has a batch and has not come back for the next: silence is then our own. */
  #readerIsBusy = false
  #readAt = 0
  #closedBecause: EslFailure | null = null
  readonly #end = new AbortController()

  private constructor(socket: Socket, options: EslSocketOptions) {
    this.#socket = socket
    this.#options = options
    // Settled on close whether or not anybody waits for it.
    this.#greeting.promise.catch(() => {})
    // Reading tells of errors; one that comes when nobody reads any more ends nothing.
    socket.on('error', (cause) => this.close(new EslFailure(sentenceOf(cause), { cause })))
    socket.on('close', () => this.close(new EslFailure('FreeSWITCH closed the connection')))
  }

  /** @throws EslFailure when FreeSWITCH cannot be reached; AbortError */
  static async open(options: EslSocketOptions, signal: AbortSignal): Promise<EslSocket> {
    const { host, port, connectMs } = options
    const socket = connect({ host, port, noDelay: true, keepAlive: true })
    try {
      await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(connectMs)]) })
    } catch (cause) {
      socket.destroy()
      signal.throwIfAborted()
      const isTimeout = (cause as Error).name === 'AbortError'
      const why = isTimeout ? `no answer within ${connectMs / 1000} s` : sentenceOf(cause as Error)
      throw new EslFailure(`cannot reach FreeSWITCH at ${host}:${port}: ${why}`, { cause })
    }
    return new EslSocket(socket, options)
  }

  /**
   * Events (and what could not be read) as they come; the next bytes are read when the reader comes back. Answers are
   * settled on the way and not handed out. Ends when the connection does.
   */
  async *batches(): AsyncGenerator<EslItem[]> {
    try {
      for await (const chunk of this.#socket) {
        this.#readAt = Date.now()
        const items: EslItem[] = []
        for (const item of this.#parser.push(chunk as Buffer)) {
          if (item.type === 'frame') this.#take(item)
          else items.push(item)
        }
        const lost = items.some((item) => item.type === 'unreadable' && item.lost)
        if (items.length > 0) {
          this.#readerIsBusy = true
          yield items
          this.#readerIsBusy = false
        }
        if (lost) this.close(new EslFailure('what came was no event socket’s, and its end cannot be told'))
      }
    } catch (cause) {
      // The connection broke: `failure` says how, and whoever waits for an answer is told.
      this.close(new EslFailure(sentenceOf(cause as Error), { cause }))
    } finally {
      this.close(new EslFailure('FreeSWITCH closed the connection'))
    }
  }

  /** Aborts when the connection ends. */
  get ended(): AbortSignal {
    return this.#end.signal
  }

  /** Why the connection ended; null: it stands. */
  get failure(): EslFailure | null {
    return this.#closedBecause
  }

  /** @throws EslFailure when the other side is no event socket, or does not let our address in */
  async greeted(): Promise<void> {
    const timer = setTimeout(
      () => this.close(new EslFailure('it is no event socket: it asked for no password')),
      Math.min(this.#options.answerMs, GREETING_MS),
    )
    try {
      await this.#greeting.promise
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Sends a command and waits for its answer: what `api` printed, else the Reply-Text.
   * @throws EslFailure when the answer is an error, does not come in time, or the connection ends
   */
  ask(command: string): Promise<string> {
    if (this.#closedBecause) return Promise.reject(this.#closedBecause)
    if (this.#pending.length >= PENDING_MAX) {
      return Promise.reject(new EslFailure(`${PENDING_MAX} commands wait for an answer already`))
    }
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const name = command.startsWith('api ') ? command.split(' ', 2).join(' ') : (command.split(' ', 1)[0] ?? '')
    this.#pending.push({ name, resolve, reject, timer: this.#expire() })
    this.#socket.write(encodeCommand(command))
    return promise
  }

  #expire(): NodeJS.Timeout {
    let rounds = 0
    return setInterval(() => {
      // The answer may lie in the socket, unread because the store is slow; or behind much that is just being read.
      if (this.#readerIsBusy) rounds = 0
      const isReading = Date.now() - this.#readAt < this.#options.answerMs && ++rounds < PATIENCE_ROUNDS
      if (this.#readerIsBusy || isReading) return
      const name = this.#pending[0]?.name ?? 'a command'
      this.close(new EslFailure(`no answer to ${name} within ${this.#options.answerMs / 1000} s`))
    }, this.#options.answerMs)
  }

  #take(frame: Frame): void {
    switch (frame.contentType) {
      case 'auth/request':
        this.#greeting.resolve()
        return
      case 'command/reply':
        this.#settle(frame.headers.get('reply-text') ?? '')
        return
      case 'api/response':
        this.#settle(frame.body)
        return
      case 'text/rude-rejection':
        this.close(new EslFailure('FreeSWITCH does not let this address in', { refused: true }))
        return
      case 'text/disconnect-notice':
        this.close(new EslFailure('FreeSWITCH said goodbye'))
    }
  }

  #settle(answer: string): void {
    const pending = this.#pending.shift()
    if (!pending) return
    clearInterval(pending.timer)
    const says = answer.trim()
    if (says.startsWith('-ERR') || says.startsWith('-USAGE'))
      pending.reject(new EslFailure(`${pending.name}: ${says.slice(0, 200)}`, { refused: true }))
    else pending.resolve(answer)
  }

  /** Ends the connection and everything that waits on it. Safe to call twice. */
  close(because: EslFailure = new EslFailure('closed')): void {
    if (this.#closedBecause) return
    this.#closedBecause = because
    this.#socket.destroy()
    this.#end.abort()
    this.#greeting.reject(because)
    for (const pending of this.#pending.splice(0)) {
      clearInterval(pending.timer)
      pending.reject(because)
    }
  }
}

function sentenceOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused (is mod_event_socket loaded, and this port right?)'
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
      return 'FreeSWITCH broke off the connection'
    default:
      return error.message
  }
}
