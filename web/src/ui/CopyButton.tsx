// A small button that puts a longer text on the clipboard, and says so for a moment.
import CopyOutlined from '@ant-design/icons-svg/es/asn/CopyOutlined'
import { useTranslation } from 'react-i18next'
import { Icon } from './Icon.tsx'
import { useCopied } from './use-copied.ts'

/** `text` is made when it is asked for. */
export function CopyButton({ label, text }: { label: string; text(): string }) {
  const { t } = useTranslation()
  const [isCopied, copy] = useCopied()
  return (
    <button type="button" className="copy-button" title={label} onClick={() => copy(text())}>
      <Icon of={CopyOutlined} />
      <span role={isCopied ? 'status' : undefined}>{isCopied ? t('list.copied') : label}</span>
    </button>
  )
}
