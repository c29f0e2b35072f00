// The name under which a browser saves a recording: `20261123-101500_呼入_13800138000_张三.wav`, in the two forms of
// RFC 6266, so that old clients get plain ASCII and others the real one. Pure; called by the download route.
import type { Call } from '../calls/call.ts'
import type { WriteInstant } from '../calls/call-json.ts'
import type { CallType } from '../calls/vocabulary.ts'

const TYPE_WORDS: Readonly<Record<CallType, string>> = {
  inbound: '呼入',
  outbound: '呼出',
  'back-to-back': '双呼',
  predictive: '预测式外呼',
  'virtual-number': '虚拟号码外呼',
  internal: '内部',
}

type NamedCall = Pick<Call, 'startedAt' | 'type' | 'customer' | 'caller' | 'agent' | 'id'>

/** Content-Disposition of recording `n`; `inline` is for playing, `attachment` for saving. */
export function contentDisposition(
  call: NamedCall,
  n: number,
  { write, disposition }: { write: WriteInstant; disposition: 'inline' | 'attachment' },
): string {
  const plain = joined([whenOf(call, write), call.type, numberOf(call), call.agent?.id ?? null, whichOf(n)])
  return dispositionOf(recordingFileName(call, n, write), plain, disposition)
}

/** `20261123-101500_呼入_13800138000_张三.wav`; from the second on with its number. Safe as one name of a path. */
export function recordingFileName(call: NamedCall, n: number, write: WriteInstant): string {
  const agent = call.agent?.name ?? call.agent?.id ?? null
  return joined([whenOf(call, write), TYPE_WORDS[call.type], numberOf(call), agent, whichOf(n)])
}

/** Content-Disposition (RFC 6266) with a name, and with one in ASCII for clients that know no other. */
export function dispositionOf(name: string, plain: string, disposition: 'inline' | 'attachment'): string {
  return `${disposition}; filename="${plain.replace(/[^\x20-\x7e]/g, '-')}"; filename*=UTF-8''${extendedValue(name)}`
}

function whenOf(call: NamedCall, write: WriteInstant): string {
  return write(call.startedAt).replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
}

function numberOf(call: NamedCall): string | null {
  return call.customer ?? call.caller
}

function whichOf(n: number): string | null {
  return n > 1 ? String(n) : null
}

function joined(parts: (string | null)[]): string {
  const words = parts.filter((part) => part !== null && part !== '').map((part) => safeWord(part ?? ''))
  return `${words.join('_')}.wav`
}

/** Takes out what file systems, shells or the header's own syntax read as something else. */
function safeWord(word: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return word.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"\\/:*?<>|%;']/g, '-').slice(0, 80)
}

/** RFC 8187 ext-value: percent-encoded but for attr-char. */
function extendedValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
