// The player by keyboard, while something is in it. The sheet of keys (calls/KeysSheet.tsx) tells of them.
import { usePageKeys } from '../ui/page-keys.ts'

export interface PlayerKeys {
  toggle(): void
  seekBy(seconds: number): void
  /** One step slower or faster. */
  changeSpeed(step: -1 | 1): void
  /** Previous or next recording of the list. */
  skip(step: -1 | 1): void
  markLoop(): void
  toggleSkipping(): void
}

export function usePlayerKeys(isOn: boolean, keys: PlayerKeys): void {
  usePageKeys(isOn, {
    ' ': keys.toggle,
    ArrowLeft: () => keys.seekBy(-5),
    ArrowRight: () => keys.seekBy(5),
    'Shift+ArrowLeft': () => keys.seekBy(-10),
    'Shift+ArrowRight': () => keys.seekBy(10),
    '[': () => keys.changeSpeed(-1),
    ']': () => keys.changeSpeed(1),
    'Shift+P': () => keys.skip(-1),
    'Shift+N': () => keys.skip(1),
    l: keys.markLoop,
    s: keys.toggleSkipping,
  })
}
