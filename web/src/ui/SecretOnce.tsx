// A secret that is shown this once: a new key, a one-time password. Closed only by saying so.

import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'
import { CodeBlock } from './CodeBlock.tsx'
import { Dialog } from './Dialog.tsx'

interface SecretOnceProps {
  title: string
  hint: string
  secret: string
  done: string
  onClose(): void
}

export function SecretOnce({ title, hint, secret, done, onClose }: SecretOnceProps) {
  const { t } = useTranslation()
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="secret-once">
        <p className="dialog-text">{hint}</p>
        <CodeBlock title={t('list.copy')} text={secret} />
        <footer className="dialog-buttons">
          <Button look="primary" onClick={onClose}>
            {done}
          </Button>
        </footer>
      </div>
    </Dialog>
  )
}
