// Headers that go with every answer and keep a browser from doing with it what we never meant.
import type { FastifyReply, FastifyRequest } from 'fastify'

/** For the API: an answer is data (or audio, opened by itself), never a page. */
const API_POLICY = "default-src 'none'; media-src 'self'; frame-ancestors 'none'"

export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'content-security-policy': API_POLICY,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  })
  if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
}

/**
 * For the console: scripts are our files, and the one in the page itself that carries the nonce. Ant Design writes its styles into <style> elements, which carry the nonce;
 * style attributes are set by libraries that draw (waveform, positions) and cannot run anything.
 */
export function consolePolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}
