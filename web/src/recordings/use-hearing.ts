// Plays one part of a recording, exactly and once: to hear what it is before anything is done to it.
import { useCallback, useEffect, useState } from 'react'
import { play } from './audio-element.ts'
import { keyOf, type Track, usePlayback } from './playback-context.ts'

export function useHearing(track: Track) {
  const { audio, track: playing, toggle, seekTo } = usePlayback()
  const [untilMs, setUntil] = useState<number | null>(null)
  const isMine = playing !== null && keyOf(playing) === keyOf(track)

  useEffect(() => {
    if (untilMs === null) return
    // Between two `timeupdate`s a word has passed.
    let frame = requestAnimationFrame(function look() {
      if (audio.currentTime * 1000 >= untilMs || audio.ended) {
        audio.pause()
        setUntil(null)
      } else frame = requestAnimationFrame(look)
    })
    return () => cancelAnimationFrame(frame)
  }, [audio, untilMs])

  const hear = useCallback(
    ({ fromMs, toMs }: { fromMs: number; toMs: number }) => {
      if (isMine) {
        seekTo(fromMs / 1000)
        void play(audio)
      } else toggle(track, fromMs / 1000)
      setUntil(toMs)
    },
    [isMine, seekTo, audio, toggle, track],
  )
  const stopHearing = useCallback(() => {
    setUntil(null)
    audio.pause()
  }, [audio])
  return { isMine, isHearing: untilMs !== null, hear, stopHearing }
}
