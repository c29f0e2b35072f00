// Against forged requests: a browser sends our cookie along whoever made it ask. A request that changes something and
// is not made with an API key must therefore come from Callbook's own pages (SameSite=Strict on the cookie is the
// other lock). Both headers are set by the browser and cannot be set by a page.
import type { FastifyRequest } from 'fastify'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * May this request be believed to come from our own pages, or from no browser at all? Sec-Fetch-Site is there in today's
 * browsers over TLS and on localhost, Origin with every changing request of any browser; a client that sends neither is
 * a program, which nobody can trick into sending a cookie.
 */
export function isFromOurPages(request: FastifyRequest): boolean {
  if (READING.has(request.method)) return true
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const origin = request.headers.origin
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const { protocol, host } = new URL(origin)
  // Only the host is compared: behind a proxy that is not told of (CALLBOOK_TRUST_PROXY) the scheme is not known.
  const own = `${protocol}//${request.host}`
  return host !== '' && URL.canParse(own) && new URL(own).host === host
}
