// One export in the tray: what it is, how far it is or what became of it, and what can be done with it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import i18next from 'i18next'
import { useTranslation } from 'react-i18next'
import { type ExportJson, endExport, exportFileUrl, exportsQuery, isUnfinished } from '../api/exports.ts'
import type { Messages } from '../i18n/zh-CN.ts'
import { Button, ButtonLink } from '../ui/Button.tsx'
import { problemText } from '../ui/problem-text.ts'
import { sizeText } from './size-text.ts'

export function ExportLine({ item }: { item: ExportJson }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: endExport,
    onSettled: () => client.invalidateQueries({ queryKey: exportsQuery.queryKey }),
  })
  const number = (n: number) => n.toLocaleString(i18n.language)
  const part = item.count ? Math.min(1, item.done / item.count) : null

  return (
    <li className="tray-line" data-state={item.state}>
      <div className="tray-line-what">
        <span className="tray-name" title={item.fileName}>
          {item.fileName}
        </span>
        <span className={item.state === 'failed' || end.error ? 'tray-state is-bad' : 'tray-state'} role="status">
          {end.error ? problemText(end.error, t) : stateText()}
        </span>
        {item.state === 'running' ? (
          <div
            className={part === null ? 'tray-progress is-open' : 'tray-progress'}
            role="progressbar"
            aria-label={item.fileName}
            {...(part === null ? {} : { 'aria-valuenow': Math.round(part * 100) })}
          >
            <div style={{ inlineSize: `${(part ?? 0.3) * 100}%` }} />
          </div>
        ) : null}
      </div>
      <div className="tray-actions">
        {item.state === 'done' ? (
          <ButtonLink size="small" look="primary" href={exportFileUrl(item.id)} download={item.fileName}>
            {t('exports.download')}
          </ButtonLink>
        ) : null}
        <Button size="small" look="text" isBusy={end.isPending} onClick={() => end.mutate(item.id)}>
          {isUnfinished(item) ? t('exports.cancel') : t('exports.remove')}
        </Button>
      </div>
    </li>
  )

  function stateText(): string {
    const words = [stateWords()]
    if (!item.isOwn) words.push(t('exports.by', { name: item.owner }))
    return words.join(' · ')
  }

  function stateWords(): string {
    switch (item.state) {
      case 'waiting':
        return t('exports.state.waiting')
      case 'running':
        return item.count === null
          ? t('exports.state.counting')
          : t('exports.state.running', { done: number(item.done), count: number(item.count) })
      case 'done': {
        const size = sizeText(item.sizeBytes, i18n.language)
        return t('exports.state.done', { count: number(item.done), size, until: clockText(item.expiresAt) })
      }
      case 'failed':
        return failureText()
      case 'cancelled':
        return t('exports.state.cancelled')
      case 'expired':
        return t('exports.state.expired')
    }
  }

  function failureText(): string {
    const key = `problem.${item.failure}`
    return i18next.exists(key) ? t(key as `problem.${keyof Messages['problem']}`) : t('problem.export-failed')
  }
}

/** `2026-11-29T06:48:50.433+08:00` → `11-29 06:48`, in the contact centre's zone. */
function clockText(iso: string | null): string {
  return iso === null ? '' : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`
}
