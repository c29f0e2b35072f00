// Where an audio element is, for what draws it: smooth while it plays, still otherwise.
import { useEffect, useState } from 'react'

export function useAudioTime(audio: HTMLAudioElement): { seconds: number; duration: number } {
  const [time, setTime] = useState(() => read(audio))
  useEffect(() => {
    const look = () => setTime(read(audio))
    const names = ['timeupdate', 'seeking', 'seeked', 'durationchange', 'emptied', 'ended'] as const
    for (const name of names) audio.addEventListener(name, look)
    look()
    return () => {
      for (const name of names) audio.removeEventListener(name, look)
    }
  }, [audio])
  return time
}

function read(audio: HTMLAudioElement) {
  return { seconds: audio.currentTime, duration: Number.isFinite(audio.duration) ? audio.duration : 0 }
}
