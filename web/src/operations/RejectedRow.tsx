// One message or event that was kept aside; opened, it shows what came, to the byte.
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RejectedItem, ReplayAnswer } from '../api/operations.ts'
import type { Messages } from '../i18n/zh-CN.ts'
import { CodeBlock } from '../ui/CodeBlock.tsx'
import { clockOf, dayOf } from '../ui/time.ts'
import { bytesText } from './amounts.ts'
import { hexOf, isBinary, visibleText } from './raw-text.ts'

interface RejectedRowProps {
  item: RejectedItem
  /** What was said when it was tried again just now. */
  still: ReplayAnswer['still'][number] | null
  isChosen: boolean
  /** null: may only look. */
  onChoose: ((isChosen: boolean) => void) | null
}

export function RejectedRow({ item, still, isChosen, onChoose }: RejectedRowProps) {
  const { t, i18n } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const isSameReason = still?.code === item.cause && still.detail === item.detail
  const time = `${dayOf(item.at)} ${clockOf(item.at)}`
  return (
    <li className={isChosen ? 'rejected is-chosen' : 'rejected'} data-rejected={item.id}>
      <div className="line">
        {onChoose ? (
          <input
            type="checkbox"
            checked={isChosen}
            aria-label={t('operations.rejected.select', { time, source: item.source })}
            onChange={(event) => onChoose(event.target.checked)}
          />
        ) : null}
        <button
          type="button"
          className="rejected-open"
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <span className="chevron" aria-hidden="true" />
          <time className="faint tabular" dateTime={item.at}>
            {time}
          </time>
          <span className="cut rejected-source">{item.source}</span>
          <span className="faint">{t(`operations.rejected.kind.${item.kind}`)}</span>
          <span className="line-main">
            {causeText(item.cause)}
            <span className="faint cut" lang="en">
              {item.detail}
            </span>
          </span>
        </button>
      </div>
      {still ? (
        <p className="rejected-still" role="status">
          <span className="tag tag-warning">{t('operations.rejected.still')}</span>
          {isSameReason ? null : (
            <>
              {' '}
              {causeText(still.code)}{' '}
              <span className="faint" lang="en">
                {still.detail}
              </span>
            </>
          )}
        </p>
      ) : null}
      {isOpen ? (
        <div id={id} className="rejected-raw">
          <CodeBlock
            title={t('operations.rejected.rawSize', { size: bytesText(item.sizeBytes, i18n.language) })}
            text={item.text}
            shown={visibleText(item.text)}
          />
          {isBinary(item.text) ? <CodeBlock title={t('operations.rejected.bytes')} text={hexOf(item.base64)} /> : null}
        </div>
      ) : null}
    </li>
  )

  function causeText(code: string): string {
    return i18n.exists(`operations.rejected.cause.${code}`)
      ? t(`operations.rejected.cause.${code as keyof Messages['operations']['rejected']['cause']}`)
      : code
  }
}
