// One AMI session for looking, not for listening to calls: asks, and remembers what came meanwhile. Used by ami-facts.ts.
// No question takes longer than QUESTION_MS, and a PBX that has fallen silent is not asked again.
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { type AmiMessage, header } from '../../connectors/asterisk/ami-parser.ts'
import { AmiFailure, AmiSocket } from '../../connectors/asterisk/ami-socket.ts'

/** Longest wait for an answer. */
export const QUESTION_MS = 4_500
const CONNECT_MS = 4_500
/** Kinds of events remembered; Asterisk knows fewer. */
const NAMES_MAX = 1_000
/** Rows of one list that are kept. */
const ROWS_MAX = 20_000

export interface HeardEvents {
  /** By name. Rows of lists that were asked for are not among them. */
  count: number
  withTimestamp: number
  /** Some carried `ChanVariable`. */
  withVariables: boolean
  /** From `Privilege: call,all`; without `all`. */
  classes: ReadonlySet<string>
}

export class AmiProbe {
  readonly heard = new Map<string, HeardEvents>()
  readonly #socket: AmiSocket
  readonly #rows = new Map<string, AmiMessage[]>()
  #rowCount = 0
  readonly #reading: Promise<void>
  /** A wait ran out: whatever comes now is late. */
  isSilent = false
  readonly #waiters = new Set<(message: AmiMessage) => void>()

  private constructor(socket: AmiSocket) {
    this.#socket = socket
    this.#reading = this.#read()
  }

  /** @throws AmiFailure when there is no AMI at that address; AbortError */
  static async open(host: string, port: number, signal: AbortSignal): Promise<AmiProbe> {
    const socket = await AmiSocket.open({ host, port, connectMs: CONNECT_MS, answerMs: QUESTION_MS }, signal)
    const probe = new AmiProbe(socket)
    await socket.greeted()
    return probe
  }

  get socket(): AmiSocket {
    return this.#socket
  }

  /** The answer; null: refused, not known to this Asterisk, or none in time. */
  async ask(action: string, fields: readonly (readonly [string, string])[] = []): Promise<AmiMessage | null> {
    return this.#inTime(this.#socket.ask(action, fields))
  }

  /** The rows of a list; null as above. Asterisk also answers with an error when a list is empty. */
  async askList(action: string, fields: readonly (readonly [string, string])[] = []): Promise<AmiMessage[] | null> {
    if (this.isSilent) return null
    try {
      const end = await this.#limit(this.#socket.askList(action, fields))
      // The rows that came in the same bytes as the list's end are read in this turn.
      await nextTurn()
      const rows = this.#rows.get(header(end, 'ActionID')) ?? []
      return rows.filter((row) => header(row, 'EventList') !== 'Complete')
    } catch (error) {
      return error instanceof AmiFailure && / No .* found/i.test(error.message) ? [] : null
    }
  }

  /** The first event that `fits`, counted from now; null: none within `ms`. */
  async nextEvent(fits: (message: AmiMessage) => boolean, ms: number): Promise<AmiMessage | null> {
    const { promise, resolve } = Promise.withResolvers<AmiMessage>()
    const waiter = (message: AmiMessage) => {
      if (fits(message)) resolve(message)
    }
    this.#waiters.add(waiter)
    try {
      return await Promise.race([promise, delay(ms, null, { signal: this.#socket.ended, ref: true }).catch(() => null)])
    } finally {
      this.#waiters.delete(waiter)
    }
  }

  /** Listens for `ms`, or until the connection or `signal` ends it. */
  async listen(ms: number, signal: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal: AbortSignal.any([signal, this.#socket.ended]) }).catch(() => {})
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#socket.close()
    await this.#reading
  }

  async #inTime(asked: Promise<AmiMessage>): Promise<AmiMessage | null> {
    if (this.isSilent) {
      asked.catch(() => {})
      return null
    }
    return this.#limit(asked).catch(() => null)
  }

  async #limit(asked: Promise<AmiMessage>): Promise<AmiMessage> {
    const stop = new AbortController()
    const late = delay(QUESTION_MS, undefined, { signal: stop.signal }).then(() => {
      this.isSilent = true
      throw new AmiFailure('no answer in time')
    })
    try {
      return await Promise.race([asked, late])
    } finally {
      stop.abort()
      late.catch(() => {})
      asked.catch(() => {})
    }
  }

  async #read(): Promise<void> {
    for await (const items of this.#socket.batches()) {
      for (const item of items) if (item.type === 'message') this.#take(item.message)
    }
  }

  #take(message: AmiMessage): void {
    for (const waiter of this.#waiters) waiter(message)
    const id = header(message, 'ActionID')
    const name = header(message, 'Event')
    if (id !== '' && name !== 'UserEvent') {
      if (this.#rowCount++ >= ROWS_MAX) return
      const rows = this.#rows.get(id)
      if (rows) rows.push(message)
      else this.#rows.set(id, [message])
      return
    }
    const known = this.heard.get(name)
    if (!known && this.heard.size >= NAMES_MAX) return
    this.heard.set(name, {
      count: (known?.count ?? 0) + 1,
      withTimestamp: (known?.withTimestamp ?? 0) + (message.has('Timestamp') ? 1 : 0),
      withVariables: (known?.withVariables ?? false) || message.has('ChanVariable'),
      classes: known?.classes ?? new Set(classesOf(header(message, 'Privilege'))),
    })
  }
}

function classesOf(privilege: string): string[] {
  return privilege.split(',').filter((name) => name !== '' && name !== 'all')
}
