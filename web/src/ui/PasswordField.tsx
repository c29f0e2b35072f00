// A field for a password, with an eye that shows what was typed.
import EyeInvisibleOutlined from '@ant-design/icons-svg/es/asn/EyeInvisibleOutlined'
import EyeOutlined from '@ant-design/icons-svg/es/asn/EyeOutlined'
import { type ComponentProps, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from './Icon.tsx'
import { TextField } from './TextField.tsx'
import './field-button.css'

export function PasswordField(props: ComponentProps<typeof TextField>) {
  const { t } = useTranslation()
  const [isShown, setShown] = useState(false)
  const label = t(isShown ? 'password.hide' : 'password.show')
  return (
    <TextField
      {...props}
      type={isShown ? 'text' : 'password'}
      spellCheck={false}
      autoCapitalize="none"
      after={
        <button
          type="button"
          className="field-button"
          aria-label={label}
          title={label}
          onClick={() => setShown(!isShown)}
        >
          <Icon of={isShown ? EyeOutlined : EyeInvisibleOutlined} />
        </button>
      }
    />
  )
}
