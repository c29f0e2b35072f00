// Compressed recordings that nobody can play yet, and what to do about it. Nothing to see where there are none.
import { useTranslation } from 'react-i18next'
import type { ConversionsJson } from '../api/operations.ts'
import { CodeBlock } from '../ui/CodeBlock.tsx'

export function Conversions({ conversions: { awaited, failed, canDecode } }: { conversions: ConversionsJson }) {
  const { t, i18n } = useTranslation()
  const count = (n: number) => n.toLocaleString(i18n.language)
  if (awaited === 0 && failed === 0) return null
  return (
    <section className="files-aside" aria-label={t('operations.conversions.title')}>
      <h2>
        {t('operations.conversions.title')} <span className="faint">{count(awaited + failed)}</span>
      </h2>
      {awaited > 0 ? (
        <p className="faint">
          {t(canDecode ? 'operations.conversions.decoding' : 'operations.conversions.install', {
            many: count(awaited),
          })}
        </p>
      ) : null}
      {awaited > 0 && !canDecode ? <CodeBlock text="apt-get install ffmpeg" /> : null}
      {failed > 0 ? <p className="faint">{t('operations.conversions.failed', { many: count(failed) })}</p> : null}
    </section>
  )
}
