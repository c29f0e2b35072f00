// Makes cursors unreadable to whoever carries them (AES-256-GCM, a key of this process). Called by unreached-routes.ts for
// readers who may not see the number that stands in one.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16
/** No plain cursor has a dot in it. */
const MARK = 's.'

export interface CursorSeal {
  close(cursor: string): string
  /** null: not sealed, or not by this process. */
  open(sealed: string): string | null
}

export function cursorSeal(): CursorSeal {
  const key = randomBytes(32)
  return {
    close: (cursor) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(cursor, 'utf8'), cipher.final()])
      return MARK + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')
    },
    open: (sealed) => {
      if (!sealed.startsWith(MARK)) return null
      const bytes = Buffer.from(sealed.slice(MARK.length), 'base64url')
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) return null
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
        const body = bytes.subarray(NONCE_BYTES + TAG_BYTES)
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
      } catch {
        return null
      }
    },
  }
}
