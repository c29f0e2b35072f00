// The closed lists of words a call is described with (docs/glossary.md). Everything that names a type, reason, cause or
// phase takes it from here: schemas, rules, SQL, API and screen.

export const CALL_TYPES = ['inbound', 'outbound', 'back-to-back', 'predictive', 'virtual-number', 'internal'] as const
export type CallType = (typeof CALL_TYPES)[number]

export const HANGUP_REASONS = [
  'normal',
  'not-connected',
  'abandoned-in-ivr',
  'abandoned-in-queue',
  'abandoned-while-ringing',
  'queue-timeout',
  'transferred-external',
  'unknown',
] as const
export type HangupReason = (typeof HANGUP_REASONS)[number]

export const NOT_CONNECTED_CAUSES = [
  'busy',
  'rejected',
  'no-answer',
  'caller-cancelled',
  'invalid-number',
  'network',
  'agent-unavailable',
] as const
export type NotConnectedCause = (typeof NOT_CONNECTED_CAUSES)[number]

export const RELEASING_PARTIES = ['agent', 'customer', 'system'] as const
export type ReleasingParty = (typeof RELEASING_PARTIES)[number]

/** What is happening in a live call right now. */
export const PHASES = ['ivr', 'queued', 'ringing', 'talking', 'held', 'dialling'] as const
export type Phase = (typeof PHASES)[number]

/** How a caller left a queue without being asked to: by an agent's answer, by leaving, by its time limit, refused at the door, moved on by somebody. */
export const QUEUE_OUTCOMES = ['answered', 'abandoned', 'timeout', 'refused', 'moved'] as const
export type QueueOutcome = (typeof QUEUE_OUTCOMES)[number]

/**
 * How the ringing of an agent's phone ended. `cancelled`: the caller left while it rang. `withdrawn`: the PBX stopped it
 * (queue time limit, redirect). `answered-elsewhere`: another phone of a ring-all group was quicker.
 */
export const RING_OUTCOMES = [
  'no-answer',
  'rejected',
  'busy',
  'cancelled',
  'withdrawn',
  'answered-elsewhere',
  'unavailable',
] as const
export type RingOutcome = (typeof RING_OUTCOMES)[number]

/** How dialling an external line ended when nobody answered there, or `answered` when a talk with it ended. */
export const EXTERNAL_OUTCOMES = ['answered', 'busy', 'rejected', 'no-answer', 'cancelled', 'failed'] as const
export type ExternalOutcome = (typeof EXTERNAL_OUTCOMES)[number]

export const TRANSFER_KINDS = ['blind', 'attended', 'redirect'] as const
export type TransferKind = (typeof TRANSFER_KINDS)[number]

/** Where parts of a call were read afterwards, because nobody listened while they happened: the PBX's own records. */
export const RECONSTRUCTION_SOURCES = ['cel', 'queue-log', 'cdr'] as const
export type ReconstructionSource = (typeof RECONSTRUCTION_SOURCES)[number]

/** Which rule of retention deleted a recording: too old; its skill group, or everything, over its size; the disk too full. */
export const DELETION_RULES = ['age', 'group-capacity', 'capacity', 'free-space'] as const
export type DeletionRule = (typeof DELETION_RULES)[number]

export const RECORDING_STATES = ['recording', 'available', 'deleted', 'missing', 'damaged'] as const
export type RecordingState = (typeof RECORDING_STATES)[number]
