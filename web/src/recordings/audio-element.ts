// The page's single <audio> element: it streams from the server (Range).
import { recall } from '../ui/remembered.ts'
import { SPEEDS } from './playback-context.ts'

export function newAudio(): HTMLAudioElement {
  const audio = document.createElement('audio')
  audio.preload = 'metadata'
  audio.preservesPitch = true
  const remembered = Number(recall('speed'))
  const speed = SPEEDS.find((known) => known === remembered) ?? 1
  audio.defaultPlaybackRate = speed
  audio.playbackRate = speed
  // In the document, so that assistive software and the browser's own media controls find it.
  document.body.append(audio)
  return audio
}

/** A refused or superseded play() is reported by the element's own events. */
export function play(audio: HTMLAudioElement): Promise<void> {
  return audio.play().catch(() => undefined)
}

/** Calls `listener` on each of these events. Returns its undo. */
export function onAudio(audio: HTMLAudioElement, names: readonly string[], listener: () => void): () => void {
  for (const name of names) audio.addEventListener(name, listener)
  return () => {
    for (const name of names) audio.removeEventListener(name, listener)
  }
}
