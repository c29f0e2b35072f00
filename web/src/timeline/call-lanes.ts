// Who was in a call when, as lanes on one time axis: customer, menu, queues, agents, external lines; bars for what
// lasted, marks for what happened at a moment, arrows for transfers. Made from the call's steps. Pure.
import type { CallDetailJson, StepJson } from '../../../src/calls/call-json.ts'

/** What a call's time is counted as. */
export const PARTS = ['ivr', 'queue', 'ring', 'talk', 'hold'] as const
export type Part = (typeof PARTS)[number]

export type LaneKind = 'customer' | 'ivr' | 'queue' | 'agent' | 'external'

/** `present`: on the line, talking with nobody. `aside`: speaks with a colleague, the customer does not hear it. */
export type BarPart = Part | 'present' | 'aside'

export interface Bar {
  part: BarPart
  /** Since the call's start. */
  fromMs: number
  toMs: number
  /** Index of the step it begins with; null: concluded from the whole call. */
  step: number | null
}

export interface Mark {
  kind: 'key' | 'hangup'
  atMs: number
  text: string
  step: number
}

export interface Lane {
  id: string
  kind: LaneKind
  /** Agent's or skill group's name, number; null: the kind says it all. */
  name: string | null
  bars: Bar[]
  marks: Mark[]
}

export interface TransferArrow {
  atMs: number
  fromLane: string
  toLane: string
  step: number
}

export interface CallLanes {
  totalMs: number
  lanes: Lane[]
  arrows: TransferArrow[]
}

const KIND_ORDER: readonly LaneKind[] = ['customer', 'ivr', 'queue', 'agent', 'external']
/** Drawn in this order: what comes later lies on top. */
const PART_ORDER: readonly BarPart[] = ['present', 'aside', 'ivr', 'queue', 'ring', 'talk', 'hold']

/** What has been drawn while the steps are gone through once. */
interface Drawing {
  call: CallDetailJson
  totalMs: number
  /** When customer and agent could first hear each other; infinite: never. */
  talkFromMs: number
  lanes: Map<string, Lane>
  arrows: TransferArrow[]
  /** Lanes of agents who are in the talk, newest last; and of the one who was in it last. */
  talking: string[]
  lastTalking: string | null
}

/** @param now epoch ms, for live calls */
export function lanesOf(call: CallDetailJson, now: number): CallLanes {
  const startedAt = Date.parse(call.startedAt)
  const totalMs = Math.max(0, (call.endedAt === null ? now : Date.parse(call.endedAt)) - startedAt)
  const talkFromMs = call.answeredAt === null ? Number.POSITIVE_INFINITY : Date.parse(call.answeredAt) - startedAt
  const drawing: Drawing = { call, totalMs, talkFromMs, lanes: new Map(), arrows: [], talking: [], lastTalking: null }
  if (call.type !== 'internal') customerLane(drawing)
  call.steps.forEach((step, index) => {
    if (step.mergedFrom === null) drawStep(drawing, step, index)
    else drawAside(drawing, step, index)
  })
  drawSilentAnswer(drawing)
  drawCustomer(drawing)
  return { totalMs, lanes: inOrder(drawing), arrows: drawing.arrows }
}

function drawStep(drawing: Drawing, step: StepJson, index: number): void {
  switch (step.type) {
    case 'ivr-entered':
      drawBar(drawing, laneOf(drawing, 'ivr', '', null), 'ivr', step, index)
      break
    case 'key-pressed': {
      const lane = drawing.lanes.get(laneId('ivr', '')) ?? customerLane(drawing)
      lane.marks.push({ kind: 'key', atMs: step.offsetMs, text: step.key ?? '', step: index })
      break
    }
    case 'queue-entered': {
      const id = step.skillGroup?.id ?? ''
      drawBar(drawing, laneOf(drawing, 'queue', id, step.skillGroup?.name ?? id), 'queue', step, index)
      break
    }
    case 'agent-ringing':
      drawBar(drawing, agentLane(drawing, step), 'ring', step, index)
      break
    case 'agent-answered':
      drawAnswer(drawing, step, index)
      break
    case 'agent-left':
      drawing.talking = drawing.talking.filter((id) => id !== laneId('agent', step.agent?.id ?? ''))
      break
    case 'customer-ringing':
      drawBar(drawing, customerLane(drawing), 'ring', step, index)
      break
    case 'held': {
      const lane = step.agent ? agentLane(drawing, step) : drawing.lanes.get(drawing.talking.at(-1) ?? '')
      drawBar(drawing, lane ?? customerLane(drawing), 'hold', step, index)
      break
    }
    case 'external-dialled': {
      const end = nextStep(drawing, index, ({ type }) => type === 'external-answered' || type === 'external-ended')
      drawBar(drawing, externalLane(drawing, step), 'ring', step, index, end?.offsetMs ?? drawing.totalMs)
      break
    }
    case 'external-answered':
      drawBar(drawing, externalLane(drawing, step), 'talk', step, index)
      break
    case 'supervisor-joined': {
      const end = nextStep(drawing, index, (one) => one.type === 'supervisor-left' && one.agent?.id === step.agent?.id)
      drawBar(drawing, agentLane(drawing, step), 'aside', step, index, end?.offsetMs ?? drawing.totalMs)
      break
    }
    case 'transferred':
      drawTransfer(drawing, step, index)
      break
    case 'call-ended':
      drawHangUp(drawing, step, index)
      break
    default:
      break
  }
}

