// Which keys do what, and the switch for those that are single characters.

import { useTranslation } from 'react-i18next'
import { Switch } from '../ui/antd/Switch.ts'
import { Dialog } from '../ui/Dialog.tsx'

import './list-dialogs.css'

interface KeysSheetProps {
  hasCharacterKeys: boolean
  onCharacterKeys(isOn: boolean): void
  onClose(): void
}

const KEYS = [
  ['down', ['↓', 'j'], true],
  ['up', ['↑', 'k'], true],
  ['ends', ['Home', 'End'], false],
  ['open', ['Enter'], false],
  ['play', ['Space'], false],
  ['seek', ['←', '→'], false],
  ['speed', ['[', ']'], true],
  ['loop', ['L'], true],
  ['silence', ['S'], true],
  ['neighbours', ['Shift', 'P', 'N'], true],
  ['zoom', ['+', '−', '0'], true],
  ['verify', ['V'], true],
  ['menu', ['Shift', 'F10'], false],
  ['close', ['Esc'], false],
  ['search', ['/'], true],
  ['help', ['?'], true],
] as const

export default function KeysSheet({ hasCharacterKeys, onCharacterKeys, onClose }: KeysSheetProps) {
  const { t } = useTranslation()
  return (
    <Dialog title={t('callList.keys.title')} onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([what, keys, hasCharacter]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={hasCharacter && key.length === 1 && !hasCharacterKeys ? 'is-off' : undefined}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{t(`callList.keys.${what}`)}</dd>
          </div>
        ))}
      </dl>
      <div className="keys-switch">
        <Switch
          size="small"
          checked={hasCharacterKeys}
          aria-label={t('callList.keys.characters')}
          onChange={onCharacterKeys}
        />
        <span aria-hidden="true">{t('callList.keys.characters')}</span>
      </div>
      <p className="faint">{t('callList.keys.charactersHint')}</p>
    </Dialog>
  )
}
