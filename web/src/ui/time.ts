// Instants, days and durations as people read them. The API writes instants in the instance's time zone, so the clock
// time is in the text itself and a browser in another zone shows the same.

/** `2026-11-23T10:00:07.120+08:00` → `10:00:07`. */
export function clockOf(iso: string): string {
  return iso.slice(11, 19)
}

/** With tenths of a second, for the steps of a call. */
export function fineClockOf(iso: string): string {
  return iso.slice(11, 21)
}

/** `2026-11-23`. */
export function dayOf(iso: string): string {
  return iso.slice(0, 10)
}

/** `3:18`, `1:02:03`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  const s = String(seconds % 60).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${s}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${s}`
}

/** How long after the call's start: `+0:07.1`. */
export function offsetText(ms: number): string {
  const tenths = Math.floor(Math.abs(ms) / 100)
  const whole = Math.floor(tenths / 10)
  const minutes = Math.floor(whole / 60)
  const clock =
    minutes < 60
      ? `${minutes}:${String(whole % 60).padStart(2, '0')}`
      : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`
  return `${ms < 0 ? '−' : '+'}${clock}.${tenths % 10}`
}

/** The day it is at an instant in a time zone: `2026-11-23`. */
export function dayIn(timeZone: string, at: number): string {
  // Sweden writes dates the ISO way.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at)
}

/** A day as the server told it, with its bounds (ISO 8601). */
export interface KnownDay {
  day: string
  from: string
  to: string
}

export function isOnDay(at: number, { from, to }: KnownDay): boolean {
  return at >= Date.parse(from) && at < Date.parse(to)
}

/** As dayIn, without its cost while it is the day that is known. */
export function dayAt(at: number, { timeZone, today }: { timeZone: string; today: KnownDay }): string {
  return isOnDay(at, today) ? today.day : dayIn(timeZone, at)
}

export function addDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)
}

/** `2026-11-23T10:00:07.120+08:00`, as the API writes instants. */
export function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
}

export function isDay(text: string): boolean {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
