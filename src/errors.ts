// The catalogue of everything Callbook says no to: a stable code, its HTTP status and a sentence. http/problem.ts turns
// an AppError into problem+json; nothing else decides a status. `{name}` in a sentence is filled from the details.

export const errors = {
  'authentication-required': [401, 'Log in, or send an API key: Authorization: Bearer <key>.'],
  'login-refused': [401, 'The name or the password is wrong.'],
  'key-refused': [401, 'This API key is not known, or was revoked.'],
  'not-allowed': [403, 'Your account or key may not do this: it needs {needs}.'],
  'origin-refused': [
    403,
    'A request that changes something must come from Callbook’s own pages when it uses a session cookie.',
  ],
  'password-too-short': [422, 'A password has at least {minimum} characters.'],
  'password-wrong': [422, 'The present password is wrong.'],
  'user-exists': [409, 'There is a user named {name} already.'],
  'user-not-found': [404, 'There is no user {name}.'],
  'last-admin': [409, 'This is the last account that administers Callbook: make another one first.'],
  'too-many-users': [409, 'There are {limit} users already, and there may be no more.'],
  'too-many-keys': [409, 'There are {limit} keys that are not revoked: revoke one first.'],
  'key-not-found': [404, 'There is no key {id}.'],
  'unknown-scope': [422, 'There is no scope {scope}. Scopes are: {scopes}.'],
  'call-not-found': [404, 'There is no call {callId}.'],
  'note-not-found': [404, 'Call {callId} has no note {noteId}.'],
  'note-empty': [422, 'A note has a text, a tag, or both.'],
  'too-many-notes': [409, 'This call has {limit} notes already, and may have no more.'],
  'recording-not-found': [404, 'Call {callId} has no recording {n}.'],
  'recording-not-available': [409, 'Recording {n} of call {callId} is {state}.'],
  'recording-gone': [410, 'Recording {n} of call {callId} was deleted: {because}.'],
  'peaks-not-available': [
    404,
    'Recording {n} of call {callId} has no waveform: it could not be read as sound, or not yet.',
  ],
  'recording-is-held': [409, 'Recording {n} of call {callId} is held, and stays as it is: release it first.'],
  'recording-not-converted': [
    409,
    'Recording {n} of call {callId} is compressed and not decoded yet: install ffmpeg on the machine of Callbook.',
  ],
  'recording-missing': [404, 'The file of recording {n} of call {callId} is missing.'],
  'recording-damaged': [
    409,
    'The file of recording {n} of call {callId} is not the one that was stored: what is in it was changed.',
  ],
  'file-damaged': [409, 'A stored file is not the one that was written: {detail}.'],
  'recording-key-missing': [
    503,
    'The file of this recording is encrypted with key {keyId}, which this server does not have: give it the key again (CALLBOOK_RECORDINGS_KEYS_FILE).',
  ],
  'recording-exists': [409, 'Call {callId} has another recording {n} already.'],
  'recording-held': [409, 'A recording that was to be deleted is held.'],
  'retention-invalid': [422, '{detail}.'],
  'not-a-wav': [422, 'This is not a WAV file that can be read: {detail}.'],
  'recording-too-large': [413, 'A recording has at most {limit} bytes.'],
  'recording-incomplete': [400, 'The upload broke off: {received} of {expected} bytes came.'],
  'upload-offset-wrong': [409, 'The upload is at byte {offset}: go on from there.'],
  'digest-mismatch': [422, 'The bytes that came do not have the digest that was announced.'],
  'precondition-failed': [412, 'The recording is not the one that was asked for: it has changed.'],
  'range-not-satisfiable': [416, 'The range lies outside the {sizeBytes} bytes there are.'],
  'number-incomplete': [422, 'Numbers are masked for you: search for a whole number, without * and in its own field.'],
  'too-many-numbers': [
    429,
    'Numbers are masked for you: at most {limit} different ones may be searched for in ten minutes.',
  ],
  'bad-request': [400, '{detail}'],
  'cdr-unreadable': [422, 'This is no document of mod_json_cdr: {detail}'],
  'malformed-json': [400, 'The body is not JSON: {detail}.'],
  'unsupported-media-type': [415, 'Send {expected}.'],
  'body-too-large': [413, 'The body is larger than {limit} bytes: send it in parts.'],
  'too-many-events': [413, 'More than {limit} events in one request: send them in parts.'],
  'search-too-wide': [422, 'A search reaches back at most {days} days from today.'],
  'search-range-reversed': [422, 'The range ends before it begins.'],
  'bad-time': [
    400,
    '{field}: "{value}" is not a time. Use ISO 8601 with zone, a day (2026-11-23) or epoch milliseconds.',
  ],
  'bad-number-term': [
    400,
    '{field}: "{value}" is not a number to search for. Use digits, with * at the beginning or end.',
  ],
  'bad-cursor': [400, 'The cursor is not one that Callbook gave out.'],
  'export-not-found': [404, 'There is no export {id}.'],
  'export-not-ready': [409, 'Export {id} is not finished yet.'],
  'export-gone': [410, 'The file of export {id} is gone: exports are kept for a day.'],
  'export-failed': [409, 'Export {id} has failed: {failure}.'],
  'export-changed': [409, 'A recording of this export was deleted or changed since: {name}. Export again.'],
  'export-too-large': [422, 'One export takes at most {limit} recordings: narrow the search.'],
  'too-many-exports': [409, 'You have {limit} exports already: remove some of them first.'],
  'exports-full': [507, 'There is no room for more exports: remove some of them first, or search for less.'],
  'too-many-watchers': [503, 'Too many live feeds are open.'],
  'too-many-requests': [429, 'Too many requests: try again in {seconds} s.'],
  'store-unavailable': [
    503,
    'The store cannot be written at the moment: {detail}. Nothing of this request is kept; send it again.',
  ],
  'view-not-found': [404, 'There is no view {id}.'],
  'too-many-views': [409, 'There are {limit} views already, and there may be no more: delete one first.'],
  'connector-exists': [409, 'There is a connector named {name} already.'],
  'connector-in-file': [
    409,
    'The connector {name} stands in callbook.config.json: change it there and start Callbook anew.',
  ],
  'connector-invalid': [422, 'This connector cannot be used: {detail}.'],
  'connector-secret-needed': [422, 'Give the secret anew: it is kept for another host, port or user name.'],
  'connectors-in-console-off': [
    403,
    'Connectors are made in callbook.config.json alone (CALLBOOK_CONNECTORS_IN_CONSOLE=0).',
  ],
  'too-many-connectors': [409, 'There are {limit} connectors made in the console already, and there may be no more.'],
  'too-many-tests': [429, 'Other connections are being tried just now: come again in a moment.'],
  'person-not-found': [404, 'No agent or skill group {id} is known.'],
  'too-many-names': [409, 'There are {limit} given names already, and there may be no more.'],
  'sample-busy': [409, 'Sample calls are being filled in or removed just now: wait until that is done.'],
  'sample-absent': [409, 'There are no sample calls.'],
  'connector-not-found': [404, 'There is no connector {name}.'],
  'call-changed': [409, 'Call {callId} was changed by somebody else meanwhile.'],
  'store-busy': [503, 'The store has more to do than it can take on: try again in a moment.'],
  'not-found': [404, 'There is nothing here.'],
  'internal-error': [500, 'Something went wrong inside Callbook; its log says what (request {requestId}).'],
  // Per-event refusals of POST /events (the request itself answers 200).
  'event-not-an-object': [422, 'An event is a JSON object.'],
  'event-malformed-json': [422, 'The line is not JSON, or nests too deeply.'],
  'event-too-large': [413, 'An event has at most {limit} bytes.'],
  'unknown-event-type': [422, '"{type}" is not an event type.'],
  'event-type-reserved': [422, '"{type}" is told by Callbook itself and not taken from outside.'],
  'invalid-event': [422, '{detail}'],
  'event-time-out-of-range': [422, '"{at}" lies outside 2000-01-01 and one day from now.'],
  'call-too-long': [422, 'Call {callId} has {limit} events already.'],
  // Start-up.
  'config-invalid': [500, '{detail}'],
  'data-folder-unwritable': [
    500,
    'The data folder {folder} cannot be written: {detail}. Choose another with CALLBOOK_DATA.',
  ],
  'file-exists': [409, 'There is a file {file} already: choose another name, or --force.'],
  'already-running': [500, '{what} is running already: let it end, or stop it first.'],
  'port-in-use': [500, 'Port {port} on {host} is in use. Choose another with CALLBOOK_PORT.'],
} as const satisfies Record<string, readonly [status: number, sentence: string]>

export type ErrorCode = keyof typeof errors

/** A caller's mistake, or a state of the world that the caller must be told of. Never for our own bugs: those are asserted. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(sentenceOf(code, details), options)
    this.name = 'AppError'
    this.code = code
    this.details = details
  }

  get status(): number {
    return errors[this.code][0]
  }
}

/** The sentence of a code with its `{names}` filled in. */
export function sentenceOf(code: ErrorCode, details: Readonly<Record<string, unknown>>): string {
  return errors[code][1].replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? '?'))
}
