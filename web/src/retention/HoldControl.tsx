// Holding a recording, and releasing it: for those who may; whoever hears it sees that it is held, by whom and why.
import LockOutlined from '@ant-design/icons-svg/es/asn/LockOutlined'
import UnlockOutlined from '@ant-design/icons-svg/es/asn/UnlockOutlined'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallJson, CallRecordingJson } from '../../../src/calls/call-json.ts'
import { useOpenSession } from '../access/session-context.ts'
import { callDetailQuery } from '../api/calls.ts'
import { holdRecording, releaseRecording } from '../api/retention.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { Icon } from '../ui/Icon.tsx'
import { problemText } from '../ui/problem-text.ts'
import { HoldDialog } from './HoldDialog.tsx'
import { actorName } from './sizes.ts'

interface HoldProps {
  call: CallJson
  recording: CallRecordingJson
}

/** The button that stands beside the others of a recording; nothing for those who may not. */
export function HoldControl({ call, recording }: HoldProps) {
  const { t } = useTranslation()
  const { scopes } = useOpenSession()
  const client = useQueryClient()
  const [isOpen, setIsOpen] = useState(false)
  const isHeld = recording.heldAt !== null
  const change = useMutation({
    mutationFn: (reason: string | null) =>
      reason === null ? releaseRecording(call.id, recording.n) : holdRecording(call.id, recording.n, reason),
    onSettled: () => client.invalidateQueries({ queryKey: callDetailQuery(call.id).queryKey }),
  })
  if (!scopes.includes('recordings:hold')) return null
  const close = () => setIsOpen(false)
  return (
    <>
      <Button
        icon={isHeld ? <Icon of={UnlockOutlined} /> : <Icon of={LockOutlined} />}
        isBusy={change.isPending}
        onClick={() => setIsOpen(true)}
      >
        {isHeld ? t('retention.hold.release') : t('retention.hold.hold')}
      </Button>
      {change.error ? (
        <span className="hold-problem" role="alert">
          {problemText(change.error, t)}
        </span>
      ) : null}
      {isOpen && isHeld ? (
        <ConfirmDialog
          title={t('retention.hold.releaseTitle')}
          text={t('retention.hold.releaseText', { reason: recording.holdReason ?? '' })}
          action={t('retention.hold.release')}
          onConfirm={() => change.mutate(null)}
          onClose={close}
        />
      ) : null}
      {isOpen && !isHeld ? <HoldDialog onHold={(reason) => change.mutate(reason)} onClose={close} /> : null}
    </>
  )
}

/** That it is held, by whom and why. */
export function HeldNote({ recording }: Pick<HoldProps, 'recording'>) {
  const { t } = useTranslation()
  const { heldAt, heldBy, holdReason } = recording
  if (heldAt === null) return null
  return (
    <p className="held-note">
      <Icon of={LockOutlined} />{' '}
      {t('retention.hold.held', {
        who: heldBy === null ? '–' : (actorName(heldBy) ?? heldBy),
        time: heldAt.slice(0, 16).replace('T', ' '),
        reason: holdReason ?? '',
      })}
    </p>
  )
}
