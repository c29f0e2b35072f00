// Range requests (RFC 9110 §14) and the conditions before them, as pure questions. Called by the download route.

/** First and last byte, both inclusive. */
export interface ByteRange {
  first: number
  last: number
}

/**
 * What a Range header asks of `size` bytes. A header that is malformed, of another unit or of several ranges is passed
 * over, as the standard allows: the whole comes, and a player reads on from there.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const parts = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '')
  if (!parts) return 'whole'
  const [, from = '', to = ''] = parts
  if (from === '' && to === '') return 'whole'
  if (from === '') {
    const length = Math.min(Number(to), size)
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 }
  }
  const first = Number(from)
  if (to !== '' && Number(to) < first) return 'whole'
  if (first >= size) return 'unsatisfiable'
  return { first, last: to === '' ? size - 1 : Math.min(Number(to), size - 1) }
}

export interface Validators {
  /** Strong, with its quotation marks. */
  etag: string
  /** As in the Last-Modified header. */
  lastModified: string
}

/** May a range be answered, or has what the client has a part of changed? Only strong agreement counts (RFC 9110 §13.1.5). */
export function ifRangeHolds(header: string | undefined, { etag, lastModified }: Validators): boolean {
  return header === undefined || header.trim() === etag || header.trim() === lastModified
}

/** Does the client ask for bytes that are no longer these (412)? If-Match goes before If-Unmodified-Since (RFC 9110 §13.2.2). */
export function isOutdated(
  headers: { ifMatch: string | undefined; ifUnmodifiedSince: string | undefined },
  { etag, lastModified }: Validators,
): boolean {
  if (headers.ifMatch !== undefined) {
    const tags = headers.ifMatch.split(',').map((tag) => tag.trim())
    return !tags.includes(etag) && !tags.includes('*')
  }
  const since = Date.parse(headers.ifUnmodifiedSince ?? '')
  return !Number.isNaN(since) && Date.parse(lastModified) > since
}

/** Does the client have these bytes already (304)? If-None-Match goes before If-Modified-Since. */
export function isNotModified(
  headers: { ifNoneMatch: string | undefined; ifModifiedSince: string | undefined },
  { etag, lastModified }: Validators,
): boolean {
  if (headers.ifNoneMatch !== undefined) {
    const tags = headers.ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
    return tags.includes(etag) || tags.includes('*')
  }
  if (headers.ifModifiedSince === undefined) return false
  const since = Date.parse(headers.ifModifiedSince)
  return !Number.isNaN(since) && Date.parse(lastModified) <= since
}
