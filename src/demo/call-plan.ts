// Decides the next call of the simulated contact centre: which recorded call it will be, when each of its messages
// happens, and who takes part. Nobody is in two calls at once. The live PBX (simulated-pbx.ts) and the history
// (history.ts) both plan here; time is an argument, so a month can be planned in a second.
import { type CallTemplate, compileCall, fill, type Part, type Slot } from './call-template.ts'
import type { ContactCentre, DemoAgent } from './contact-centre.ts'
import type { Random } from './random.ts'
import { type RecordedCall, readRecordedCalls } from './recorded-calls.ts'
import { drawTimes, type Pace, type TimeMap } from './time-map.ts'

/** How often each kind of call happens; a scenario that is not listed happens 0.4 times as often as weight 1. */
const WEIGHTS: Record<string, number> = {
  in_normal_agent_hangup: 10,
  in_normal_customer_hangup: 14,
  in_stereo_recording: 2,
  in_direct_agent: 3,
  in_hold: 6,
  in_ivr_wrong_key: 3,
  in_rna_then_b: 5,
  in_ringall_b_answers: 3,
  in_queue_overflow_answered: 3,
  in_blind_transfer_agent: 2.5,
  in_blind_transfer_queue: 1.5,
  in_attended_transfer: 2,
  in_redirect_to_queue: 1.5,
  in_ivr_abandon: 3,
  in_queue_abandon_paused: 3,
  in_ring_abandon: 3,
  in_queue_timeout: 2,
  in_to_external: 2,
  out_normal_customer_hangup: 6,
  out_normal_agent_hangup: 5,
  out_early_media: 3,
  out_busy: 2,
  out_declined: 1,
  out_noanswer: 2.5,
  out_invalid_number: 1,
  out_agent_cancel: 1.5,
  double_normal: 5,
  double_customer_busy: 1,
  double_agent_reject: 0.8,
  pred_normal: 4,
  pred_noanswer: 2,
  virt_axb_normal: 2,
  virt_out_agent: 2,
  internal_call: 1,
}
const OTHER_WEIGHT = 0.4
/** Between two calls an agent writes something down. */
const REST_MS = 2_500

export interface PlannedCall {
  template: CallTemplate
  /** Epoch microseconds. */
  startUs: number
  times: TimeMap
  values: readonly string[]
  endMs: number
  callId: string
  agents: readonly { agent: DemoAgent; fromMs: number; toMs: number }[]
  /** Audio on its way to `<name>.wav`: when Asterisk opens and closes the file, and how long people can be heard. */
  recording: { name: string; openMs: number; closeMs: number; audibleMs: number } | null
}

export interface CallPlanner {
  /** A call that begins at `atMs` (epoch ms). Calls must be asked for in order of time. */
  plan(atMs: number): PlannedCall
}

export interface PlannerOptions {
  centre: ContactCentre
  random: Random
  pace: Pace
  /** The counters that Asterisk would have reached: the part of a Uniqueid after the dot. */
  firstChannel: number
  /** Asked before each call: false leaves its recording out. */
  mayRecord?(): boolean
  /** Only these recordings. */
  scenarios?: readonly string[]
}

let compiled: readonly CallTemplate[] | null = null

/** The compiled recordings; compiled once. */
export function callTemplates(): readonly CallTemplate[] {
  compiled ??= readRecordedCalls().map((recorded: RecordedCall) => compileCall(recorded))
  return compiled
}

/** One message of a planned call, as Asterisk writes it; '' for the start of a recording that is left out. */
export function messageText(call: PlannedCall, i: number): string {
  if (call.recording === null && i === call.template.recording?.startMessage) return ''
  return planText(call, call.template.messages[i] ?? [])
}

/** Any text cut at the template's blanks, filled in for this call. */
export function planText(call: PlannedCall, parts: readonly Part[]): string {
  return fill(parts, call.values, call.times, call.startUs)
}

/** When message `i` happens, epoch ms with a fraction. */
export function messageAt(call: PlannedCall, i: number): number {
  return (call.startUs + (call.times.messageUs[i] ?? 0)) / 1000
}

