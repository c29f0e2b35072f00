// One recording in the detail: what it is, who talked how much in it, and what can be done with it; or why there is
// nothing to hear.
import AudioMutedOutlined from '@ant-design/icons-svg/es/asn/AudioMutedOutlined'
import CaretRightFilled from '@ant-design/icons-svg/es/asn/CaretRightFilled'
import DownloadOutlined from '@ant-design/icons-svg/es/asn/DownloadOutlined'
import PauseOutlined from '@ant-design/icons-svg/es/asn/PauseOutlined'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson, DetailRecordingJson } from '../../../src/calls/call-json.ts'
import { useOpenSession } from '../access/session-context.ts'
import { downloadUrl } from '../api/calls.ts'
import { HeldNote, HoldControl } from '../retention/HoldControl.tsx'
import { Button, ButtonLink } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { usePageKeys } from '../ui/page-keys.ts'
import { durationText } from '../ui/time.ts'
import { soundQuery } from './peaks.ts'
import { keyOf, usePlayback } from './playback-context.ts'
import { isAudible, stateText, trackOf } from './recording-words.ts'
import { TalkLine } from './TalkLine.tsx'
import { useVerification } from './VerifyRecording.tsx'

const SilenceDialog = lazy(() => import('./SilenceDialog.tsx'))

interface RecordingLineProps {
  call: CallDetailJson
  recording: DetailRecordingJson
  isOnly: boolean
  /** The one that is in the player, or would be: keys are about it. */
  isCurrent: boolean
  /** Parts of the call were not recorded. */
  hasGaps: boolean
}

export function RecordingLine({ call, recording, isOnly, isCurrent, hasGaps }: RecordingLineProps) {
  const { t } = useTranslation()
  const { track: playing, isPlaying, toggle, stop } = usePlayback()
  const { scopes } = useOpenSession()
  const [isSilencing, setSilencing] = useState(false)
  const verification = useVerification(call.id, recording.n)
  const track = trackOf(call, recording)
  const isMine = playing !== null && keyOf(playing) === keyOf(track)
  const canBeHeard = isAudible(recording)
  const sound = useQuery({ ...soundQuery(call.id, recording.n, recording.sha256), enabled: canBeHeard })
  // A file that was put back is found by verifying it.
  const mayBeBack = recording.state === 'missing' || recording.state === 'damaged'
  const canBeVerified = recording.sha256 !== null && (canBeHeard || mayBeBack)
  usePageKeys(isCurrent && canBeVerified, { v: verification.verify })

  const name = t('detail.recordingN', { n: recording.n })
  if (!canBeHeard)
    return (
      <section className="recording is-absent" aria-label={name}>
        <div className="recording-head">
          <span className="recording-why">
            {isOnly ? null : <strong>{name} </strong>}
            {stateText(recording, t)}
          </span>
          {canBeVerified ? verification.button : null}
        </div>
        {verification.result}
      </section>
    )
  const isHeard = isMine && isPlaying
  const kinds = [
    call.steps.some(({ type, durationMs }) => type === 'held' && durationMs !== null) ? ['hold' as const] : [],
    recording.pauses.length > 0 ? ['paused' as const] : [],
    recording.silenced.length > 0 ? ['silenced' as const] : [],
  ].flat()
  return (
    <section className="recording" aria-label={name}>
      <div className="recording-head">
        <span className="recording-what">
          {isOnly ? null : (
            <Button
              look="text"
              size="small"
              isRound
              icon={isHeard ? <Icon of={PauseOutlined} /> : <Icon of={CaretRightFilled} />}
              aria-label={`${isHeard ? t('recording.pause') : t('recording.play')} · ${name}`}
              onClick={() => toggle(track)}
            />
          )}
          <strong>{isOnly ? t('timeline.recording') : name}</strong>
          <span className="faint tabular">
            {durationText(track.durationMs)} · {recording.channels === 2 ? t('recording.stereo') : t('recording.mono')}
            {recording.sizeBytes ? ` · ${sizeText(recording.sizeBytes)}` : ''}
          </span>
        </span>
        <span className="recording-actions">
          {scopes.includes('recordings:silence') ? (
            <Button icon={<Icon of={AudioMutedOutlined} />} onClick={() => setSilencing(true)}>
              {t('recording.silence.open')}
            </Button>
          ) : null}
          <HoldControl call={call} recording={recording} />
          {verification.button}
          <ButtonLink href={downloadUrl(call.id, recording.n)} download icon={<Icon of={DownloadOutlined} />}>
            {t('recording.download')}
          </ButtonLink>
        </span>
      </div>
      <TalkLine talk={sound.data?.talk ?? recording.talk} kinds={kinds} hasGaps={hasGaps} />
      {recording.silenced.map(({ fromMs, toMs, because }) => (
        <p key={`${fromMs} ${toMs}`} className="recording-silenced">
          {t('recording.silencedPart', { from: durationText(fromMs), to: durationText(toMs), because })}
        </p>
      ))}
      <HeldNote recording={recording} />
      {verification.result}
      {isSilencing ? (
        <Suspense fallback={null}>
          <SilenceDialog
            call={call}
            recording={recording}
            onDone={() => {
              // What is loaded still has the words in it.
              if (isMine) stop()
              setSilencing(false)
            }}
            onClose={() => setSilencing(false)}
          />
        </Suspense>
      ) : null}
    </section>
  )
}

function sizeText(bytes: number): string {
  return bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1000))} KB`
}
