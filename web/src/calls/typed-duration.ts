// Durations as people type them: `90` (seconds), `1:30`, `1:02:03`. Pure.
import { durationText } from '../ui/time.ts'

/** Seconds; null: nothing was typed. */
export function readDuration(text: string): number | null | 'wrong' {
  const compact = text.trim().replaceAll('：', ':')
  if (compact === '') return null
  if (!/^\d{1,6}(:[0-5]?\d){0,2}$/.test(compact)) return 'wrong'
  return compact.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0)
}

export function writeDuration(seconds: number | null): string {
  return seconds === null ? '' : durationText(seconds * 1000)
}
