// New calls that arrived while somebody was reading further down or on another page: counted here, shown on request.
import { useTranslation } from 'react-i18next'

export function NewCallsPill({ heldBack, isStale, onShow }: { heldBack: number; isStale: boolean; onShow(): void }) {
  const { t, i18n } = useTranslation()
  const isOn = heldBack > 0 || isStale
  return (
    <div className="pill-place" role="status">
      {isOn ? (
        <button type="button" className="pill" onClick={onShow}>
          <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <path
              d="M6 10V2M2.5 5.5L6 2l3.5 3.5"
              fill="none"
              stroke="currentColor"
              strokeWidth="1.6"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
          {heldBack > 0
            ? t('list.newCalls', { count: heldBack, formatted: heldBack.toLocaleString(i18n.language) })
            : t('list.changed')}
        </button>
      ) : null}
    </div>
  )
}
