// A small button that puts a longer text on the clipboard, and says so for a moment.
import CopyOutlined from '@ant-design/icons-svg/es/asn/CopyOutlined'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copy } from './copy.ts'
import { Icon } from './Icon.tsx'

const SAID_MS = 1_400

/** `text` is made when it is asked for. */
export function CopyButton({ label, text }: { label: string; text(): string }) {
  const { t } = useTranslation()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  return (
    <button type="button" className="copy-button" title={label} onClick={() => void copy(text()).then(setCopied)}>
      <Icon of={CopyOutlined} />
      <span role={isCopied ? 'status' : undefined}>{isCopied ? t('list.copied') : label}</span>
    </button>
  )
}
