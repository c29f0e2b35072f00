// Where in the recording we are, as a bar to drag; keyboard: arrows 5 s, Page keys 30 s (a native range does the rest).
import { useTranslation } from 'react-i18next'
import { durationText } from '../ui/time.ts'
import { usePlayback } from './playback-context.ts'
import { useAudioTime } from './use-audio-time.ts'

export function SeekBar({ durationMs }: { durationMs: number }) {
  const { t } = useTranslation()
  const { audio, seekTo, loop } = usePlayback()
  const { seconds, duration } = useAudioTime(audio)
  const end = duration || durationMs / 1000
  const share = (at: number) => `${end > 0 ? (at / end) * 100 : 0}%`
  return (
    <input
      type="range"
      className={loop === null ? 'seek' : 'seek has-loop'}
      min={0}
      max={end || 1}
      step={0.1}
      value={Math.min(seconds, end)}
      aria-label={t('recording.position')}
      aria-valuetext={`${durationText(seconds * 1000)} / ${durationText(end * 1000)}`}
      // Variables of the bar's own drawing: how far it is filled, and what is played over and over.
      style={
        {
          '--filled': share(seconds),
          '--loop-from': share(loop?.from ?? 0),
          '--loop-to': share(loop?.to ?? loop?.from ?? 0),
        } as React.CSSProperties
      }
      onChange={(event) => seekTo(Number(event.target.value))}
      onKeyDown={(event) => {
        const step = { ArrowLeft: -5, ArrowRight: 5, PageDown: -30, PageUp: 30 }[event.key]
        if (step === undefined) return
        event.preventDefault()
        seekTo(audio.currentTime + step)
      }}
    />
  )
}

export function PlayTime({ durationMs, isOn }: { durationMs: number; isOn: boolean }) {
  const { audio } = usePlayback()
  const { seconds, duration } = useAudioTime(audio)
  const end = (isOn && duration * 1000) || durationMs
  return (
    <span className="play-time tabular">
      {durationText(isOn ? seconds * 1000 : 0)} <span className="faint">/ {durationText(end)}</span>
    </span>
  )
}
