// Digests a sender may announce for the bytes of an upload: `Content-Digest: sha-256=:…:` (RFC 9530) and the older
// `Content-MD5` (RFC 1864). Called by the upload route and the intake.
import { createHash, type Hash } from 'node:crypto'
import { AppError } from '../errors.ts'

export interface AnnouncedDigest {
  algorithm: 'sha256' | 'sha512' | 'md5'
  expected: Uint8Array
}

const ALGORITHMS = new Map<string, AnnouncedDigest['algorithm']>([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
])
const BYTES = { sha256: 32, sha512: 64, md5: 16 }

/**
 * Reads the headers of a request. Algorithms we do not know are passed over, as RFC 9530 asks.
 * @throws AppError bad-request, for a digest that cannot be one.
 */
export function announcedDigests(headers: Record<string, string | string[] | undefined>): AnnouncedDigest[] {
  const found: AnnouncedDigest[] = []
  const contentDigest = joined(headers['content-digest'])
  for (const member of contentDigest?.split(',') ?? []) {
    const parts = /^\s*([a-z0-9*._-]+)\s*=\s*:([A-Za-z0-9+/=]*):\s*$/.exec(member)
    if (!parts) throw new AppError('bad-request', { detail: 'Content-Digest is not of the form sha-256=:<base64>:.' })
    const algorithm = ALGORITHMS.get(parts[1] ?? '')
    if (algorithm) found.push({ algorithm, expected: decoded(parts[2] ?? '', algorithm, 'Content-Digest') })
  }
  const md5 = joined(headers['content-md5'])
  if (md5 !== undefined) found.push({ algorithm: 'md5', expected: decoded(md5.trim(), 'md5', 'Content-MD5') })
  return found
}

/** Takes in bytes and says at the end whether they are the announced ones. */
export function digestCheck(announced: readonly AnnouncedDigest[]): {
  update(bytes: Uint8Array): void
  holds(): boolean
} {
  const running: [Hash, Uint8Array][] = announced.map(({ algorithm, expected }) => [createHash(algorithm), expected])
  return {
    update: (bytes) => {
      for (const [hash] of running) hash.update(bytes)
    },
    holds: () => running.every(([hash, expected]) => hash.digest().equals(expected)),
  }
}

function decoded(base64: string, algorithm: AnnouncedDigest['algorithm'], header: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length !== BYTES[algorithm])
    throw new AppError('bad-request', { detail: `${header} is not a ${algorithm} digest in base64.` })
  return bytes
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(',') : value
}