export function makePlanner(options: PlannerOptions): CallPlanner {
  const { centre, random, pace } = options
  const templates = callTemplates().filter(
    ({ recorded }) => options.scenarios === undefined || options.scenarios.includes(recorded.scenario),
  )
  const withoutAgents = templates.filter(({ agents }) => agents.length === 0)
  const busy = new Map<string, { fromMs: number; toMs: number }[]>()
  let nextChannel = options.firstChannel
  let nextSuffix = options.firstChannel
  let lastChosenId = 0

  function plan(atMs: number): PlannedCall {
    for (let attempt = 0; attempt < 6; attempt++) {
      const call = tryPlan(pickTemplate(templates, random), atMs)
      if (call) return call
    }
    // Everybody is busy: the customer meets the menu, the queue or nobody.
    const call = tryPlan(pickTemplate(withoutAgents.length > 0 ? withoutAgents : templates, random), atMs)
    if (!call) throw new Error('the simulated contact centre has too few agents for this rate')
    return call
  }

  function tryPlan(template: CallTemplate, atMs: number): PlannedCall | null {
    const startUs = Math.floor(atMs * 1000)
    const times = drawTimes(template.offsetsUs, template.parts, template.endsWaiting, pace, random)
    const queues = pickQueues(template.queues.length)
    const agents = pickAgents(template, queues, times, atMs)
    if (!agents) return null
    const values = fillSlots(
      template,
      queues,
      agents.map(({ agent }) => agent),
      startUs,
      times,
    )
    for (const { agent, fromMs, toMs } of agents) reserve(agent, fromMs, toMs, atMs)
    const last = times.messageUs.length - 1
    return {
      template,
      startUs,
      times,
      values,
      endMs: (startUs + (times.messageUs[last] ?? 0)) / 1000,
      callId: values[template.callIdSlot] ?? '',
      agents,
      recording: options.mayRecord?.() === false ? null : recordingOf(template, times, values, startUs),
    }
  }

  function pickQueues(count: number): string[] {
    const names = centre.skillGroups.map(({ name }) => name)
    const first = random.whole(0, names.length - 1)
    return Array.from({ length: count }, (_, i) => names[(first + i) % names.length] ?? '')
  }

  function pickAgents(
    template: CallTemplate,
    queues: readonly string[],
    times: TimeMap,
    atMs: number,
  ): { agent: DemoAgent; fromMs: number; toMs: number }[] | null {
    const chosen: { agent: DemoAgent; fromMs: number; toMs: number }[] = []
    for (const { queue, firstMessage, lastMessage } of template.agents) {
      const fromMs = atMs + (times.messageUs[firstMessage] ?? 0) / 1000
      const toMs = atMs + (times.messageUs[lastMessage] ?? 0) / 1000 + REST_MS
      const group = queue === null ? undefined : queues[queue]
      const start = random.whole(0, centre.agents.length - 1)
      let found: DemoAgent | undefined
      for (let i = 0; i < centre.agents.length && !found; i++) {
        const agent = centre.agents[(start + i) % centre.agents.length]
        if (!agent || (group !== undefined && !agent.skillGroups.includes(group))) continue
        if (chosen.some((other) => other.agent === agent) || isBusy(agent, fromMs, toMs)) continue
        found = agent
      }
      if (!found) return null
      chosen.push({ agent: found, fromMs, toMs })
    }
    return chosen
  }

  function isBusy(agent: DemoAgent, fromMs: number, toMs: number): boolean {
    return (busy.get(agent.number) ?? []).some((other) => other.fromMs < toMs && fromMs < other.toMs)
  }

  function reserve(agent: DemoAgent, fromMs: number, toMs: number, nowMs: number): void {
    const ahead = (busy.get(agent.number) ?? []).filter((other) => other.toMs > nowMs)
    busy.set(agent.number, [...ahead, { fromMs, toMs }])
  }

  function fillSlots(
    template: CallTemplate,
    queues: readonly string[],
    agents: readonly DemoAgent[],
    startUs: number,
    times: TimeMap,
  ): string[] {
    const ids = new Map<string, string>()
    const customer = centre.customer(random)
    const key = centre.skillGroups.find(({ name }) => name === queues[0])?.key ?? template.menuKey ?? ''
    const fillSlot = (slot: Slot): string => {
      switch (slot.kind) {
        case 'agent-number':
          return agents[slot.i]?.number ?? ''
        case 'agent-name':
          return agents[slot.i]?.name ?? ''
        case 'queue':
          return queues[slot.i] ?? ''
        case 'customer':
          return customer
        case 'customer-through-virtual':
          return `88${customer}`
        case 'main-number':
          return random.pick(centre.mainNumbers)
        case 'direct-number':
          return agents[0] ? centre.directNumber(agents[0]) : ''
        case 'virtual-number':
          return random.pick(centre.virtualNumbers)
        case 'external-number':
          return random.pick(centre.externalNumbers)
        case 'mobile':
          return centre.boundMobile(random)
        case 'key':
          return key
        case 'bridge':
          return bridgeId()
        case 'channel':
          return `-${(nextSuffix++).toString(16).padStart(8, '0')}`
        case 'unique-id':
          return uniqueId(slot, ids, startUs, times)
      }
    }
    return template.slots.map(fillSlot)
  }

  function uniqueId(
    slot: Slot & { kind: 'unique-id' },
    ids: Map<string, string>,
    startUs: number,
    times: TimeMap,
  ): string {
    let id = ids.get(slot.original)
    if (id === undefined) {
      if (slot.prefix === null) {
        id = `${Math.floor((startUs + times.at(slot.bornUs)) / 1e6)}.${nextChannel++}`
      } else {
        lastChosenId = Math.max(lastChosenId + 1, Math.floor(startUs / 1000))
        id = `${slot.prefix}${lastChosenId}`
      }
      ids.set(slot.original, id)
    }
    return id + slot.suffix
  }

  function bridgeId(): string {
    const hex = Array.from({ length: 4 }, () => random.whole(0, 0xffffffff).toString(16).padStart(8, '0')).join('')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
  }

  return { plan }
}

function pickTemplate(templates: readonly CallTemplate[], random: Random): CallTemplate {
  const weightOf = ({ recorded }: CallTemplate) => WEIGHTS[recorded.scenario] ?? OTHER_WEIGHT
  let left = random.next() * templates.reduce((sum, template) => sum + weightOf(template), 0)
  for (const template of templates) {
    left -= weightOf(template)
    if (left < 0) return template
  }
  return random.pick(templates)
}

function recordingOf(
  template: CallTemplate,
  times: TimeMap,
  values: readonly string[],
  startUs: number,
): PlannedCall['recording'] {
  if (!template.recording) return null
  const { startMessage, endMessage, idSlot } = template.recording
  let audibleUs = 0
  for (let i = startMessage; i < endMessage; i++) {
    const part = template.parts[i]
    if (part === 'talk' || part === 'hold') audibleUs += (times.messageUs[i + 1] ?? 0) - (times.messageUs[i] ?? 0)
  }
  return {
    name: values[idSlot] ?? '',
    openMs: (startUs + (times.messageUs[startMessage] ?? 0)) / 1000,
    closeMs: (startUs + (times.messageUs[endMessage] ?? 0)) / 1000,
    audibleMs: Math.round(audibleUs / 1000),
  }
}
