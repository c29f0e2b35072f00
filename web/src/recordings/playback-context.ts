// The one recording that can be heard at a time, for the list's buttons, the detail's player and the dock below.
import { createContext, useContext } from 'react'
import type { ChannelMix } from './channel-mix.ts'

export interface Track {
  callId: string
  n: number
  durationMs: number
  customer: string
  agent: string | null
  startedAt: string
  /** Of the recording as it is now. */
  sha256: string | null
  /** It has a side for each party. */
  isStereo: boolean
}

/** A stretch that is played over and over; `to` is null while only its beginning is marked. Seconds. */
export interface Loop {
  from: number
  to: number | null
}

export interface Playback {
  audio: HTMLAudioElement
  track: Track | null
  isPlaying: boolean
  /** The audio could not be fetched or decoded. */
  isFailed: boolean
  speed: number
  mix: ChannelMix
  loop: Loop | null
  /** Passes over stretches in which nobody speaks. */
  isSkippingSilence: boolean
  /** What was passed over just now, for a moment; seconds. */
  skippedSeconds: number | null
  /**
   * Plays this recording (from `atSeconds`, where given, else from where it was left); pauses it if it is the one playing.
   */
  toggle(track: Track, atSeconds?: number): void
  seekBy(seconds: number): void
  seekTo(seconds: number): void
  setSpeed(speed: number): void
  setMix(mix: ChannelMix): void
  /** Marks the beginning of a loop, then its end, then forgets it. */
  markLoop(): void
  setSkippingSilence(isOn: boolean): void
  stop(): void
  /** What the list shows, in its order: for going from one recording to the next. */
  setPlaylist(tracks: readonly Track[]): void
  /** The recording before or after this one in the list; null: there is none. */
  neighbour(step: -1 | 1): Track | null
  /** The detail shows a player for this recording itself, so the dock need not. */
  claim(key: string | null): void
  claimed: string | null
}

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3] as const

export const PlaybackContext = createContext<Playback | null>(null)

export function usePlayback(): Playback {
  const playback = useContext(PlaybackContext)
  if (playback === null) throw new Error('used outside PlaybackProvider')
  return playback
}

export function keyOf(track: { callId: string; n: number }): string {
  return `${track.callId} ${track.n}`
}
