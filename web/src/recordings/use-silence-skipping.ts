// Passes over the stretches of the playing recording in which nobody speaks, and says so for a moment. Who talked when is
// known of recordings with a channel for each party only (peaks.ts).
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { recall, remember } from '../ui/remembered.ts'
import { onAudio } from './audio-element.ts'
import { soundQuery } from './peaks.ts'
import type { Loop, Track } from './playback-context.ts'
import { afterQuiet, quietStretches } from './quiet.ts'

const SAID_FOR_MS = 2_500

export function useSilenceSkipping(audio: HTMLAudioElement, track: Track | null, loop: Loop | null) {
  const [isSkippingSilence, setOn] = useState(() => recall('skip-silence') === 'on')
  const [skippedSeconds, setSkipped] = useState<number | null>(null)
  const isWanted = isSkippingSilence && track?.isStereo === true
  const sound = useQuery({
    ...soundQuery(track?.callId ?? '', track?.n ?? 0, track?.sha256 ?? null),
    enabled: isWanted,
  })
  const talk = isWanted ? (sound.data?.talk ?? null) : null
  const stretches = useMemo(() => quietStretches(talk), [talk])

  useEffect(() => {
    if (stretches.length === 0) return
    return onAudio(audio, ['timeupdate', 'play'], () => {
      if (audio.paused) return
      const at = audio.currentTime
      const to = (afterQuiet(stretches, at * 1000) ?? 0) / 1000
      // What is looped was chosen on purpose, its silence included.
      if (to <= at || (loop !== null && loop.to !== null && to > loop.to)) return
      audio.currentTime = to
      setSkipped(to - at)
    })
  }, [audio, stretches, loop])

  useEffect(() => {
    if (skippedSeconds === null) return
    const timer = setTimeout(() => setSkipped(null), SAID_FOR_MS)
    return () => clearTimeout(timer)
  }, [skippedSeconds])

  const setSkippingSilence = useCallback((isOn: boolean) => {
    setOn(isOn)
    setSkipped(null)
    remember('skip-silence', isOn ? 'on' : 'off')
  }, [])
  return { isSkippingSilence, setSkippingSilence, skippedSeconds }
}
