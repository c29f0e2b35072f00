// Random secrets and their hashes, for sessions, keys and one-time passwords. Only hashes are stored; the secrets have
// 256 bits, so a plain SHA-256 cannot be searched backwards (passwords are people's and go to passwords.ts).
import { createHash, randomBytes, randomInt } from 'node:crypto'

/** 32 random bytes, as text that fits a cookie, a header and a command line. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

// Without 0/O, 1/l/I: it is read off a screen and typed.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A password to be printed once: 20 letters and digits, about 115 bits. */
export function newPassword(): string {
  return Array.from({ length: 20 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('')
}
