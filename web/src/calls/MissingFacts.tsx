// What a decided value had to do without.
import { useTranslation } from 'react-i18next'
import type { MissingFact } from '../../../src/calls/call.ts'

export function MissingFacts({ missing }: { missing: readonly MissingFact[] }) {
  const { t, i18n } = useTranslation()
  if (missing.length === 0) return null
  return (
    <p className="why-missing">
      <span className="why-missing-mark">{t('why.missing')}</span>
      {missing.map((fact) => (i18n.exists(`missingFact.${fact}`) ? t(`missingFact.${fact}`) : fact)).join(t('comma'))}
    </p>
  )
}
