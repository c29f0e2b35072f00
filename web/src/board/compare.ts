// A figure beside last week's: how it is said. Pure.

export type Tone = 'good' | 'bad' | 'even'

export interface Change {
  /** `+12%`, `−3.1`; null: nothing can be said (there was too little last week). */
  text: string | null
  tone: Tone
}

/** Which way is better; null: neither. */
export type Better = 'more' | 'less' | null

/** Changes below this share of last week's figure are nothing to colour. */
const NOTEWORTHY = 0.05
/** Of fewer calls than these a percentage says nothing. */
const COMPARABLE = 20

export function changeOfCount(now: number, before: number, better: Better): Change {
  if (before < COMPARABLE) return { text: null, tone: 'even' }
  const share = (now - before) / before
  return { text: `${sign(share)}${Math.abs(Math.round(share * 100))}%`, tone: toneOf(share, NOTEWORTHY, better) }
}

/** Shares of one whole are compared in points: from 80 % to 84 % is +4. */
export function changeOfRate(now: number | null, before: number | null, better: Better): Change {
  if (now === null || before === null) return { text: null, tone: 'even' }
  const points = (now - before) * 100
  return { text: `${sign(points)}${Math.abs(points).toFixed(1)}`, tone: toneOf(points, 1, better) }
}

export function percentText(rate: number | null, language: string): string {
  return rate === null
    ? '–'
    : rate.toLocaleString(language, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })
}

function sign(value: number): string {
  return value > 0 ? '+' : value < 0 ? '−' : '±'
}

function toneOf(value: number, noteworthy: number, better: Better): Tone {
  if (better === null || Math.abs(value) < noteworthy) return 'even'
  return value > 0 === (better === 'more') ? 'good' : 'bad'
}
