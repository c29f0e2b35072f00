// Whether stretches in which nobody speaks are passed over; and, for a moment, how much just was.

import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { usePlayback } from './playback-context.ts'

export function SkipSilence() {
  const { t } = useTranslation()
  const { isSkippingSilence, setSkippingSilence, skippedSeconds } = usePlayback()
  return (
    <span className="skip-silence">
      <Button
        look="text"
        isRound
        className={isSkippingSilence ? 'is-set' : ''}
        icon={<SkipIcon />}
        title={isSkippingSilence ? t('recording.skipsSilence') : t('recording.skipSilence')}
        aria-label={t('recording.skipSilence')}
        aria-pressed={isSkippingSilence}
        onClick={() => setSkippingSilence(!isSkippingSilence)}
      />
      {skippedSeconds === null ? null : (
        <span className="skipped tabular">{t('recording.skipped', { seconds: skippedSeconds.toFixed(1) })}</span>
      )}
    </span>
  )
}

/** Sound, a gap, sound; and the leap over the gap. */
function SkipIcon() {
  return (
    <svg className="icon" viewBox="0 0 16 16" stroke="currentColor" strokeLinecap="round" aria-hidden="true">
      <path fill="none" strokeWidth="1.3" d="M1.5 10v3M3.5 8.5v6M12.5 8.5v6M14.5 10v3M6.5 11.5h.01M9.5 11.5h.01" />
      <path fill="none" strokeWidth="1.2" strokeLinejoin="round" d="M3.5 5.5C5 2 11 2 12.3 5M12.6 2.4v2.8H9.9" />
    </svg>
  )
}