/** A consultation: a call of its own until it was merged. */
function drawAside(drawing: Drawing, step: StepJson, index: number): void {
  if (step.agent === null || (step.type !== 'agent-ringing' && step.type !== 'agent-answered')) return
  const end = nextStep(drawing, index, (later) => {
    if (later.mergedFrom !== step.mergedFrom) return false
    const isHers = later.agent?.id === step.agent?.id && /^agent-(answered|left|ring-ended)$/.test(later.type)
    return isHers || later.type === 'call-ended'
  })
  const part = step.type === 'agent-ringing' ? 'ring' : 'aside'
  drawBar(drawing, agentLane(drawing, step), part, step, index, end?.offsetMs ?? drawing.totalMs)
}

function drawAnswer(drawing: Drawing, step: StepJson, index: number): void {
  const lane = agentLane(drawing, step)
  const fromMs = step.offsetMs
  const toMs = endOf(drawing, step)
  if (toMs === null) {
    // The customer does not hear her (yet): a colleague does, until she is put through or leaves.
    const end = nextStep(
      drawing,
      index,
      (later) => later.agent?.id === step.agent?.id && /^agent-(answered|left)$/.test(later.type),
    )
    if (end) lane.bars.push({ part: 'aside', fromMs, toMs: end.offsetMs, step: index })
    return
  }
  drawing.talking = [...drawing.talking.filter((id) => id !== lane.id), lane.id]
  drawing.lastTalking = lane.id
  // An agent who picks up before the customer is there (back-to-back, outbound) talks with nobody yet.
  const talkFromMs = Math.max(fromMs, Math.min(drawing.talkFromMs, toMs))
  if (talkFromMs > fromMs) lane.bars.push({ part: 'present', fromMs, toMs: talkFromMs, step: index })
  if (toMs > talkFromMs) lane.bars.push({ part: 'talk', fromMs: talkFromMs, toMs, step: index })
}

/** An agent who dials out is there from the beginning, and no step says that she answers. */
function drawSilentAnswer(drawing: Drawing): void {
  const { call, totalMs, talkFromMs } = drawing
  const [agent, ...others] = call.agents.filter(({ talked }) => talked)
  if (call.type !== 'outbound' || agent === undefined || others.length > 0 || talkFromMs >= totalMs) return
  const lane = laneOf(drawing, 'agent', agent.id, agent.name ?? agent.id)
  if (lane.bars.some(({ part }) => part === 'talk')) return
  lane.bars.push({ part: 'talk', fromMs: talkFromMs, toMs: totalMs, step: null })
  drawing.lastTalking = lane.id
}

function drawTransfer(drawing: Drawing, step: StepJson, index: number): void {
  const { transfer } = step
  if (!transfer) return
  const { from, toAgent, toSkillGroup, toNumber } = transfer
  const fromLane = from ? laneId('agent', from.id) : (drawing.talking.at(-1) ?? laneId('customer', ''))
  const to = toAgent
    ? laneOf(drawing, 'agent', toAgent.id, toAgent.name ?? toAgent.id)
    : toSkillGroup
      ? laneOf(drawing, 'queue', toSkillGroup.id, toSkillGroup.name ?? toSkillGroup.id)
      : laneOf(drawing, 'external', toNumber ?? '', toNumber)
  if (drawing.lanes.has(fromLane) && fromLane !== to.id)
    drawing.arrows.push({ atMs: step.offsetMs, fromLane, toLane: to.id, step: index })
}

function drawHangUp(drawing: Drawing, step: StepJson, index: number): void {
  const agent = drawing.lastTalking ?? laneId('agent', drawing.call.agent?.id ?? '')
  const id = step.by === 'customer' ? laneId('customer', '') : step.by === 'agent' ? agent : ''
  drawing.lanes.get(id)?.marks.push({ kind: 'hangup', atMs: step.offsetMs, text: '', step: index })
}

