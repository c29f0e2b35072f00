// How loud each side is, which side is heard alone, and whether the ears are swapped. Opens beside the player's buttons.
import SoundOutlined from '@ant-design/icons-svg/es/asn/SoundOutlined'
import { useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { isPlainMix, LOUDEST, PLAIN_MIX } from './channel-mix.ts'
import { usePlayback } from './playback-context.ts'

const SIDES = ['customer', 'agent'] as const

export function SoundMix({ isDisabled }: { isDisabled: boolean }) {
  const { t } = useTranslation()
  const { mix, setMix } = usePlayback()
  const [isOpen, setOpen] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const id = useId()

  useEffect(() => {
    if (!isOpen) return
    const close = (event: MouseEvent) => {
      if (!place.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('mousedown', close)
    return () => document.removeEventListener('mousedown', close)
  }, [isOpen])

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes what is open in it, wherever the focus is inside.
    <div
      ref={place}
      className="mix"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return
        event.stopPropagation()
        setOpen(false)
      }}
    >
      <Button
        look="text"
        isRound
        disabled={isDisabled}
        className={isPlainMix(mix) ? '' : 'is-set'}
        icon={<Icon of={SoundOutlined} />}
        title={t('recording.mix')}
        aria-label={t('recording.mix')}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen ? (
        <div id={id} className="mix-panel">
          {SIDES.map((side) => {
            const other = side === 'customer' ? 'agent' : 'customer'
            const isAlone = mix[other] === 0 && mix[side] > 0
            return (
              <div key={side} className="mix-side">
                <label>
                  <span>{t(`recording.side.${side}`)}</span>
                  <input
                    type="range"
                    min={0}
                    max={LOUDEST}
                    step={0.05}
                    value={mix[side]}
                    aria-valuetext={`${Math.round(mix[side] * 100)}%`}
                    onChange={(event) => setMix({ ...mix, [side]: Number(event.target.value) })}
                  />
                </label>
                <Button
                  size="small"
                  look={isAlone ? 'primary' : 'plain'}
                  aria-pressed={isAlone}
                  aria-label={t('recording.soloOf', { side: t(`recording.side.${side}`) })}
                  onClick={() =>
                    setMix(isAlone ? { ...mix, [other]: 1 } : { ...mix, [side]: mix[side] || 1, [other]: 0 })
                  }
                >
                  {t('recording.solo')}
                </Button>
              </div>
            )
          })}
          <div className="mix-foot">
            <label>
              <input
                type="checkbox"
                checked={mix.isSwapped}
                onChange={(event) => setMix({ ...mix, isSwapped: event.target.checked })}
              />
              {t('recording.swap')}
            </label>
            <Button size="small" look="text" disabled={isPlainMix(mix)} onClick={() => setMix(PLAIN_MIX)}>
              {t('recording.plain')}
            </Button>
          </div>
        </div>
      ) : null}
    </div>
  )
}
