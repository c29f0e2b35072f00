// Event types that never come from outside. Apart from call-event.ts, so that the store's threads need no schemas to start.
import type { CallEventType } from './call-event.ts'

/** Told by Callbook itself about files it has; refused from outside, or a record could claim audio that is not there. */
export const INTERNAL_EVENT_TYPES: ReadonlySet<CallEventType> = new Set([
  'recording-stored',
  'recording-deleted',
  'recording-missing',
  'recording-damaged',
  'recording-held',
  'recording-released',
  'recording-silenced',
])
