// The keys by which recordings are encrypted at rest: read from a few lines of text, named by what they are, so that a
// wrong key is never taken for the right one. Called by config.ts, which hands over the environment. Nothing here prints a key.
import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export interface RecordingKey {
  /** 16 hexadecimal digits, from the key itself: they say which it is and nothing about it. */
  id: string
  /** A KeyObject on purpose: printed or logged, it shows nothing of itself. */
  secret: KeyObject
}

export interface RecordingKeys {
  /** What new files are encrypted with; null: they are not. */
  newest: RecordingKey | null
  byId: ReadonlyMap<string, RecordingKey>
}

export const NO_KEYS: RecordingKeys = { newest: null, byId: new Map() }
const KEY_BYTES = 32

/**
 * One key a line, or separated by commas: 32 bytes as base64 or as 64 hexadecimal digits; `#` begins a comment. The last one
 * is the newest. What is wrong with it, as a clause that repeats nothing of a key.
 */
export function readRecordingKeys(text: string): RecordingKeys | { mistake: string } {
  const byId = new Map<string, RecordingKey>()
  let newest: RecordingKey | null = null
  for (const [i, line] of text.split('\n').entries())
    for (const word of line.replace(/#.*/, '').split(/[\s,]+/)) {
      if (word === '') continue
      const bytes = bytesOf(word)
      if (!bytes) return { mistake: `line ${i + 1} is no key: 32 bytes as base64 or hexadecimal` }
      newest = { id: keyIdOf(bytes), secret: createSecretKey(bytes) }
      // Named again further down, it is newer.
      byId.delete(newest.id)
      byId.set(newest.id, newest)
    }
  return newest ? { newest, byId } : { mistake: 'has no key in it' }
}

/**
 * By settings: from a file, or from the environment itself. `off`: nothing new is encrypted, what was can still be read.
 * What is wrong goes into `mistakes`.
 */
export function recordingKeysOf(env: NodeJS.ProcessEnv, cwd: string, mistakes: string[]): RecordingKeys {
  const { CALLBOOK_RECORDINGS_KEYS: inline, CALLBOOK_RECORDINGS_KEYS_FILE: file } = env
  const encryption = env.CALLBOOK_RECORDINGS_ENCRYPTION || (inline || file ? 'on' : 'off')
  if (encryption !== 'on' && encryption !== 'off')
    mistakes.push(`CALLBOOK_RECORDINGS_ENCRYPTION: "${encryption}" is neither on nor off`)
  if (inline && file)
    mistakes.push('CALLBOOK_RECORDINGS_KEYS and CALLBOOK_RECORDINGS_KEYS_FILE are both set: leave one of them out')
  if (!inline && !file) {
    if (encryption === 'on') mistakes.push('CALLBOOK_RECORDINGS_ENCRYPTION: on needs CALLBOOK_RECORDINGS_KEYS_FILE')
    return NO_KEYS
  }
  const name = file ? 'CALLBOOK_RECORDINGS_KEYS_FILE' : 'CALLBOOK_RECORDINGS_KEYS'
  const keys = readRecordingKeys(file ? readKeyFile(resolve(cwd, file), mistakes) : (inline ?? ''))
  if ('mistake' in keys) {
    mistakes.push(`${name}: ${keys.mistake}`)
    return NO_KEYS
  }
  return encryption === 'off' ? { ...keys, newest: null } : keys
}

function readKeyFile(path: string, mistakes: string[]): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    mistakes.push(`CALLBOOK_RECORDINGS_KEYS_FILE: ${(cause as Error).message}`)
    return ''
  }
}

/** A new key, as a line of a key file, and its id. */
export function makeRecordingKey(): { id: string; line: string } {
  const bytes = randomBytes(KEY_BYTES)
  return { id: keyIdOf(bytes), line: bytes.toString('base64') }
}

function keyIdOf(bytes: Uint8Array): string {
  return createHash('sha256').update('callbook recording key 1\0').update(bytes).digest('hex').slice(0, 16)
}

function bytesOf(word: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(word)) return Buffer.from(word, 'hex')
  const bytes = /^[A-Za-z0-9+/_-]{43}=?$/.test(word) ? Buffer.from(word, 'base64') : null
  return bytes?.length === KEY_BYTES ? bytes : null
}
