// The contact centre around the PBX: phones for agents, customers and the external line, and desks. A desk is one of the
// PBX's teams (its numbers, skill groups and agents), lent to one test at a time so that tests run side by side.
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { PBX, readAgents } from './asterisk/pbx.ts'
import { Platform } from './asterisk/platform.ts'
import type { SipCall } from './phone/sip-call.ts'
import { SipLine } from './phone/sip-line.ts'

export const TEAMS = ['1', '2', '3', '4', '5', '6'] as const

/** Teams with two digits are the random mix's (asterisk/up.sh). */
export const MIX_TEAMS: readonly string[] = Array.from({ length: 20 }, (_, i) => String(11 + i))

/** The tone each side is known by in a recording. */
export const TONES = { customer: 400, agent: 700, external: 1000 } as const

const CALLED_WITHIN_MS = 30_000

export interface AgentAtDesk {
  id: string
  name: string
}

export interface ContactCentre {
  platform: Platform
  agents: SipLine
  customers: SipLine
  external: SipLine
  freeTeams: string[]
  waiting: ((team: string) => void)[]
  names: Map<string, string>
  nextCustomer: number
}

export async function openContactCentre(): Promise<ContactCentre> {
  const opened: { close(): void }[] = []
  const keep = <T extends { close(): void }>(one: T): T => {
    opened.push(one)
    return one
  }
  const line = async (address: { host: string; port: number }, hz: number) =>
    keep(await SipLine.open({ address, pbx: PBX.sip, hz }))
  try {
    return {
      platform: keep(await Platform.connect({ ...PBX.ami, ...PBX.platformUser })),
      agents: await line(PBX.agents, TONES.agent),
      customers: await line(PBX.customers, TONES.customer),
      external: await line(PBX.external, TONES.external),
      freeTeams: [...TEAMS],
      waiting: [],
      names: readAgents(),
      // Different from run to run: what an earlier run left behind is never taken for this one's.
      nextCustomer: Math.floor(Date.now() / 1000) % 10_000_000,
    }
  } catch (cause) {
    for (const one of opened) one.close()
    throw cause
  }
}

export function closeContactCentre(centre: ContactCentre): void {
  for (const one of [centre.platform, centre.agents, centre.customers, centre.external]) one.close()
}

/** Lends a team to `test` until it ends; waits for one to be free. */
export async function takeDesk(centre: ContactCentre, test: TestContext): Promise<Desk> {
  const team = centre.freeTeams.pop() ?? (await new Promise<string>((resolve) => centre.waiting.push(resolve)))
  const desk = new Desk(centre, team)
  test.after(async () => {
    await desk.close()
    const next = centre.waiting.shift()
    if (next) next(team)
    else centre.freeTeams.push(team)
  })
  return desk
}

export class Desk {
  readonly team: string
  /** First and second serve sales, in this order; the third serves support. */
  readonly first: AgentAtDesk
  readonly second: AgentAtDesk
  readonly third: AgentAtDesk
  readonly sales: string
  readonly support: string
  readonly numbers: {
    ivr: string
    /** As `ivr`, but its menu waits for a minute. */
    patientIvr: string
    stereo: string
    halves: string
    direct: string
    external: string
    virtual: string
  }
  /** What an agent transfers to, to reach a skill group. */
  readonly toSales: string
  readonly toSupport: string
  /** Every mobile number this desk's customers had. */
  readonly customers = new Set<string>()
  /** This test's customer; `newCustomer()` for more. */
  readonly customer: string
  readonly #centre: ContactCentre
  readonly #calls: SipCall[] = []
  readonly #answering: [SipLine, string][] = []

  constructor(centre: ContactCentre, team: string) {
    this.#centre = centre
    this.team = team
    const small = team.length === 1
    const agent = (n: number) => {
      const id = small ? `1${team}0${n}` : `2${team}${n}`
      return { id, name: centre.names.get(id) ?? `坐席${id}` }
    }
    this.first = agent(1)
    this.second = agent(2)
    this.third = agent(3)
    this.sales = `sales-${team}`
    this.support = `support-${team}`
    this.toSales = small ? `81${team}` : `83${team}`
    this.toSupport = small ? `82${team}` : `84${team}`
    const inbound = small ? `0215000${team}` : `02160${team}`
    this.numbers = {
      ivr: `${inbound}000`,
      patientIvr: `${inbound}004`,
      stereo: `${inbound}001`,
      halves: `${inbound}003`,
      direct: `${inbound}002`,
      external: `${small ? '1390013900' : '139001390'}${team}`,
      virtual: `${small ? '1709000000' : '170910000'}${team}`,
    }
    this.customer = this.newCustomer()
  }

  /** Another session once the PBX was started again. */
  get platform(): Platform {
    return this.#centre.platform
  }

  /** A mobile number that nobody else has in this run. */
  newCustomer(): string {
    const customer = `138${String(this.#centre.nextCustomer++).padStart(8, '0')}`
    this.customers.add(customer)
    return customer
  }

  /** The customer calls; resolves when the PBX has picked up (a number without IVR: once it rings). */
  async customerCalls(to: string, { from = this.customer, until = 'up' as 'up' | 'ringing' } = {}): Promise<SipCall> {
    const call = this.#keep(await this.#centre.customers.call({ from, to }))
    await call.until(until)
    return call
  }