/** The customer's own lane: on the line from when to when, and where she talked or was held. */
function drawCustomer(drawing: Drawing): void {
  const { call, totalMs, talkFromMs } = drawing
  const lane = drawing.lanes.get(laneId('customer', ''))
  if (!lane) return
  const answer = call.steps.find((step) => step.type === 'customer-answered' && step.mergedFrom === null)
  const fromMs = call.type === 'inbound' ? 0 : answer?.offsetMs
  if (fromMs === undefined) return
  lane.bars.push({ part: 'present', fromMs, toMs: totalMs, step: null })
  const others = [...drawing.lanes.values()].filter((other) => other !== lane).flatMap((other) => other.bars)
  const shared = others.filter(({ part }) => part === 'talk' || part === 'hold')
  for (const bar of shared) lane.bars.push({ ...bar, fromMs: Math.max(bar.fromMs, fromMs) })
  // Two phones joined through a virtual number: nobody on the agents' side is named, the talk is there all the same.
  if (!shared.some(({ part }) => part === 'talk') && talkFromMs < totalMs)
    lane.bars.push({ part: 'talk', fromMs: talkFromMs, toMs: totalMs, step: null })
}

function inOrder(drawing: Drawing): Lane[] {
  const lanes = [...drawing.lanes.values()]
  for (const lane of lanes)
    lane.bars = lane.bars
      .map((bar) => ({ ...bar, toMs: Math.min(bar.toMs, drawing.totalMs) }))
      .filter((bar) => bar.toMs >= bar.fromMs)
      .sort((a, b) => PART_ORDER.indexOf(a.part) - PART_ORDER.indexOf(b.part))
  // The sort is stable: lanes of one kind stay in the order in which they came up.
  return lanes.sort((a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind))
}

function drawBar(
  drawing: Drawing,
  lane: Lane,
  part: BarPart,
  step: StepJson,
  index: number,
  toMs = endOf(drawing, step),
): void {
  if (toMs !== null) lane.bars.push({ part, fromMs: step.offsetMs, toMs, step: index })
}

/** null: it did not last, or nobody knows how long. */
function endOf({ call, totalMs }: Drawing, step: StepJson): number | null {
  if (step.durationMs !== null) return step.offsetMs + step.durationMs
  return call.endedAt === null ? totalMs : null
}

function nextStep({ call }: Drawing, index: number, is: (step: StepJson) => boolean): StepJson | undefined {
  return call.steps.find((step, i) => i > index && is(step))
}

function customerLane(drawing: Drawing): Lane {
  return laneOf(drawing, 'customer', '', drawing.call.customer)
}

function agentLane(drawing: Drawing, { agent }: StepJson): Lane {
  const id = agent?.id ?? ''
  return laneOf(drawing, 'agent', id, agent?.name ?? id)
}

/** A step that names no number belongs to the line there is. */
function externalLane(drawing: Drawing, { number }: StepJson): Lane {
  const known = [...drawing.lanes.values()].find(
    (lane) => lane.kind === 'external' && (number === null || lane.name === number),
  )
  return known ?? laneOf(drawing, 'external', number ?? '', number)
}

function laneOf({ lanes }: Drawing, kind: LaneKind, key: string, name: string | null): Lane {
  const id = laneId(kind, key)
  const known = lanes.get(id)
  // A name may come later than the id.
  if (known) {
    if (name !== null && known.name === key) known.name = name
    return known
  }
  const lane: Lane = { id, kind, name, bars: [], marks: [] }
  lanes.set(id, lane)
  return lane
}

function laneId(kind: LaneKind, key: string): string {
  return `${kind} ${key}`
}

/** From the first word with the customer to the last; null: there was none. */
export function talkOf({ lanes }: CallLanes): { fromMs: number; toMs: number } | null {
  const talks = lanes.flatMap(({ bars }) => bars.filter(({ part }) => part === 'talk'))
  if (talks.length === 0) return null
  return { fromMs: Math.min(...talks.map((bar) => bar.fromMs)), toMs: Math.max(...talks.map((bar) => bar.toMs)) }
}

/** Keys that were pressed within `nearMs` of each other are one mark with all of them, where the first was. */
export function joinedMarks(marks: readonly Mark[], nearMs: number): Mark[] {
  const joined: Mark[] = []
  let lastMs = Number.NEGATIVE_INFINITY
  for (const mark of marks) {
    const before = joined.at(-1)
    if (before?.kind === 'key' && mark.kind === 'key' && mark.atMs - lastMs < nearMs) before.text += mark.text
    else joined.push({ ...mark })
    lastMs = mark.atMs
  }
  return joined
}
