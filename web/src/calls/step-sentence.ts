// One step of a call as a sentence in the reader's language. Every event type has one; a type this console does not know
// yet is shown by its name rather than left out.
import type { TFunction } from 'i18next'
import type { CallDetailJson, StepJson } from '../../../src/calls/call-json.ts'
import type { ExternalOutcome, NotConnectedCause, QueueOutcome, RingOutcome } from '../../../src/calls/vocabulary.ts'
import { agentText, groupText } from './call-words.ts'

export function stepSentence(step: StepJson, call: CallDetailJson, t: TFunction): string {
  // Numbers are set off by spaces in Chinese text, Chinese names are not.
  return sentenceOf(step, call, t).replace(FULL_WIDTH_GAP, '')
}

const FULL_WIDTH_GAP = /(?<=[\u2e80-\u9fff\uff00-\uffef]) (?=[\u2e80-\u9fff\uff00-\uffef“])/g

function sentenceOf(step: StepJson, call: CallDetailJson, t: TFunction): string {
  const agent = agentText(step.agent, t)
  const group = step.skillGroup ? groupText(step.skillGroup) : '–'
  const { number, node } = step
  const by = step.by === 'agent' && step.agent ? agent : step.by ? t(`party.${step.by}`) : null
  switch (step.type) {
    case 'call-started':
      return step.mergedFrom === null ? startSentence(step, call, t) : consultationSentence(step, t)
    case 'call-described':
      return describedSentence(step, t)
    case 'call-reconstructed': {
      const sources = (step.sources ?? []).map((source) => t(`reconstructedFrom.${source}`))
      return t('step.reconstructed', { sources: sources.join(', ') || '–' })
    }
    case 'ivr-entered':
      return node ? t('step.ivrNode', { node }) : t('step.ivrEntered')
    case 'key-pressed':
      return node
        ? t('step.keyPressedAt', { key: step.key ?? '?', node })
        : t('step.keyPressed', { key: step.key ?? '?' })
    case 'queue-entered':
      return t('step.queueEntered', { group })
    case 'queue-left':
      return t(`step.queueLeft.${(step.outcome as QueueOutcome | null) ?? 'none'}`, { group })
    case 'agent-ringing':
      return step.skillGroup ? t('step.agentRingingFor', { agent, group }) : t('step.agentRinging', { agent })
    case 'agent-ring-ended':
      return t(`step.ringEnded.${(step.outcome as RingOutcome | null) ?? 'none'}`, { agent })
    case 'agent-answered':
      return t(wasOnTheLine(step, call) ? 'step.agentConnected' : 'step.agentAnswered', { agent })
    case 'agent-left':
      return t('step.agentLeft', { agent })
    case 'customer-ringing':
      return number ? t('step.customerRingingAt', { number }) : t('step.customerRinging')
    case 'customer-answered':
      return number ? t('step.customerAnsweredAt', { number }) : t('step.customerAnswered')
    case 'customer-not-connected':
      return t(`step.notConnected.${(step.outcome as NotConnectedCause | null) ?? 'no-answer'}`)
    case 'held':
      return by ? t('step.heldBy', { by }) : t('step.held')
    case 'resumed':
      return by ? t('step.resumedBy', { by }) : t('step.resumed')
    case 'transferred':
      return transferSentence(step, t)
    case 'external-dialled':
      return number ? t('step.externalDialledAt', { number }) : t('step.externalDialled')
    case 'external-answered':
      return number ? t('step.externalAnsweredAt', { number }) : t('step.externalAnswered')
    case 'external-ended':
      return t(`step.externalEnded.${(step.outcome as ExternalOutcome | null) ?? 'none'}`)
    case 'supervisor-joined':
      return t('step.supervisorJoined', { agent })
    case 'supervisor-left':
      return t('step.supervisorLeft', { agent })
    case 'recording-started':
      return t('step.recordingStarted')
    case 'recording-ready':
      return t('step.recordingReady', { n: step.recording ?? 1 })
    case 'recording-paused':
      return t('step.recordingPaused')
    case 'recording-resumed':
      return t('step.recordingResumed')
    case 'recording-silenced':
      return t('step.recordingSilenced', { n: step.recording ?? 1 })
    case 'recording-stored':
      return t('step.recordingStored', { n: step.recording ?? 1 })
    case 'recording-deleted':
      return t('step.recordingDeleted', { n: step.recording ?? 1 })
    case 'recording-missing':
      return t('step.recordingMissing', { n: step.recording ?? 1 })
    case 'recording-held':
      return t('step.recordingHeld', { n: step.recording ?? 1 })
    case 'recording-released':
      return t('step.recordingReleased', { n: step.recording ?? 1 })
    case 'recording-damaged':
      return t('step.recordingDamaged', { n: step.recording ?? 1 })
    case 'calls-merged':
      return t('step.callsMerged')
    case 'hangup-requested':
      return t('step.hangupRequested', { by: by ?? t('party.system') })
    case 'call-ended':
      if (step.by === 'system') return t('step.endedBySystem')
      return by ? t('step.endedBy', { by }) : t('step.ended')
    default:
      return t('step.other', { type: step.type })
  }
}

