// A quiet question mark beside a decided value. It opens why the value is what it is: the rule, the steps it rests on, and
// what was missing. Escape, a click elsewhere or moving on with the keyboard closes it.
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DecidedField } from '../../../src/calls/call.ts'
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import type { Messages } from '../i18n/zh-CN.ts'
import { DecidingSteps } from './DecidingSteps.tsx'
import { MissingFacts } from './MissingFacts.tsx'

interface ValueWhyProps {
  call: CallDetailJson
  field: DecidedField
  /** What the value is called on the page. */
  name: string
  onPoint(eventId: string | null): void
}

export function ValueWhy({ call, field, name, onPoint }: ValueWhyProps) {
  const { t, i18n } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const because = call.because?.[field]

  useEffect(() => {
    if (!isOpen) return
    place.current?.querySelector('.value-why')?.scrollIntoView({ block: 'nearest' })
    const closeElsewhere = (event: Event) => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', closeElsewhere)
    document.addEventListener('focusin', closeElsewhere)
    return () => {
      document.removeEventListener('pointerdown', closeElsewhere)
      document.removeEventListener('focusin', closeElsewhere)
    }
  }, [isOpen])

  if (!because) return null

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !isOpen) return
    // Only this closes, not the drawer behind it.
    event.stopPropagation()
    event.nativeEvent.stopImmediatePropagation()
    setOpen(false)
    button.current?.focus()
  }

  const key = `valueRule.${because.rule}`
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: listens for Escape from the button and what it opens.
    <div ref={place} className="value-why-place" onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        className={because.missing.length > 0 ? 'ask-why is-unsure' : 'ask-why'}
        aria-label={t('why.askAbout', { field: name })}
        title={t('why.ask')}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen ? (
        <section id={id} className="value-why" aria-label={t('why.askAbout', { field: name })}>
          <p role="status">{i18n.exists(key) ? t(key as `valueRule.${keyof Messages['valueRule']}`) : because.rule}</p>
          <MissingFacts missing={because.missing} />
          <DecidingSteps call={call} eventIds={because.steps} onPoint={onPoint} />
        </section>
      ) : null}
    </div>
  )
}
