// How many calls fit the search, and paging by cursor: no page numbers to jump to, since the list moves under them.
import LeftOutlined from '@ant-design/icons-svg/es/asn/LeftOutlined'
import RightOutlined from '@ant-design/icons-svg/es/asn/RightOutlined'
import VerticalRightOutlined from '@ant-design/icons-svg/es/asn/VerticalRightOutlined'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallCount } from '../api/calls.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import type { PageSize } from './list-search.ts'

interface ListFooterProps {
  /** What stands beside the count: the list's tools. */
  children: ReactNode
  count: CallCount | null
  page: number
  limit: PageSize
  sizes: readonly PageSize[]
  onLimit(size: PageSize): void
  /** null: there is none. */
  onFirst: (() => void) | null
  onPrevious: (() => void) | null
  onNext: (() => void) | null
}

export const ListFooter = memo(function ListFooter(props: ListFooterProps) {
  const { count, page, limit, sizes, children, onLimit, onFirst, onPrevious, onNext } = props
  const { t, i18n } = useTranslation()
  return (
    <footer className="list-footer">
      <span
        className="list-count"
        aria-live="off"
        title={
          count && !count.exact
            ? t('list.countAtLeast', { formatted: count.count.toLocaleString(i18n.language) })
            : undefined
        }
      >
        {count === null ? '' : countText()}
      </span>
      {children}
      <select
        className="plain-select page-size"
        value={limit}
        aria-label={t('list.perPageLabel')}
        onChange={({ target }) => onLimit(Number(target.value) as PageSize)}
      >
        {sizes.map((n) => (
          <option key={n} value={n}>
            {t('list.perPage', { n })}
          </option>
        ))}
      </select>
      <nav className="pager" aria-label={t('list.page', { page })}>
        {onFirst && page > 2 ? (
          <Button
            size="small"
            look="text"
            icon={<Icon of={VerticalRightOutlined} />}
            onClick={onFirst}
            aria-label={t('list.firstPage')}
            title={t('list.firstPage')}
          />
        ) : null}
        <Button
          size="small"
          icon={<Icon of={LeftOutlined} />}
          disabled={onPrevious === null}
          onClick={onPrevious ?? undefined}
        >
          {t('list.previous')}
        </Button>
        <span className="pager-page">{t('list.page', { page })}</span>
        <Button size="small" disabled={onNext === null} onClick={onNext ?? undefined}>
          {t('list.next')}
          <Icon of={RightOutlined} />
        </Button>
      </nav>
    </footer>
  )

  function countText(): string {
    if (count === null) return ''
    const formatted = count.count.toLocaleString(i18n.language)
    return t('list.count', { count: count.count, formatted: count.exact ? formatted : `≈ ${formatted}+` })
  }
})
