// What a key may be allowed to do, in the order in which it is offered, and its words.
import type { Scope } from '../../../src/access/permissions.ts'

/** The compiler holds this list to the server's. */
const OFFERED: Readonly<Record<Scope, true>> = {
  'events:write': true,
  'recordings:write': true,
  'calls:read': true,
  'recordings:read': true,
  'metrics:read': true,
  'notes:write': true,
  'recordings:hold': true,
  'recordings:silence': true,
  'retention:read': true,
  'retention:write': true,
  'receipts:read': true,
  'rejected:read': true,
  'rejected:write': true,
  'connectors:write': true,
  'names:write': true,
  'sample:write': true,
  'users:write': true,
  'keys:write': true,
}

export const SCOPES = Object.keys(OFFERED)

/** The end of the key of its words: a colon would divide the key. */
export function scopeKey(scope: string): string {
  return scope.replace(':', '-')
}
