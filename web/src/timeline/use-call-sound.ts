// The sound of a call on the time axis of the call: where it is just now, and playing from any moment that was recorded.
import { useCallback, useMemo } from 'react'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { usePlayback } from '../recordings/playback-context.ts'
import { trackOf } from '../recordings/recording-words.ts'
import { useAudioTime } from '../recordings/use-audio-time.ts'
import { type SoundPart, soundParts } from './recording-place.ts'

export interface CallSound {
  /** What of the call is in the player; null: nothing, or its place in the call is not known. */
  part: SoundPart | null
  /** Since the call's start. */
  playheadMs: number | null
  /** The same at this very moment. */
  positionMs(): number | null
  /** Plays from this moment of the call (of this recording, where several overlap); null: nothing of it can be heard. */
  onListen: ((atMs: number, n?: number) => void) | null
  /** Goes there without beginning to play, if the call is in the player already. */
  onSeek: ((atMs: number) => void) | null
}

export function useCallSound(call: CallDetailJson): CallSound {
  const { audio, track, isPlaying, toggle, seekTo } = usePlayback()
  const { seconds } = useAudioTime(audio)
  const heard = useMemo(() => soundParts(call, 0).filter(({ kind }) => kind === 'heard'), [call])
  const part = (track?.callId === call.id && heard.find(({ recording }) => recording.n === track.n)) || null

  const go = useCallback(
    (atMs: number, n: number | undefined, isToPlay: boolean) => {
      // A moment that was not recorded: the next one that was, or the last.
      const isIt = ({ recording, fromMs, toMs }: SoundPart) =>
        n === undefined ? atMs < toMs : recording.n === n && atMs < toMs && atMs >= fromMs
      const covering = heard.find((one) => one === part && atMs >= one.fromMs && atMs < one.toMs)
      const place = (n === undefined ? covering : undefined) ?? heard.find(isIt) ?? heard.at(-1)
      if (!place) return
      const atSeconds = Math.min(Math.max(0, atMs - place.fromMs), place.toMs - place.fromMs) / 1000
      if (place === part && track) {
        seekTo(atSeconds)
        if (isToPlay && !isPlaying) toggle(track)
      } else toggle(trackOf(call, place.recording), atSeconds)
    },
    [heard, part, call, track, isPlaying, seekTo, toggle],
  )
  const onListen = useCallback((atMs: number, n?: number) => go(atMs, n, true), [go])
  const onSeek = useCallback((atMs: number) => go(atMs, undefined, false), [go])
  const isAudible = heard.length > 0
  return {
    part,
    positionMs: () => (part ? part.fromMs + audio.currentTime * 1000 : null),
    playheadMs: part ? part.fromMs + seconds * 1000 : null,
    onListen: isAudible ? onListen : null,
    onSeek: isAudible ? onSeek : null,
  }
}
