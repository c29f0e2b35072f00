// Where each recording was left, so that it goes on from there: kept in this browser, the newest fifty.
import { recall, remember } from '../ui/remembered.ts'

const KEPT = 50
/** So near to the beginning or the end, the next listening begins anew. */
const MARGIN_SECONDS = 5

type Places = Record<string, number>

/** Seconds to go on from; 0: from the beginning. */
export function placeToGoOn(key: string): number {
  return read()[key] ?? 0
}

export function rememberPlace(key: string, seconds: number, durationSeconds: number): void {
  const { [key]: _, ...others } = read()
  const isWorthIt = seconds > MARGIN_SECONDS && seconds < durationSeconds - MARGIN_SECONDS
  const entries = Object.entries(others).slice(isWorthIt ? 1 - KEPT : -KEPT)
  if (isWorthIt) entries.push([key, Math.round(seconds * 10) / 10])
  remember('places', JSON.stringify(Object.fromEntries(entries)))
}

function read(): Places {
  try {
    const places: unknown = JSON.parse(recall('places') ?? '{}')
    return typeof places === 'object' && places !== null ? (places as Places) : {}
  } catch {
    return {}
  }
}
