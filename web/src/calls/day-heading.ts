// How a day is called above its calls: 今天 11月28日周六, Yesterday · Fri, Nov 27.
import type { TFunction } from 'i18next'
import { addDays, isOnDay, type KnownDay } from '../ui/time.ts'

/** @param day, today days of the contact centre, `2026-11-23` */
export function dayHeading(day: string, today: string, language: string, t: TFunction): string {
  const date = dateText(day, language)
  if (day === today) return t('callList.day.today', { date })
  if (day === addDays(today, -1)) return t('callList.day.yesterday', { date })
  return date
}

/** `11月23日周一`, `Mon, Nov 23`; the year is never in question within a month. */
function dateText(day: string, language: string): string {
  const format = new Intl.DateTimeFormat(language, {
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    timeZone: 'UTC',
  })
  return format.format(Date.parse(`${day}T00:00:00Z`))
}

/** `UTC+8` as that zone has it at an instant (epoch ms). `today`, where the clocks are not changed on it, tells without asking the browser. */
export function zoneOffset(at: number, { timeZone, today }: { timeZone: string; today: KnownDay }): string {
  const offset = today.from.slice(-6)
  if (isOnDay(at, today) && offset === today.to.slice(-6))
    return `UTC${offset.replace(/0(\d):/, '$1:').replace(':00', '')}`
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(at)
  return (parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT').replace('GMT', 'UTC')
}
