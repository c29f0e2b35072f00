// Options that take a time: a day of the instance's time zone, or an instant with its zone.
import { type Clock, parseIso } from '../calls/instant.ts'
import { AppError } from '../errors.ts'

/** Epoch ms. `endOfDay`: a day means its end. @throws AppError bad-time */
export function instantOf(text: string, clock: Clock, { endOfDay }: { endOfDay: boolean }): number {
  const day = clock.startOfDay(text)
  if (day !== null) return endOfDay ? (clock.startOfDay(clock.addDays(text, 1)) ?? day) : day
  const instant = parseIso(text)
  if (instant === null) throw new AppError('bad-time', { field: endOfDay ? '--to' : '--from', value: text })
  return instant
}
