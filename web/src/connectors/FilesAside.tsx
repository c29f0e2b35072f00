// Files in the watched folders that were not taken in, and why.
import { useTranslation } from 'react-i18next'
import type { FileAside } from '../api/operations.ts'
import type { Messages } from '../i18n/zh-CN.ts'
import { fileNameOf } from '../operations/file-name.ts'
import { clockOf, dayOf } from '../ui/time.ts'

export function FilesAside({ files }: { files: readonly FileAside[] }) {
  const { t, i18n } = useTranslation()
  return (
    <section className="files-aside">
      <h2>
        {t('operations.aside.title')} <span className="faint">{files.length.toLocaleString(i18n.language)}</span>
      </h2>
      <p className="faint">{t('operations.aside.hint')}</p>
      <ul className="plain lines">
        {files.map(({ origin, because, detail, since }) => (
          <li key={origin} className="line">
            <time className="faint tabular" dateTime={since}>
              {dayOf(since)} {clockOf(since)}
            </time>
            <span className="mono line-main" title={origin}>
              {fileNameOf(origin)}
            </span>
            <span title={detail}>{becauseText(because)}</span>
          </li>
        ))}
      </ul>
    </section>
  )

  function becauseText(because: string): string {
    return i18n.exists(`operations.aside.because.${because}`)
      ? t(`operations.aside.because.${because as keyof Messages['operations']['aside']['because']}`)
      : because
  }
}
