// Asks the server to read a recording again and says whether it is still the one that was taken in, and by which hash.
import SafetyCertificateOutlined from '@ant-design/icons-svg/es/asn/SafetyCertificateOutlined'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { verifyRecording } from '../api/calls.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { problemText } from '../ui/problem-text.ts'
import { clockOf, dayOf } from '../ui/time.ts'

/** The button, what it does, and what came out, to be shown below. */
export function useVerification(callId: string, n: number) {
  const { t } = useTranslation()
  const { mutate, data, error, isPending } = useMutation({ mutationFn: () => verifyRecording(callId, n) })
  const button = (
    <Button
      icon={<Icon of={SafetyCertificateOutlined} />}
      isBusy={isPending}
      onClick={() => mutate()}
      title={t('recording.verifyHint')}
    >
      {t('recording.verify')}
    </Button>
  )
  const at = data ? `${dayOf(data.storedAt)} ${clockOf(data.storedAt)}` : ''
  const result = error ? (
    <p className="recording-verified" role="status">
      {problemText(error, t)}
    </p>
  ) : data ? (
    <p className={`recording-verified is-${data.outcome}`} role="status">
      {t(`recording.verified.${data.outcome}`, { at })}
      {data.original === 'missing' ? (
        <span className="recording-original">{t('recording.verified.originalMissing')}</span>
      ) : null}
      {data.original === 'damaged' ? (
        <span className="recording-original">{t('recording.verified.originalDamaged')}</span>
      ) : null}
      <span className="recording-hash" title={data.expectedSha256}>
        {t('recording.verified.hash', { hash: data.expectedSha256 })}
      </span>
    </p>
  ) : null
  return { button, verify: () => mutate(), result }
}
