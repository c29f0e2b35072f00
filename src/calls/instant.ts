// Instants and days: what people write (ISO 8601, a day, epoch ms) to epoch milliseconds, and back to ISO 8601 in the
// instance's time zone. Days are days of that zone.

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)$/

/** ISO 8601 with zone → epoch ms, fractions of a millisecond kept; null: not one. */
export function parseIso(text: string): number | null {
  const parts = ISO.exec(text)
  if (!parts) return null
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = 'Z'] = parts
  const wholeSeconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(wholeSeconds)) return null
  // Date.parse rolls 31 February over into March; that is not a date.
  if (new Date(wholeSeconds).getUTCDate() !== Number(day)) return null
  return wholeSeconds - zoneOffsetMs(zone) + Number(`0.${fraction || '0'}`) * 1000
}

function zoneOffsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  const digits = zone.slice(1).replace(':', '')
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000
}

export interface Clock {
  /** Epoch ms → ISO 8601 with milliseconds and the zone's offset. */
  write(at: number): string
  /** The day an instant falls on, `2026-11-23`. */
  dayOf(at: number): string
  /** When a day begins; null: not a day. */
  startOfDay(day: string): number | null
  /** The day `n` days after (before, if negative). */
  addDays(day: string, n: number): string
  /** What a clock on the wall shows, given as if it were UTC (epoch ms) → the instant. An hour that comes twice is one of the two. */
  fromLocal(wall: number): number
  /** The other way: an instant → what a clock on the wall shows, as if it were UTC. */
  toLocal(at: number): number
}

/** Reading and writing in one time zone (IANA name). Offsets are looked up once per hour of time, since formatting is slow. */
export function clockIn(timeZone: string): Clock {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  const offsets = new Map<number, number>()
  const HOUR = 3_600_000

  function offsetAt(at: number): number {
    // Zones change at quarter hours at the finest.
    const slot = Math.floor(at / (HOUR / 4))
    let offset = offsets.get(slot)
    if (offset === undefined) {
      const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
      offset = name === 'GMT' ? 0 : zoneOffsetMs(name.slice(3))
      if (offsets.size > 10_000) offsets.clear()
      offsets.set(slot, offset)
    }
    return offset
  }

  function write(at: number): string {
    const offset = offsetAt(at)
    const minutes = Math.abs(offset) / 60_000
    const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
    return new Date(Math.floor(at) + offset).toISOString().slice(0, -1) + zone
  }

  function startOfDay(day: string): number | null {
    const utc = /^\d{4}-\d\d-\d\d$/.test(day) ? parseIso(`${day}T00:00:00Z`) : null
    return utc === null ? null : fromLocal(utc)
  }

  function fromLocal(wall: number): number {
    return wall - offsetAt(wall - offsetAt(wall))
  }

  return {
    write,
    dayOf: (at) => write(at).slice(0, 10),
    startOfDay,
    fromLocal,
    toLocal: (at) => Math.floor(at) + offsetAt(at),
    addDays: (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) + n * 24 * HOUR).toISOString().slice(0, 10),
  }
}

function pad(n: number): string {
  return String(n).padStart(2, '0')
}