/** The customer answered, and this agent had been waiting for that: she does not pick up, she is put through. */
function wasOnTheLine(step: StepJson, call: CallDetailJson): boolean {
  const before = call.steps.slice(0, call.steps.indexOf(step))
  const answered = before.findLastIndex((each) => each.type === 'customer-answered')
  if (answered < 0) return false
  return !before.slice(answered).some((each) => each.type === 'agent-ringing' && each.agent?.id === step.agent?.id)
}

function startSentence(step: StepJson, call: CallDetailJson, t: TFunction): string {
  const customer = call.customer ?? call.caller ?? '?'
  const number = step.number ?? call.dialledNumber
  const agent = agentText(step.agent ?? call.agent, t)
  const caller = step.agent || call.agent ? agent : (call.caller ?? '?')
  switch (call.type) {
    case 'inbound':
      return number ? t('step.started.inboundTo', { customer, number }) : t('step.started.inbound', { customer })
    case 'outbound':
      return t('step.started.outbound', { agent, customer })
    case 'back-to-back':
      return t('step.started.back-to-back', { agent, customer })
    case 'predictive':
      return t('step.started.predictive', { customer })
    case 'virtual-number':
      return number
        ? t('step.started.virtualVia', { caller, customer, number })
        : t('step.started.virtual-number', { caller, customer })
    case 'internal': {
      const other = call.agents.find(({ id }) => id === call.callee)
      return t('step.started.internal', { agent, callee: other ? agentText(other, t) : (call.callee ?? '?') })
    }
  }
}

/** More was told of the call after it had begun, or something was put right. */
function describedSentence(step: StepJson, t: TFunction): string {
  const { callType, customer, dialledNumber } = step.described ?? {}
  const told = [
    callType ? t('step.described.type', { type: t(`callType.${callType}`) }) : null,
    customer ? t('step.described.customer', { number: customer }) : null,
    dialledNumber ? t('step.described.dialledNumber', { number: dialledNumber }) : null,
    step.agent ? t('step.described.agent', { agent: agentText(step.agent, t) }) : null,
  ].filter((part) => part !== null)
  if (told.length === 0) return t('step.described.nothing')
  return t('step.described.told', { told: told.join(t('comma')) })
}

function consultationSentence(step: StepJson, t: TFunction): string {
  const agent = agentText(step.agent, t)
  return step.number
    ? t('step.started.consultationTo', { agent, number: step.number })
    : t('step.started.consultation', { agent })
}

function transferSentence(step: StepJson, t: TFunction): string {
  const { transfer } = step
  const target = transfer?.toAgent
    ? agentText(transfer.toAgent, t)
    : transfer?.toSkillGroup
      ? t('step.transferred.group', { group: groupText(transfer.toSkillGroup) })
      : (transfer?.toNumber ?? t('step.transferred.elsewhere'))
  const kind = transfer?.kind ?? 'none'
  return transfer?.from
    ? t(`step.transferred.${kind}From`, { agent: agentText(transfer.from, t), target })
    : t(`step.transferred.${kind}`, { target })
}
