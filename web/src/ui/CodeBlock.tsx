// Lines for a file or a shell, as they are, with a button that copies them.

import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'
import { useCopied } from './use-copied.ts'
import './code-block.css'

interface CodeBlockProps {
  /** Where the lines belong. */
  title?: string
  text: string
  /** What is shown where it differs from what is copied. */
  shown?: string
}

export function CodeBlock({ title, text, shown = text }: CodeBlockProps) {
  const { t } = useTranslation()
  const [isCopied, copy] = useCopied()
  return (
    <figure className="code-block">
      <figcaption>
        <span>{title}</span>
        <Button size="small" look="text" onClick={() => copy(text)}>
          {isCopied ? t('list.copied') : t('list.copy')}
        </Button>
        <span className="off-sight" role="status">
          {isCopied ? t('list.copied') : ''}
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <pre className="mono" tabIndex={0}>
        {shown}
      </pre>
    </figure>
  )
}
