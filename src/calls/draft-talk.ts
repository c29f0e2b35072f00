// Who talks in a call draft: agents and external lines coming and going, hold, and the talk clock.
import type { Step } from './call.ts'
import { addPart, type CallDraft, reachesOut } from './call-draft.ts'
import type { CallEventOf } from './call-event.ts'
import { closeQueue, leaveIvr } from './draft-queue.ts'
import { endRing } from './draft-ringing.ts'

export function answerAgent(draft: CallDraft, event: CallEventOf<'agent-answered'>, step: Step): void {
  const at = step.at
  leaveIvr(draft, at)
  addPart(draft, event.agent)
  endRing(draft, event.agent.id, at, null, null)
  const groupId = event.skillGroup?.id ?? draft.queue?.id ?? null
  // Back-to-back, her own phone comes first: she is there when the customer answers.
  const comesFirst = reachesOut(draft.type) && draft.customerAnswered === null
  const alone = event.withCustomer === false && !comesFirst
  if (alone) return
  closeQueue(draft, at, 'answered', null)
  const present = draft.present.get(event.agent.id)
  if (!present || present.step === null) draft.present.set(event.agent.id, { step })
  if (draft.type !== null && !customerIsThere(draft)) return
  noteTalk(draft, event.agent.id, step, groupId)
}

/** Keeps who talked first, and where, the moment that the customer and somebody can hear each other. */
export function noteTalk(draft: CallDraft, agentId: string | null, step: Step, groupId: string | null): void {
  if (agentId !== null) {
    const known = draft.parts.get(agentId)
    if (known) known.talked = true
  }
  const first = draft.firstTalk
  // An agent counts before an external line: who served the customer is a person inside.
  if (first === null || (first.agentId === null && agentId !== null)) {
    draft.firstTalk = { agentId, at: first?.at ?? step.at, step: step.eventId, groupId }
  }
}

export function customerIsThere(draft: CallDraft): boolean {
  if (draft.type === 'internal') return [...draft.present.values()].length >= 2
  if (draft.type === 'predictive' || reachesOut(draft.type)) return draft.customerAnswered !== null
  return true
}

/** Starts and stops the talk clock after every event. */
export function followTalk(draft: CallDraft, step: Step): void {
  // Two phones joined through a virtual number: who called it is there until the end, and is no agent of the PBX.
  const isJoined = draft.type === 'virtual-number' && draft.diallingAgent === null && draft.caller !== null
  const somebody = draft.present.size > 0 || (draft.external !== null && draft.external.answeredAt !== null) || isJoined
  const talking = somebody && customerIsThere(draft) && draft.ended === null
  if (talking) {
    draft.talkSince ??= step.at
    for (const agentId of draft.present.keys()) noteTalk(draft, agentId, step, null)
    if (draft.present.size === 0) noteTalk(draft, null, step, null)
  } else if (draft.talkSince !== null) {
    endHold(draft, step.at)
    draft.talkMs += step.at - draft.talkSince
    draft.talkSince = null
  }
}

export function endAgent(draft: CallDraft, agentId: string, at: number, step: Step): void {
  const present = draft.present.get(agentId)
  if (!present) {
    step.remark = 'not-talking'
    return
  }
  if (present.step) present.step.durationMs = at - present.step.at
  draft.present.delete(agentId)
}

export function endHold(draft: CallDraft, at: number): void {
  if (draft.hold === null) return
  draft.holdMs += at - draft.hold.since
  draft.hold.step.durationMs = at - draft.hold.since
  draft.hold = null
}

export function endExternal(draft: CallDraft, at: number): void {
  if (draft.external === null) return
  draft.external.step.durationMs = at - draft.external.step.at
  draft.external = null
}
