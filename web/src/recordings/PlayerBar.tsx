// The player of the call in the detail: plays what of the call is loaded, else its first recording. On the page's one audio
// element, so that leaving the detail does not stop it.
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { keyOf, usePlayback } from './playback-context.ts'
import { audibleRecordings, trackOf } from './recording-words.ts'
import { PlayTime } from './SeekBar.tsx'
import { Transport } from './Transport.tsx'
import './player.css'

export function PlayerBar({ call }: { call: CallDetailJson }) {
  const { t } = useTranslation()
  const { track: playing, claim, isFailed } = usePlayback()
  const tracks = audibleRecordings(call).map((recording) => trackOf(call, recording))
  const mine = tracks.find((track) => playing !== null && keyOf(track) === keyOf(playing))
  const key = mine ? keyOf(mine) : null

  // While this player is on the screen, the dock would say the same twice.
  useEffect(() => {
    if (key === null) return
    claim(key)
    return () => claim(null)
  }, [key, claim])

  const track = mine ?? tracks[0]
  if (!track) return null
  return (
    <section className="player" aria-label={t('recording.player')}>
      <Transport track={track} />
      {mine && isFailed ? (
        <span className="dock-failed" role="alert">
          {t('recording.failed')}
        </span>
      ) : (
        <span className="player-time">
          {tracks.length > 1 ? <span className="faint">{t('detail.recordingN', { n: track.n })} </span> : null}
          <PlayTime durationMs={track.durationMs} isOn={mine !== undefined} />
        </span>
      )}
    </section>
  )
}
