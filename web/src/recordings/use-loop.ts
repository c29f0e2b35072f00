// A stretch of the recording that is played over and over: its beginning is marked, then its end, then it is forgotten.
import { useCallback, useEffect, useState } from 'react'
import { onAudio } from './audio-element.ts'
import type { Loop } from './playback-context.ts'

/** A loop shorter than this was a slip of the finger. */
const SHORTEST_SECONDS = 0.3

export function useLoop(audio: HTMLAudioElement) {
  const [loop, setLoop] = useState<Loop | null>(null)

  useEffect(() => {
    if (loop === null || loop.to === null) return
    const { from, to } = loop
    return onAudio(audio, ['timeupdate'], () => {
      if (audio.currentTime >= to) audio.currentTime = from
    })
  }, [audio, loop])

  const markLoop = useCallback(() => {
    const at = audio.currentTime
    setLoop((known) => {
      if (known === null) return { from: at, to: null }
      if (known.to !== null) return null
      return at > known.from + SHORTEST_SECONDS ? { from: known.from, to: at } : { from: at, to: null }
    })
  }, [audio])
  return { loop, setLoop, markLoop }
}
