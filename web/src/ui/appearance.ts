// Light or dark: follows the system until somebody chooses, remembers the choice, and writes the palette where our CSS
// reads it. One small store; components use useAppearance().
import { useSyncExternalStore } from 'react'
import { dark, light, type Palette } from './palette.ts'
import { recall, remember } from './remembered.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'

export interface Appearance {
  choice: ThemeChoice
  isDark: boolean
  isMotionReduced: boolean
  palette: Palette
}

const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)')
const listeners = new Set<() => void>()
let choice: ThemeChoice = readChoice()
let appearance = look()

function readChoice(): ThemeChoice {
  const chosen = recall('theme')
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system'
}

function look(): Appearance {
  const isDark = choice === 'dark' || (choice === 'system' && systemDark.matches)
  return { choice, isDark, isMotionReduced: reducedMotion.matches, palette: isDark ? dark : light }
}

function apply(): void {
  appearance = look()
  const root = document.documentElement
  root.dataset.theme = appearance.isDark ? 'dark' : 'light'
  for (const [name, colour] of Object.entries(appearance.palette)) {
    root.style.setProperty(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, colour)
  }
  for (const listener of listeners) listener()
}

/** Before the first render. */
export function startAppearance(): void {
  systemDark.addEventListener('change', apply)
  reducedMotion.addEventListener('change', apply)
  apply()
}

export function chooseTheme(next: ThemeChoice): void {
  choice = next
  remember('theme', next)
  apply()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useAppearance(): Appearance {
  return useSyncExternalStore(subscribe, () => appearance)
}
