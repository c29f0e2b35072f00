// What the phones of one desk saw of one call: every SIP call that began at them, with the phones' own times, and what
// else was done by hand (a consultation, a move by the platform). The independent witness: it knows nothing of AMI.
import type { ContactCentre, Desk } from '../contact-centre.ts'
import type { PhoneAct, SipCall } from '../phone/sip-call.ts'

export type Side = 'customer' | 'agent' | 'external'

/** One SIP call as its phone saw it. Epoch ms of the phone's clock. */
export interface Leg {
  side: Side
  number: string
  direction: 'in' | 'out'
  /** Who was dialled, or who was shown as calling. */
  other: string
  beganAt: number
  rangAt: number | null
  answeredAt: number | null
  /** The phone's BYE or CANCEL, or the other side's. */
  endedAt: number | null
  /** When the PBX had answered the phone's INVITE, 200 or BYE: by then it knew. */
  knownBy: { began: number; answered: number | null; ended: number | null }
  /** null: it goes on. */
  endedBy: 'us' | 'them' | null
  refusedWith: number | null
  acts: readonly { at: number; act: PhoneAct; to?: string }[]
}

/** Something done to a call that a phone alone does not show as what it is. */
export type Note =
  /** An agent asks a colleague while the customer waits; `joinedAt`: when she handed the customer over. */
  | { what: 'consultation'; at: number; by: string; to: string; over: 'sip' | 'pbx'; joinedAt: number | null }
  /** The external line is an agent's own phone. */
  | { what: 'mobile'; at: number; agent: string }
  /** A colleague took the call that rang at another's. */
  | { what: 'pickup'; at: number; by: string }
  /** The platform was told to bring an agent and this customer together. */
  | { what: 'order'; at: number; customer: string }
  | { what: 'redirect'; at: number }
  | { what: 'supervisor'; at: number; by: string; to: string }

export class Witness {
  readonly notes: Note[] = []
  readonly #calls: { side: Side; call: SipCall }[] = []
  readonly #ends: (() => void)[]

  constructor(centre: ContactCentre, desk: Desk) {
    const agents = new Set([desk.first.id, desk.second.id, desk.third.id])
    const watch = (line: ContactCentre['agents'], side: Side, isOurs: (number: string) => boolean) =>
      line.watch((call) => isOurs(call.number) && this.#calls.push({ side, call }))
    this.#ends = [
      watch(centre.agents, 'agent', (number) => agents.has(number)),
      watch(centre.customers, 'customer', (number) => desk.customers.has(number)),
      watch(centre.external, 'external', (number) => number === desk.numbers.external),
    ]
  }

  note<N extends Note>(note: N): N {
    this.notes.push(note)
    return note
  }

  /** Everything is over at the phones. */
  get isQuiet(): boolean {
    return this.#calls.every(({ call }) => call.state === 'ended')
  }

  legs(): Leg[] {
    return this.#calls
      .map(({ side, call }) => ({
        side,
        number: call.number,
        direction: call.direction,
        other: call.other,
        beganAt: call.beganAt,
        rangAt: call.rangAt,
        answeredAt: call.answeredAt,
        endedAt: call.askedToEndAt ?? call.endedAt,
        knownBy: { began: call.repliedAt ?? call.beganAt, answered: call.upAt, ended: call.endedAt },
        endedBy: call.endedBy,
        refusedWith: call.refusedWith,
        acts: call.acts,
      }))
      .sort((a, b) => a.beganAt - b.beganAt)
  }

  close(): void {
    for (const end of this.#ends) end()
  }
}
