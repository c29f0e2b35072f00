// Everything about one call: whose it was, how its time went, its sound, what happened step by step, and why it ended
// the way it did. The drawer and the call's own page show the same; where there is room, the steps stand beside the sound.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import { useOpenSession } from '../access/session-context.ts'
import { notesQuery } from '../api/notes.ts'
import { NotesSection } from '../notes/NotesSection.tsx'
import { PlayerBar } from '../recordings/PlayerBar.tsx'
import { usePlayback } from '../recordings/playback-context.ts'
import { RecordingLine } from '../recordings/RecordingLine.tsx'
import { audibleRecordings } from '../recordings/recording-words.ts'
import { CallTimeline } from '../timeline/CallTimeline.tsx'
import { LooseRecording } from '../timeline/LooseRecording.tsx'
import { gapsBetween, looseParts, soundParts } from '../timeline/recording-place.ts'
import { useCallSound } from '../timeline/use-call-sound.ts'
import { CopyText } from '../ui/CopyText.tsx'
import { clockOf, dayOf } from '../ui/time.ts'
import { CallDurations } from './CallDurations.tsx'
import { CallFacts } from './CallFacts.tsx'
import { CallTypeLabel } from './CallTypeLabel.tsx'
import { OtherCalls } from './OtherCalls.tsx'
import { Outcome } from './Outcome.tsx'
import { ReasonWhy } from './ReasonWhy.tsx'
import { StepList } from './StepList.tsx'

export function CallDetail({ call }: { call: CallDetailJson }) {
  const { t } = useTranslation()
  const [pointedAt, setPointedAt] = useState<string | null>(null)
  const sound = useCallSound(call)
  const { track: playing } = usePlayback()
  const { user } = useOpenSession()
  const notes = useQuery(notesQuery(call.id))
  const moments = (notes.data?.items ?? []).flatMap(({ id, offsetMs, text, tags }) =>
    offsetMs === null ? [] : [{ id, atMs: offsetMs, text: text || tags.join(' · ') }],
  )
  const current = playing?.callId === call.id ? playing.n : (audibleRecordings(call)[0] ?? call.recordings[0])?.n
  const parts = soundParts(call, 0)
  const hasGaps = call.durationMs !== null && parts.length > 0 && gapsBetween(parts, call.durationMs).length > 0
  const customer = call.customer ?? (call.type === 'internal' ? null : call.caller)
  return (
    <article className="detail" aria-label={t('detail.title')}>
      <header className="detail-head">
        <p className="detail-number">
          {customer ? (
            <CopyText text={customer} className="tabular" />
          ) : (
            `${call.caller ?? '–'} → ${call.callee ?? '–'}`
          )}
        </p>
        <p className="detail-marks">
          <CallTypeLabel type={call.type} t={t} />
          <time dateTime={call.startedAt} className="tabular faint">
            {dayOf(call.startedAt)} {clockOf(call.startedAt)}
          </time>
          <Outcome call={call} t={t} />
          {call.notConnectedCause ? (
            <span className="faint">{t(`notConnectedCause.${call.notConnectedCause}`)}</span>
          ) : null}
        </p>
      </header>
      <div className="detail-columns">
        <div className="detail-main">
          <div className="detail-sound">
            <CallTimeline call={call} moments={moments} {...sound} onPoint={setPointedAt} />
            {looseParts(call).map((part) => (
              <LooseRecording key={part.recording.n} call={call} part={part} />
            ))}
            <PlayerBar call={call} />
            {call.recordings.length > 0 ? (
              <div className="recordings">
                {call.recordings.map((recording) => (
                  <RecordingLine
                    key={recording.n}
                    call={call}
                    recording={recording}
                    isOnly={call.recordings.length === 1}
                    isCurrent={recording.n === current}
                    hasGaps={hasGaps && recording.n === call.recordings[0]?.n}
                  />
                ))}
              </div>
            ) : null}
          </div>
          <CallDurations call={call} />
          {call.hangupReason && call.reasonBecause ? <ReasonWhy call={call} onPoint={setPointedAt} /> : null}
        </div>
        <div className="detail-side">
          <NotesSection
            key={call.id}
            callId={call.id}
            isAdmin={user.role === 'admin'}
            playheadMs={sound.playheadMs}
            onListen={sound.onListen}
          />
          <StepList call={call} pointedAt={pointedAt} onListen={sound.onListen} />
        </div>
        <div className="detail-more">
          <CallFacts call={call} onPoint={setPointedAt} />
          <OtherCalls call={call} />
        </div>
      </div>
    </article>
  )
}
