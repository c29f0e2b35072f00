// Whether the list is live at this moment, and how far behind: in words and colour, always the measured truth. Said aloud
// when the state changes; the running numbers are only for the eye.
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { useNow } from '../ui/use-now.ts'
import type { FeedLink } from './use-live-list.ts'

export function FeedIndicator({ link }: { link: FeedLink }) {
  const { t, i18n } = useTranslation()
  const { state, retryAt, delayMs, caughtUp } = link
  useNow(retryAt !== null)
  const isAway = state === 'lost' || state === 'offline'
  const hint = state === 'open' ? t('feed.openHint') : isAway ? t('feed.lostHint') : null
  const caughtUpText =
    state === 'open' && caughtUp !== null && caughtUp > 0 ? t('callList.feed.caughtUp', { count: caughtUp }) : null
  return (
    <span className={`feed feed-${state}`} data-state={state} title={hint ?? undefined}>
      <span className="feed-dot" aria-hidden="true" />
      <span role="status">
        {t(`feed.${state}`)}
        {caughtUpText ? ` · ${caughtUpText}` : null}
      </span>
      <span className="tabular" aria-hidden="true">
        {caughtUpText ? null : runningText()}
      </span>
    </span>
  )

  function runningText(): string {
    if (isAway) return retryAt === null ? '' : retryText(retryAt, t)
    if (state !== 'open' || delayMs === null) return ''
    return `· ${t('callList.feed.delay', { seconds: seconds(delayMs, i18n.language) })}`
  }
}

function retryText(retryAt: number, t: TFunction): string {
  const left = Math.ceil((retryAt - Date.now()) / 1000)
  return left > 0 ? t('callList.feed.retryIn', { seconds: left }) : ''
}

/** `0.2`, `1.4`, `12`; never less than was measured. */
function seconds(ms: number, language: string): string {
  const tenths = Math.ceil(ms / 100) / 10
  const digits = tenths < 10 ? 1 : 0
  return tenths.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
