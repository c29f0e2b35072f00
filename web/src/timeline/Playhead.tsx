// Where the sound is, as one line through lanes and waveform. Moves with every picture the screen shows, without React: it
// only sets a number that the style sheet places the line by, and cuts the played part of the waves by.
import { type RefObject, useEffect } from 'react'
import { usePlayback } from '../recordings/playback-context.ts'
import type { SoundPart } from './recording-place.ts'
import { shareOf, type TimeView } from './time-view.ts'

interface PlayheadProps {
  /** Carries the number. */
  axis: RefObject<HTMLElement | null>
  /** What is in the player; null: nothing of this call. */
  part: SoundPart | null
  view: TimeView
}

export function Playhead({ axis, part, view }: PlayheadProps) {
  const { audio, isPlaying } = usePlayback()
  const fromMs = part?.fromMs ?? null
  useEffect(() => {
    const element = axis.current
    if (element === null) return
    let frame = 0
    const draw = () => {
      const share = fromMs === null ? -1 : shareOf(view, fromMs + audio.currentTime * 1000)
      element.style.setProperty('--playhead', share.toFixed(5))
      element.classList.toggle('has-playhead', share >= 0 && share <= 1)
    }
    const go = () => {
      draw()
      frame = requestAnimationFrame(go)
    }
    if (isPlaying && fromMs !== null) go()
    else draw()
    for (const name of ['seeking', 'seeked', 'timeupdate', 'loadedmetadata']) audio.addEventListener(name, draw)
    return () => {
      cancelAnimationFrame(frame)
      for (const name of ['seeking', 'seeked', 'timeupdate', 'loadedmetadata']) audio.removeEventListener(name, draw)
    }
  }, [axis, audio, fromMs, isPlaying, view])
  return <span className="flow-playhead" />
}
