// Makes a part of a recording silent for good: it is chosen on the sound, heard, given a reason, and only then, with words
// that say that nothing brings it back, done.
import CaretRightFilled from '@ant-design/icons-svg/es/asn/CaretRightFilled'
import PauseOutlined from '@ant-design/icons-svg/es/asn/PauseOutlined'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallDetailJson, DetailRecordingJson } from '../../../src/calls/call-json.ts'
import { silenceRecording } from '../api/calls.ts'
import { RangeChooser } from '../timeline/RangeChooser.tsx'
import { type ChosenRange, SHORTEST_RANGE_MS } from '../timeline/range-drag.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { problemText } from '../ui/problem-text.ts'
import { TextField } from '../ui/TextField.tsx'
import { durationText } from '../ui/time.ts'
import { usePlayback } from './playback-context.ts'
import { readTime, writeTime } from './recording-time.ts'
import { trackOf } from './recording-words.ts'
import { useHearing } from './use-hearing.ts'
import './silence-dialog.css'
import { Icon } from '../ui/Icon.tsx'

interface SilenceDialogProps {
  call: CallDetailJson
  recording: DetailRecordingJson
  onDone(): void
  onClose(): void
}

/** What is chosen at first: the last seconds that were heard. */
const JUST_HEARD_MS = 5_000

export default function SilenceDialog({ call, recording, onDone, onClose }: SilenceDialogProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { audio } = usePlayback()
  const track = trackOf(call, recording)
  const { durationMs } = track
  const { isMine, isHearing, hear, stopHearing } = useHearing(track)
  const [range, setRange] = useState<ChosenRange>(() => {
    const heardMs = isMine ? Math.round(audio.currentTime * 1000) : 0
    const toMs = Math.min(durationMs, Math.max(heardMs, JUST_HEARD_MS))
    return { fromMs: Math.max(0, toMs - JUST_HEARD_MS), toMs }
  })
  /** What stands in the fields while it is typed: it may not be a time yet. */
  const [typed, setTyped] = useState<{ from: string; to: string } | null>(null)
  const [reason, setReason] = useState('')
  const [isAsked, setAsked] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const reasonField = useRef<HTMLInputElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const backButton = useRef<HTMLButtonElement>(null)
  const ids = { from: useId(), to: useId(), reason: useId() }

  // The keyboard begins with the part; asked, with what is not for good.
  useEffect(() => {
    const first = isAsked ? backButton.current : form.current?.querySelector<HTMLElement>('.range-edge')
    first?.focus()
  }, [isAsked])

  const lasts = writeTime(range.toMs - range.fromMs)
  const written = typed ?? { from: writeTime(range.fromMs), to: writeTime(range.toMs) }

  function choose(next: ChosenRange): void {
    setTyped(null)
    setProblem(null)
    setRange(next)
  }

  function type(next: { from: string; to: string }): void {
    setTyped(next)
    const chosen = readRange(next, durationMs)
    if (chosen) setRange(chosen)
  }

  function ask(event: FormEvent): void {
    event.preventDefault()
    const isRange = readRange(written, durationMs) !== null
    const isReason = reason.trim() !== ''
    if (!isRange) setProblem(t('recording.silence.badRange', { end: durationText(durationMs) }))
    else if (!isReason) {
      setProblem(t('recording.silence.noReason'))
      reasonField.current?.focus()
    } else {
      stopHearing()
      setProblem(null)
      setAsked(true)
    }
  }

  async function silence(): Promise<void> {
    setBusy(true)
    setProblem(null)
    try {
      await silenceRecording(call.id, recording.n, { ...range, reason: reason.trim() })
      await client.invalidateQueries({ queryKey: ['call', call.id] })
      onDone()
    } catch (error) {
      setProblem(problemText(error, t))
      setBusy(false)
    }
  }

  function close(): void {
    if (isHearing) stopHearing()
    onClose()
  }

  const complaint =
    problem === null ? null : (
      <p className="silence-problem" role="alert">
        {problem}
      </p>
    )
  const span = { from: writeTime(range.fromMs), to: writeTime(range.toMs), seconds: lasts }
  if (isAsked)
    return (
      <Dialog key="asked" title={t('recording.silence.ask', span)} onClose={close}>
        <p className="dialog-text">{t('recording.silence.forGood')}</p>
        <dl className="silence-summary">
          <dt>{t('recording.silence.part')}</dt>
          <dd className="tabular">{t('recording.silence.span', span)}</dd>
          <dt>{t('recording.silence.reason')}</dt>
          <dd>{reason.trim()}</dd>
        </dl>
        {complaint}
        <footer className="dialog-buttons">
          <Button ref={backButton} onClick={() => setAsked(false)} disabled={isBusy}>
            {t('recording.silence.back')}
          </Button>
          <Button look="primary" isDanger isBusy={isBusy} onClick={() => void silence()}>
            {t('recording.silence.action', span)}
          </Button>
        </footer>
      </Dialog>
    )
  return (
    <Dialog key="chosen" title={t('recording.silence.title')} isWide onClose={close}>
      <form ref={form} onSubmit={ask} className="silence-form" noValidate>
        <p className="dialog-text">{t('recording.silence.text')}</p>
        <RangeChooser call={call} recording={recording} range={range} isMine={isMine} onChoose={choose} />
        <div className="silence-range">
          {(['from', 'to'] as const).map((edge) => (
            <label key={edge} htmlFor={ids[edge]}>
              <span>{t(`recording.silence.${edge}`)}</span>
              <TextField
                id={ids[edge]}
                className="tabular"
                value={written[edge]}
                maxLength={12}
                onChange={(event) => type({ ...written, [edge]: event.target.value })}
                onBlur={() => setTyped((now) => (now && readRange(now, durationMs) ? null : now))}
              />
            </label>
          ))}
          <Button
            icon={isHearing ? <Icon of={PauseOutlined} /> : <Icon of={CaretRightFilled} />}
            onClick={() => (isHearing ? stopHearing() : hear(range))}
          >
            {isHearing ? t('recording.silence.stopHearing') : t('recording.silence.hear', { seconds: lasts })}
          </Button>
        </div>
        <label htmlFor={ids.reason} className="silence-reason">
          <span>{t('recording.silence.reason')}</span>
          <TextField
            ref={reasonField}
            id={ids.reason}
            value={reason}
            maxLength={200}
            placeholder={t('recording.silence.reasonHint')}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        {complaint}
        <footer className="dialog-buttons">
          <Button onClick={close}>{t('password.cancel')}</Button>
          <Button look="primary" type="submit">
            {t('recording.silence.next')}
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

/** null: not two times within the recording, the first before the second. */
function readRange({ from, to }: { from: string; to: string }, durationMs: number): ChosenRange | null {
  const [fromMs, toMs] = [readTime(from), readTime(to)]
  if (fromMs === null || toMs === null) return null
  // A tenth more than there is comes from rounding.
  const range = { fromMs, toMs: toMs - durationMs > 100 ? toMs : Math.min(toMs, durationMs) }
  return range.toMs <= durationMs && range.toMs - range.fromMs >= SHORTEST_RANGE_MS ? range : null
}
