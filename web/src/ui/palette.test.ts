import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dark, light, type Palette } from './palette.ts'

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
  const [r = 0, g = 0, b = 0] = parts.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

type Colour = keyof Palette
const GROUNDS: Colour[] = ['canvas', 'surface', 'raised', 'subtle', 'hover', 'selected', 'glow']
const TEXTS: Colour[] = ['text', 'textSoft', 'textFaint', 'accentText', 'live', 'warn', 'bad', 'moved', 'away']
const ON_THEIR_OWN: [Colour, Colour][] = [
  ['onAccent', 'accent'],
  ['live', 'liveSoft'],
  ['warn', 'warnSoft'],
  ['bad', 'badSoft'],
]

for (const [name, palette] of Object.entries({ light, dark })) {
  test(`${name}: every text colour can be read on every ground (WCAG AA)`, () => {
    const pairs = [...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)), ...ON_THEIR_OWN]
    const weak = pairs
      .map(([text, ground]) => ({ text, ground, ratio: contrast(palette[text], palette[ground]) }))
      .filter(({ ratio }) => ratio < 4.5)
    assert.deepEqual(weak, [])
  })

  test(`${name}: the parts of a call's time bar stand out from the ground (WCAG 1.4.11)`, () => {
    for (const part of ['talk', 'accent'] as const) {
      assert.ok(contrast(palette[part], palette.surface) >= 3, part)
    }
  })

  test(`${name}: the bars of the daily scores stand out from every ground they stand on (WCAG 1.4.11)`, () => {
    for (const bar of ['good', 'warn', 'bad'] as const)
      for (const ground of ['surface', 'hover', 'selected'] as const)
        assert.ok(contrast(palette[bar], palette[ground]) >= 3, `${bar} on ${ground}`)
  })
}
