// What came in and could not be taken: to look at, and for administrators to take again after a fix, or to throw away.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { forgetRejected, type ReplayAnswer, rejectedQuery, replayRejected } from '../api/operations.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { MoreButton } from '../ui/MoreButton.tsx'
import { Notice } from '../ui/Notice.tsx'
import { problemText } from '../ui/problem-text.ts'
import { Answer } from './Answer.tsx'
import { RejectedRow } from './RejectedRow.tsx'

export function Component() {
  const { t, i18n } = useTranslation()
  const { scopes } = useOpenSession()
  const mayAct = scopes.includes('rejected:write')
  const client = useQueryClient()
  const query = useInfiniteQuery(rejectedQuery)
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set())
  const [still, setStill] = useState<ReadonlyMap<number, ReplayAnswer['still'][number]>>(new Map())
  const [isAsking, setAsking] = useState(false)
  const count = (n: number) => n.toLocaleString(i18n.language)

  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const ids = items.map(({ id }) => id).filter((id) => chosen.has(id))
  const renew = async () => {
    setChosen(new Set())
    await client.invalidateQueries({ queryKey: rejectedQuery.queryKey })
  }
  const replay = useMutation({
    mutationFn: replayRejected,
    onSuccess: (answer) => setStill(new Map(answer.still.map((one) => [one.id, one]))),
    onSettled: renew,
  })
  const forget = useMutation({ mutationFn: forgetRejected, onSettled: renew })
  const problem = replay.error ?? forget.error
  const isBusy = replay.isPending || forget.isPending

  function choose(id: number, isChosen: boolean): void {
    const next = new Set(chosen)
    if (isChosen) next.add(id)
    else next.delete(id)
    setChosen(next)
  }

  return (
    <section className="operations-section" aria-label={t('operations.tab.rejected')}>
      <p className="section-hint">
        {t('operations.rejected.hint')} {mayAct ? '' : t('operations.readOnly')}
      </p>
      <Answer query={query}>
        {({ pages }) => {
          const [first] = pages
          const ever = (first?.ever ?? []).reduce((sum, { count }) => sum + count, 0)
          return (
            <>
              <div className="toolbar">
                {mayAct && items.length > 0 ? (
                  <>
                    <label className="select-all">
                      <input
                        type="checkbox"
                        checked={ids.length === items.length}
                        ref={(box) => {
                          if (box) box.indeterminate = ids.length > 0 && ids.length < items.length
                        }}
                        onChange={(event) => setChosen(new Set(event.target.checked ? items.map(({ id }) => id) : []))}
                      />
                      {ids.length > 0
                        ? t('operations.rejected.selected', { n: count(ids.length) })
                        : t('operations.rejected.selectAll')}
                    </label>
                    <Button
                      look="primary"
                      disabled={ids.length === 0 || isBusy}
                      isBusy={replay.isPending}
                      onClick={() => {
                        forget.reset()
                        replay.mutate(ids)
                      }}
                    >
                      {t('operations.rejected.replay')}
                    </Button>
                    <Button
                      isDanger
                      disabled={ids.length === 0 || isBusy}
                      isBusy={forget.isPending}
                      onClick={() => setAsking(true)}
                    >
                      {t('operations.rejected.forget')}
                    </Button>
                  </>
                ) : null}
                <p className={problem ? 'toolbar-result is-bad' : 'toolbar-result'} role={problem ? 'alert' : 'status'}>
                  {problem ? problemText(problem, t) : resultText()}
                </p>
                <p className="faint tabular">
                  {t('operations.rejected.kept', { kept: count(first?.kept ?? 0) })} ·{' '}
                  {t('operations.rejected.ever', { count: count(ever) })}
                </p>
              </div>
              {items.length === 0 ? (
                <Notice title={t('operations.rejected.empty')} hint={t('operations.rejected.emptyHint')} />
              ) : (
                <ul className="plain lines">
                  {items.map((item) => (
                    <RejectedRow
                      key={item.id}
                      item={item}
                      still={still.get(item.id) ?? null}
                      isChosen={chosen.has(item.id)}
                      onChoose={mayAct ? (isChosen) => choose(item.id, isChosen) : null}
                    />
                  ))}
                </ul>
              )}
              <MoreButton text={t('operations.rejected.more')} query={query} />
            </>
          )
        }}
      </Answer>
      {isAsking ? (
        <ConfirmDialog
          title={t('operations.rejected.forgetTitle', { n: count(ids.length) })}
          text={t('operations.rejected.forgetText')}
          action={t('operations.rejected.forget')}
          isDangerous
          onConfirm={() => {
            replay.reset()
            forget.mutate(ids)
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  )

  function resultText(): string {
    if (forget.data !== undefined) return t('operations.rejected.forgotten', { n: count(forget.data) })
    if (!replay.data) return ''
    const taken = count(replay.data.taken)
    return replay.data.still.length === 0
      ? t('operations.rejected.replayed', { taken })
      : t('operations.rejected.replayedSome', { taken, still: count(replay.data.still.length) })
  }
}
