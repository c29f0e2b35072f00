// Looking closer at the axis by keyboard.
import { usePageKeys } from '../ui/page-keys.ts'
import type { Zooming } from './use-time-view.ts'

export function useTimelineKeys(isOn: boolean, { zoom, showWhole }: Zooming): void {
  usePageKeys(isOn, { '+': () => zoom(2), '=': () => zoom(2), '-': () => zoom(0.5), '0': showWhole })
}