  /** Somebody outside begins a call, whatever comes of it. */
  async startCall(to: string, from: string): Promise<SipCall> {
    return this.#keep(await this.#centre.customers.call({ from, to }))
  }

  /** The customer calls, listens a moment, and presses `keys`. */
  async customerChooses(keys: string, to = this.numbers.ivr): Promise<SipCall> {
    const call = await this.customerCalls(to)
    for (const key of keys) {
      await sleep(1200)
      await call.press(key)
    }
    return call
  }

  async agentCalls(agent: AgentAtDesk, to: string): Promise<SipCall> {
    return this.#keep(await this.#centre.agents.call({ from: agent.id, to }))
  }

  /** The next call to the agent: rings, is answered. */
  agentTakes(agent: AgentAtDesk, { ringMs = 1000 } = {}): Promise<SipCall> {
    return this.#takes(this.#centre.agents, agent.id, ringMs)
  }

  agentRefuses(agent: AgentAtDesk, refusal = { code: 603, phrase: 'Decline' }): Promise<SipCall> {
    return this.#refuses(this.#centre.agents, agent.id, refusal)
  }

  /** The agent's phone sends its next call on to a colleague's. */
  agentForwards(agent: AgentAtDesk, to: AgentAtDesk): Promise<SipCall> {
    return this.#next(this.#centre.agents, agent.id, async (call) => call.forward(to.id))
  }

  /** The next call to the agent's phone; it only rings. */
  agentRings(agent: AgentAtDesk): Promise<SipCall> {
    return this.#rings(this.#centre.agents, agent.id)
  }

  /** `silentMs`: how long the network takes before the customer's phone rings. */
  customerTakes({ silentMs = 0, ringMs = 1000 } = {}): Promise<SipCall> {
    return this.#takes(this.#centre.customers, this.customer, ringMs, silentMs)
  }

  /** The network plays something instead of letting the phone ring; then the customer answers. */
  customerTakesEarly({ earlyMs = 1500 } = {}): Promise<SipCall> {
    return this.#next(this.#centre.customers, this.customer, async (call) => {
      call.playEarly()
      await sleep(earlyMs)
      await call.answer()
    })
  }

  customerRings(): Promise<SipCall> {
    return this.#rings(this.#centre.customers, this.customer)
  }

  customerRefuses(refusal: { code: number; phrase: string }): Promise<SipCall> {
    return this.#refuses(this.#centre.customers, this.customer, refusal)
  }

  /** Somebody else outside, of this desk's own numbers. */
  strangerTakes(number: string, { ringMs = 1000 } = {}): Promise<SipCall> {
    return this.#takes(this.#centre.customers, number, ringMs)
  }

  externalTakes({ ringMs = 1000 } = {}): Promise<SipCall> {
    return this.#takes(this.#centre.external, this.numbers.external, ringMs)
  }

  externalRings(): Promise<SipCall> {
    return this.#rings(this.#centre.external, this.numbers.external)
  }

  externalRefuses(refusal: { code: number; phrase: string }): Promise<SipCall> {
    return this.#refuses(this.#centre.external, this.numbers.external, refusal)
  }

  async pause(...agents: AgentAtDesk[]): Promise<void> {
    for (const agent of agents) await this.platform.pause(agent.id)
  }

  /** The id the PBX gave to the call of this customer to this number. */
  async callId(customer = this.customer): Promise<string> {
    const event = await this.platform.event(
      (e) => e.Event === 'Newchannel' && e.CallerIDNum === customer && e.Uniqueid === e.Linkedid,
    )
    return event.Linkedid ?? ''
  }

  async close(): Promise<void> {
    for (const [line, number] of this.#answering) line.forget(number)
    for (const call of this.#calls) call.drop()
    // A test that failed may have left calls behind that no phone knows of: the next one finds its agents free.
    await this.platform.hangUp(`/^PJSIP\\/${this.first.id.slice(0, -1)}/`)
    for (const agent of [this.first, this.second, this.third]) await this.platform.pause(agent.id, false)
  }

  #takes(line: SipLine, number: string, ringMs: number, silentMs = 0): Promise<SipCall> {
    return this.#next(line, number, async (call) => {
      await sleep(silentMs)
      call.ring()
      await sleep(ringMs)
      if (call.state !== 'ended') await call.answer()
    })
  }

  #rings(line: SipLine, number: string): Promise<SipCall> {
    return this.#next(line, number, async (call) => call.ring())
  }

  #refuses(line: SipLine, number: string, { code, phrase }: { code: number; phrase: string }): Promise<SipCall> {
    return this.#next(line, number, async (call) => {
      call.ring()
      await sleep(500)
      call.refuse(code, phrase)
    })
  }

  /** The promise fails with what the phone could not do; the call that comes after this one just rings. */
  #next(line: SipLine, number: string, act: (call: SipCall) => Promise<void>): Promise<SipCall> {
    this.#answering.push([line, number])
    const next = new Promise<SipCall>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`nobody called ${number}`)), CALLED_WITHIN_MS)
      late.unref()
      line.when(number, (call) => {
        clearTimeout(late)
        line.forget(number)
        this.#keep(call)
        act(call).then(() => resolve(call), reject)
      })
    })
    // A test that failed earlier no longer waits for it.
    next.catch(() => undefined)
    return next
  }

  #keep(call: SipCall): SipCall {
    this.#calls.push(call)
    return call
  }
}
