// The times of CDR files: with a zone, or as the PBX's wall clock shows them, or seconds, milliseconds, microseconds since
// 1970. Pure.
import { type Clock, parseIso } from '../../calls/instant.ts'

/** A cell → epoch ms; null: empty, or no time. */
export type ReadTime = (cell: string) => number | null

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/
const EPOCH = /^(\d{10})(\d{3})?(\d{3})?(?:\.(\d{1,6}))?$/

/** `clock`: of the zone in which the PBX writes times that name none. */
export function timeReader(clock: Pick<Clock, 'fromLocal'>): ReadTime {
  return (cell) => {
    const text = cell.trim()
    if (text.length < 10) return null
    const parts = LOCAL.exec(text)
    if (parts) {
      const [, year, month, day, hour, minute, second, fraction = ''] = parts
      const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
      if (Number(year) < 1971 || new Date(local).getUTCDate() !== Number(day)) return null
      return clock.fromLocal(local) + millis(fraction)
    }
    const epoch = EPOCH.exec(text)
    if (epoch) {
      const [, seconds = '', ms = '', , fraction = ''] = epoch
      return Number(seconds) * 1000 + (ms === '' ? millis(fraction) : Number(ms))
    }
    return parseIso(text)
  }
}

function millis(fraction: string): number {
  return Math.floor(Number(`0.${fraction || '0'}`) * 1000)
}
