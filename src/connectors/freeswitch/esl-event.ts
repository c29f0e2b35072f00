// One event of FreeSWITCH as names and values, from either form of the wire or from a file, and the questions that are
// asked of it. Pure. Names are as FreeSWITCH writes them; those of channel variables begin with `variable_`.

/** A value given several times (`transfer_history`) is a list. */
export type EslEvent = Readonly<Record<string, string | readonly string[]>>

/** Fields of one event; a full one has 320. */
const FIELDS_MAX = 4_000

/** The value of a field, the first one of a list; '' when it is not there (absent and empty mean the same). */
export function text(event: EslEvent, name: string): string {
  const value = event[name]
  return typeof value === 'string' ? value : (value?.[0] ?? '')
}

/** All values: a JSON list, the text form `ARRAY::a|:b`, or one plain value. */
export function texts(event: EslEvent, name: string): readonly string[] {
  const value = event[name]
  if (value === undefined || value === '') return []
  return typeof value === 'string' ? listOf(value) : value
}

/** `ARRAY::a|:b` is how FreeSWITCH writes a list where only text fits. */
export function listOf(value: string): readonly string[] {
  return value.startsWith('ARRAY::') ? value.slice(7).split('|:') : [value]
}

/** A time in microseconds since 1970 → epoch ms with fraction; null: absent or 0, which means never. */
export function instant(event: EslEvent, name: string): number | null {
  return instantOf(text(event, name))
}

export function instantOf(microseconds: string): number | null {
  return /^[1-9]\d{14,15}$/.test(microseconds) ? Number(microseconds) / 1000 : null
}

/** A JSON object of one event → the event; a string says why it is none. Numbers are taken as text. */
export function eventOf(value: unknown): EslEvent | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'It is not a JSON object.'
  const entries = Object.entries(value)
  if (entries.length > FIELDS_MAX) return `It has more than ${FIELDS_MAX} fields.`
  const event: Record<string, string | readonly string[]> = {}
  for (const [name, one] of entries) {
    if (typeof one === 'string') event[name] = one
    else if (typeof one === 'number' || typeof one === 'boolean') event[name] = String(one)
    else if (Array.isArray(one)) event[name] = one.filter((part) => typeof part !== 'object').map(String)
  }
  if (!Object.hasOwn(event, 'Event-Name')) return 'It has no Event-Name.'
  return event
}
