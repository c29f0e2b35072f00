// The sound of a recording whose place in the call is not known: on an axis of its own, below the call's.
import { useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { keyOf, usePlayback } from '../recordings/playback-context.ts'
import { trackOf } from '../recordings/recording-words.ts'
import { useAudioTime } from '../recordings/use-audio-time.ts'
import { Playhead } from './Playhead.tsx'
import { Ruler } from './Ruler.tsx'
import type { SoundPart } from './recording-place.ts'
import { SoundLane } from './SoundLane.tsx'
import { momentAt } from './time-view.ts'
import { useWidth } from './use-width.ts'

export function LooseRecording({ call, part }: { call: CallDetailJson; part: SoundPart }) {
  const { t } = useTranslation()
  const { audio, track: playing, toggle, seekTo, isPlaying, isSkippingSilence } = usePlayback()
  const { seconds } = useAudioTime(audio)
  const axis = useRef<HTMLDivElement>(null)
  const over = useRef<HTMLDivElement>(null)
  const width = useWidth(over)
  const track = trackOf(call, part.recording)
  const isMine = playing !== null && keyOf(playing) === keyOf(track)
  const view = useMemo(() => ({ fromMs: 0, toMs: part.toMs }), [part.toMs])
  if (part.toMs === 0) return null

  function go(atMs: number, isToPlay: boolean): void {
    if (isMine) seekTo(atMs / 1000)
    if (!isMine) toggle(track, atMs / 1000)
    else if (isToPlay && !isPlaying) toggle(track)
  }

  return (
    <section className="flow is-loose" aria-label={t('detail.recordingN', { n: part.recording.n })}>
      <p className="flow-hint">{t('timeline.loose', { n: part.recording.n })}</p>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the ruler's slider does the same by keyboard. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above. */}
      <div
        ref={axis}
        className="flow-axis can-listen"
        onClick={(event) => {
          const box = over.current?.getBoundingClientRect()
          if (!box || event.detail === 0 || event.clientX < box.left) return
          if (!(event.target as Element).closest('.flow-ruler'))
            go(momentAt(view, (event.clientX - box.left) / box.width), true)
        }}
      >
        <SoundLane call={call} parts={[part]} view={view} width={width} isSkipping={isSkippingSilence} />
        <div className="flow-foot">
          <span />
          <Ruler
            totalMs={part.toMs}
            view={view}
            width={width}
            playheadMs={isMine ? seconds * 1000 : null}
            positionMs={() => (isMine ? audio.currentTime * 1000 : null)}
            onSeek={(atMs) => go(atMs, false)}
          />
        </div>
        <div ref={over} className="flow-over">
          <Playhead axis={axis} part={isMine ? part : null} view={view} />
        </div>
      </div>
    </section>
  )
}
