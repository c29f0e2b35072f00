// What everybody chooses for herself: language, theme, single-key shortcuts; and what she cannot choose but wants to know:
// the time zone, how far searches reach, who she is.

import { lazy, type ReactNode, Suspense, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useOpenSession } from '../access/session-context.ts'
import { LANGUAGES, type Language } from '../i18n/first-language.ts'
import { switchLanguage } from '../i18n/language.ts'
import { RadioGroup } from '../ui/antd/RadioGroup.ts'
import { Switch } from '../ui/antd/Switch.ts'
import { chooseTheme, type ThemeChoice, useAppearance } from '../ui/appearance.ts'
import { Button } from '../ui/Button.tsx'
import { LANGUAGE_NAMES, THEMES } from '../ui/LanguageAndTheme.tsx'
import { recall, remember } from '../ui/remembered.ts'
import { useNow } from '../ui/use-now.ts'

const PasswordDialog = lazy(() => import('../access/PasswordDialog.tsx'))

export function Component() {
  const { t, i18n } = useTranslation()
  const { user, timeZone, searchWindowDays } = useOpenSession()
  const { choice } = useAppearance()
  const [hasKeys, setKeys] = useState(() => recall('character-keys') !== 'off')
  const [isPasswordOpen, setPasswordOpen] = useState(false)
  const now = useNow(true)
  const time = new Intl.DateTimeFormat(i18n.language, { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(now)
  return (
    <section className="operations-section" aria-label={t('settings.preferences.title')}>
      <h1 className="section-title">{t('settings.preferences.title')}</h1>
      <p className="section-hint">{t('settings.preferences.hint')}</p>
      <div className="card">
        <Setting name={t('settings.preferences.language')}>
          {(labelledBy) => (
            <RadioGroup
              optionType="button"
              buttonStyle="solid"
              aria-labelledby={labelledBy}
              value={i18n.language}
              options={LANGUAGES.map((each) => ({ value: each, label: LANGUAGE_NAMES[each] }))}
              onChange={(event) => void switchLanguage(event.target.value as Language)}
            />
          )}
        </Setting>
        <Setting name={t('settings.preferences.theme')}>
          {(labelledBy) => (
            <RadioGroup
              optionType="button"
              buttonStyle="solid"
              aria-labelledby={labelledBy}
              value={choice}
              options={THEMES.map((each) => ({ value: each, label: t(`theme.${each}`) }))}
              onChange={(event) => chooseTheme(event.target.value as ThemeChoice)}
            />
          )}
        </Setting>
        <Setting name={t('settings.preferences.keys')} hint={t('settings.preferences.keysHint')}>
          {(labelledBy) => (
            <Switch
              checked={hasKeys}
              aria-labelledby={labelledBy}
              onChange={(isOn) => {
                setKeys(isOn)
                remember('character-keys', isOn ? 'on' : 'off')
              }}
            />
          )}
        </Setting>
      </div>
      <div className="card">
        <Setting name={t('settings.preferences.timeZone')} hint={t('settings.preferences.timeZoneHint')}>
          {() => (
            <div className="tabular">
              <p>{timeZone}</p>
              <p className="faint">{t('settings.preferences.timeNow', { time })}</p>
            </div>
          )}
        </Setting>
        <Setting name={t('settings.preferences.window')}>
          {() => <span>{t('settings.preferences.windowDays', { days: searchWindowDays })}</span>}
        </Setting>
        <Setting
          name={t('settings.preferences.account')}
          hint={[
            user.name,
            t(`user.role.${user.role}`),
            ...(user.agentId ? [t('settings.preferences.agent', { id: user.agentId })] : []),
          ].join(' · ')}
        >
          {() => <Button onClick={() => setPasswordOpen(true)}>{t('settings.preferences.changePassword')}</Button>}
        </Setting>
      </div>
      {isPasswordOpen ? (
        <Suspense fallback={null}>
          <PasswordDialog onClose={() => setPasswordOpen(false)} />
        </Suspense>
      ) : null}
    </section>
  )
}

interface SettingProps {
  name: string
  hint?: string
  children(labelledBy: string): ReactNode
}

function Setting({ name, hint, children }: SettingProps) {
  const id = useId()
  return (
    <div className="setting">
      <div className="setting-name">
        <span id={id}>{name}</span>
        {hint ? <span className="faint">{hint}</span> : null}
      </div>
      {children(id)}
    </div>
  )
}
