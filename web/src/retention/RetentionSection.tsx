// How long recordings are kept: what is there, the limits, and what other limits would do before they are set.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RetentionPolicy } from '../../../src/retention/policy.ts'
import type { RetentionJson } from '../../../src/retention/retention-json.ts'
import { useOpenSession } from '../access/session-context.ts'
import { retentionQuery, saveRetention, sweepNow } from '../api/retention.ts'
import { Answer } from '../operations/Answer.tsx'
import { problemText } from '../ui/problem-text.ts'
import { PolicyForm } from './PolicyForm.tsx'
import { RehearsalView } from './RehearsalView.tsx'
import { SweepCard } from './SweepCard.tsx'
import { UseCard } from './UseCard.tsx'
import './retention.css'

export function Component() {
  const { t } = useTranslation()
  const retention = useQuery(retentionQuery)
  return (
    <section className="operations-section" aria-label={t('settings.tab.retention')}>
      <h1 className="section-title">{t('settings.tab.retention')}</h1>
      <Answer query={retention}>{(state) => <Retention state={state} />}</Answer>
    </section>
  )
}

function Retention({ state }: { state: RetentionJson }) {
  const { t } = useTranslation()
  const { scopes } = useOpenSession()
  const client = useQueryClient()
  const mayChange = scopes.includes('retention:write')
  const [draft, setDraft] = useState<RetentionPolicy | null>(null)
  const renewed = () => {
    void client.invalidateQueries({ queryKey: retentionQuery.queryKey })
    void client.invalidateQueries({ queryKey: ['retention-rehearsal'] })
  }
  const save = useMutation({
    mutationFn: saveRetention,
    onSuccess: (saved) => {
      client.setQueryData(retentionQuery.queryKey, saved)
      setDraft(null)
      renewed()
    },
  })
  const sweep = useMutation({ mutationFn: sweepNow, onSettled: renewed })
  const saved = policyOf(state)
  const policy = draft ?? saved
  const isChanged = draft !== null && JSON.stringify(draft) !== JSON.stringify(saved)
  return (
    <>
      <UseCard state={state} />
      <PolicyForm policy={policy} isChanged={isChanged} mayChange={mayChange} state={state} onChange={setDraft} />
      <RehearsalView
        policy={policy}
        isChanged={isChanged}
        isSaving={save.isPending}
        onSave={mayChange && isChanged ? () => save.mutate(policy) : null}
        onUndo={() => setDraft(null)}
      />
      {save.error ? (
        <p className="card-problem is-bad" role="alert">
          {problemText(save.error, t)}
        </p>
      ) : null}
      <SweepCard
        last={sweep.data ?? state.lastSweep}
        filesDue={state.filesDue}
        problem={sweep.error}
        isSweeping={sweep.isPending}
        onSweep={mayChange ? () => sweep.mutate() : null}
      />
    </>
  )
}

function policyOf({ capacityBytes, ageDays, minFreeBytes, skillGroups }: RetentionJson): RetentionPolicy {
  return { capacityBytes, ageDays, minFreeBytes, skillGroups }
}
