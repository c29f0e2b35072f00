// Lines for a file or a shell, as they are, with a button that copies them.

import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'
import { copy } from './copy.ts'
import './code-block.css'

const SAID_MS = 1_400

interface CodeBlockProps {
  /** Where the lines belong. */
  title?: string
  text: string
  /** What is shown where it differs from what is copied. */
  shown?: string
}

export function CodeBlock({ title, text, shown = text }: CodeBlockProps) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <figure className="code-block">
      <figcaption>
        <span>{title}</span>
        <Button size="small" look="text" onClick={() => void copy(text).then(setCopied)}>
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
