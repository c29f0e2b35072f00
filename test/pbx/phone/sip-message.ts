// SIP messages as text, as far as the test phone needs them (RFC 3261): one parser and one writer for each of request and
// response. Called by the phone alone; knows neither sockets nor the state of a call.
const CRLF = '\r\n'
const SHORT_NAMES: Record<string, string> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  r: 'refer-to',
}

export interface SipMessage {
  /** null: a request. */
  status: number | null
  /** Of a response: the method it answers. */
  method: string
  /** Of a request: whom it asks for. */
  uri: string
  headers: Map<string, string[]>
  callId: string
  cseq: number
  body: string
}

/** Reads one datagram; null for anything that is not SIP (keep-alives). */
export function parseSip(datagram: Uint8Array): SipMessage | null {
  const text = new TextDecoder().decode(datagram)
  const split = text.indexOf(CRLF + CRLF)
  const [first = '', ...lines] = text.slice(0, split < 0 ? undefined : split).split(CRLF)
  const headers = new Map<string, string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    const key = SHORT_NAMES[name] ?? name
    headers.set(key, [...(headers.get(key) ?? []), line.slice(colon + 1).trim()])
  }
  const [cseq, method] = (headers.get('cseq')?.[0] ?? '').split(' ')
  const callId = headers.get('call-id')?.[0]
  if (!cseq || !method || !callId) return null
  const words = first.split(' ')
  const isResponse = first.startsWith('SIP/2.0')
  return {
    status: isResponse ? Number(words[1]) : null,
    method,
    uri: isResponse ? '' : (words[1] ?? ''),
    headers,
    callId,
    cseq: Number(cseq),
    body: split < 0 ? '' : text.slice(split + 4),
  }
}

export function header(message: SipMessage, name: string): string {
  return message.headers.get(name)?.[0] ?? ''
}

export function tagOf(address: string): string | null {
  return /;tag=([^;>\s]+)/.exec(address)?.[1] ?? null
}

export function uriOf(address: string): string {
  return /<([^>]+)>/.exec(address)?.[1] ?? (address.split(';')[0] ?? '').trim()
}

/** The number or name before the @ of a SIP URI. */
export function userOf(uri: string): string {
  return /^sips?:([^@;]+)@/.exec(uri)?.[1] ?? ''
}

export interface SipContent {
  contact?: string
  headers?: string[]
  body?: string
}

export function writeResponse(
  request: SipMessage,
  { code, phrase, to, content = {} }: { code: number; phrase: string; to: string; content?: SipContent },
): string {
  const lines = [
    `SIP/2.0 ${code} ${phrase}`,
    ...(request.headers.get('via') ?? []).map((via) => `Via: ${via}`),
    `From: ${header(request, 'from')}`,
    `To: ${to}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq} ${request.method}`,
  ]
  return finish(lines, content)
}

export interface SipRequest {
  method: string
  uri: string
  via: string
  branch: string
  from: string
  to: string
  callId: string
  cseq: number
  content?: SipContent
}

export function writeRequest(request: SipRequest): string {
  const lines = [
    `${request.method} ${request.uri} SIP/2.0`,
    `Via: SIP/2.0/UDP ${request.via};branch=${request.branch}`,
    'Max-Forwards: 70',
    `From: ${request.from}`,
    `To: ${request.to}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq} ${request.method}`,
  ]
  return finish(lines, request.content ?? {})
}

function finish(lines: string[], { contact, headers = [], body = '' }: SipContent): string {
  if (contact) lines.push(`Contact: <${contact}>`)
  lines.push(...headers)
  if (body) lines.push('Content-Type: application/sdp')
  lines.push(`Content-Length: ${Buffer.byteLength(body)}`, '', body)
  return lines.join(CRLF)
}

/** An offer or answer of one PCMA stream with telephone events (RFC 4566, RFC 4733). */
export function writeSdp({
  host,
  port,
  version,
  direction,
}: {
  host: string
  port: number
  version: number
  direction: 'sendrecv' | 'sendonly'
}): string {
  return [
    'v=0',
    `o=phone 1 ${version} IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP 8 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-16',
    `a=${direction}`,
    '',
  ].join(CRLF)
}

/** Where the other side wants its audio; null when the body has no SDP. */
export function readSdp(body: string): { host: string; port: number } | null {
  const host = /^c=IN IP4 (\S+)/m.exec(body)?.[1]
  const port = /^m=audio (\d+)/m.exec(body)?.[1]
  return host && port ? { host, port: Number(port) } : null
}
