// Lets everything on the page play recordings through one audio element, which goes on while the reader moves through the
// list, and answers the media keys and the player's own keys.
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { recordingUrl } from '../api/calls.ts'
import { remember } from '../ui/remembered.ts'
import { newAudio, onAudio, play } from './audio-element.ts'
import { type ChannelMix, channelMixer, PLAIN_MIX } from './channel-mix.ts'
import { keyOf, type Playback, PlaybackContext, SPEEDS, type Track } from './playback-context.ts'
import { usePlayerKeys } from './player-keys.ts'
import { placeToGoOn, rememberPlace } from './remembered-place.ts'
import { useLoop } from './use-loop.ts'
import { useSilenceSkipping } from './use-silence-skipping.ts'

export function PlaybackProvider({ children }: { children: ReactNode }) {
  const [audio] = useState(newAudio)
  const [track, setTrack] = useState<Track | null>(null)
  const [isPlaying, setPlaying] = useState(false)
  const [isFailed, setFailed] = useState(false)
  const [speed, setSpeedState] = useState(() => audio.defaultPlaybackRate)
  const [mix, setMixState] = useState<ChannelMix>(PLAIN_MIX)
  const [applyMix] = useState(() => channelMixer(audio))
  const [claimed, claim] = useState<string | null>(null)
  const { loop, setLoop, markLoop } = useLoop(audio)
  const skipping = useSilenceSkipping(audio, track, loop)
  /** Not a state: the list changes many times a second, and nothing is drawn from this. */
  const playlist = useRef<readonly Track[]>([])
  const current = useRef<Track | null>(null)
  current.current = track

  const keepPlace = useCallback(() => {
    const playing = current.current
    if (playing && audio.currentTime > 0) rememberPlace(keyOf(playing), audio.currentTime, playing.durationMs / 1000)
  }, [audio])

  const toggle = useCallback(
    (next: Track, atSeconds?: number) => {
      if (track && keyOf(track) === keyOf(next) && atSeconds === undefined && !isFailed) {
        if (audio.paused) void play(audio)
        else audio.pause()
        return
      }
      keepPlace()
      setFailed(false)
      setLoop(null)
      setTrack(next)
      audio.src = recordingUrl(next.callId, next.n)
      const from = atSeconds ?? placeToGoOn(keyOf(next))
      if (from > 0) audio.currentTime = from
      void play(audio)
    },
    [audio, track, isFailed, keepPlace, setLoop],
  )

  const neighbour = useCallback(
    (step: -1 | 1) => {
      const place = track === null ? -1 : playlist.current.findIndex((other) => keyOf(other) === keyOf(track))
      return place === -1 ? null : (playlist.current[place + step] ?? null)
    },
    [track],
  )

  useEffect(() => {
    const undo = [
      onAudio(audio, ['play'], () => setPlaying(true)),
      onAudio(audio, ['pause'], () => {
        setPlaying(false)
        keepPlace()
      }),
      onAudio(audio, ['error'], () => setFailed(audio.getAttribute('src') !== null)),
      onAudio(audio, ['loadeddata'], () => setFailed(false)),
      onAudio(audio, ['ended'], () => {
        setPlaying(false)
        // A call in several recordings is heard to its end.
        const next = neighbour(1)
        if (next && next.callId === current.current?.callId) toggle(next, 0)
      }),
    ]
    window.addEventListener('pagehide', keepPlace)
    return () => {
      for (const each of undo) each()
      window.removeEventListener('pagehide', keepPlace)
    }
  }, [audio, keepPlace, neighbour, toggle])

  const seekTo = useCallback(
    (seconds: number) => {
      const end = Number.isFinite(audio.duration) ? audio.duration : (track?.durationMs ?? 0) / 1000
      audio.currentTime = Math.min(Math.max(0, seconds), end)
    },
    [audio, track],
  )
  const setPlaylist = useCallback((tracks: readonly Track[]) => {
    playlist.current = tracks
  }, [])

  const playback: Playback = {
    audio,
    track,
    isPlaying,
    isFailed,
    speed,
    mix,
    loop,
    claimed,
    ...skipping,
    toggle,
    seekTo,
    seekBy: (seconds) => seekTo(audio.currentTime + seconds),
    setSpeed(next) {
      audio.defaultPlaybackRate = next
      audio.playbackRate = next
      setSpeedState(next)
      remember('speed', String(next))
    },
    setMix(next) {
      applyMix(next)
      setMixState(next)
    },
    markLoop,
    stop() {
      keepPlace()
      audio.pause()
      audio.removeAttribute('src')
      audio.load()
      setTrack(null)
      setLoop(null)
      setFailed(false)
    },
    setPlaylist,
    neighbour,
    claim,
  }
  usePlayerKeys(track !== null, {
    toggle: () => track && toggle(track),
    seekBy: playback.seekBy,
    changeSpeed(step) {
      const next = SPEEDS[(SPEEDS as readonly number[]).indexOf(speed) + step]
      if (next !== undefined) playback.setSpeed(next)
    },
    skip(step) {
      const next = neighbour(step)
      if (next) toggle(next)
    },
    markLoop,
    toggleSkipping: () => skipping.setSkippingSilence(!skipping.isSkippingSilence),
  })
  return <PlaybackContext value={playback}>{children}</PlaybackContext>
}
