// The menu of one row. One for the whole list, drawn over everything at the button it was opened from; the keyboard walks
// it as menus are walked, and goes back to where it came from.
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import type { CallJson } from '../../../src/calls/call-json.ts'
import { useOpenSession } from '../access/session-context.ts'
import { downloadUrl } from '../api/calls.ts'
import { usePlayback } from '../recordings/playback-context.ts'
import { audibleRecordings, trackOf } from '../recordings/recording-words.ts'
import { copy } from '../ui/copy.ts'
import { agentText } from './call-words.ts'

export interface OpenMenu {
  call: CallJson
  /** What it was opened from: the menu stands there, and the focus goes back there. */
  anchor: HTMLElement
}

interface RowMenuProps extends OpenMenu {
  /** The search that is on show, for links. */
  query: string
  onClose(): void
  onOpen(callId: string): void
  onCallsOfNumber(number: string): void
  onCallsOfAgent(agentId: string): void
  /** Says to everybody, also who only hears it, what was done. */
  onSay(text: string): void
}

const GAP_PX = 4

export default function RowMenu(props: RowMenuProps) {
  const { call, anchor, query, onClose, onSay } = props
  const { t } = useTranslation()
  const playback = usePlayback()
  const menu = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ top: -9999, left: 0 })
  const audible = audibleRecordings(call)
  const first = audible[0]
  const path = `/calls/${encodeURIComponent(call.id)}`
  const isPlaying = playback.track?.callId === call.id && playback.isPlaying
  const { user } = useOpenSession()
  const { agent } = call
  // Masked, it is nothing to copy or to search by.
  const customer = user.masksNumbers ? null : call.customer

  useLayoutEffect(() => {
    const box = menu.current?.getBoundingClientRect()
    if (!box) return
    const from = anchor.getBoundingClientRect()
    const below = from.bottom + GAP_PX
    const top = below + box.height > window.innerHeight ? Math.max(GAP_PX, from.top - box.height - GAP_PX) : below
    // From a button: at its right end. From a row: a little inside its left one.
    const left = from.width < 60 ? from.right - box.width : from.left + 160
    setPlace({ top, left: Math.max(GAP_PX, Math.min(left, window.innerWidth - box.width - GAP_PX)) })
    menu.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus({ preventScroll: true })
  }, [anchor])

  useEffect(() => {
    const onPointer = (event: PointerEvent) => {
      if (!menu.current?.contains(event.target as Node)) onClose()
    }
    document.addEventListener('pointerdown', onPointer)
    window.addEventListener('resize', onClose)
    return () => {
      document.removeEventListener('pointerdown', onPointer)
      window.removeEventListener('resize', onClose)
    }
  }, [onClose])

  function close(): void {
    onClose()
    anchor.focus({ preventScroll: true })
  }

  function onKeyDown(event: KeyboardEvent): void {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const at = items.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
    if (to !== undefined) items[(to + items.length) % items.length]?.focus()
    else if (event.key === 'Escape' || event.key === 'Tab') close()
    else return
    event.preventDefault()
    // What is open behind the menu stays open.
    event.stopPropagation()
  }

  /** An entry: closes the menu and does it. */
  const item = (key: string, label: string, act: () => void) => (
    <button
      key={key}
      type="button"
      role="menuitem"
      tabIndex={-1}
      className="row-menu-item"
      onClick={() => {
        close()
        act()
      }}
    >
      {label}
    </button>
  )
  const copying = (text: string) => () =>
    void copy(text).then((isDone) => onSay(isDone ? t('callList.copied', { text }) : t('callList.copyRefused')))

  return createPortal(
    <div
      ref={menu}
      className="row-menu"
      role="menu"
      tabIndex={-1}
      aria-label={t('callList.menu.of', { id: call.id })}
      style={place}
      onKeyDown={onKeyDown}
    >
      {item('open', t('callList.menu.open'), () => props.onOpen(call.id))}
      <a
        role="menuitem"
        tabIndex={-1}
        className="row-menu-item"
        href={query ? `${path}?${query}` : path}
        target="_blank"
        rel="noopener"
        onClick={close}
      >
        {t('callList.menu.newTab')}
      </a>
      <hr />
      {item('link', t('callList.menu.copyLink'), copying(`${window.location.origin}${path}`))}
      {item('id', t('callList.menu.copyId'), copying(call.id))}
      {customer ? item('number', t('callList.menu.copyNumber', { number: customer }), copying(customer)) : null}
      {customer || agent ? <hr /> : null}
      {customer
        ? item('calls-of-number', t('callList.menu.callsOfNumber', { number: customer }), () =>
            props.onCallsOfNumber(customer),
          )
        : null}
      {agent
        ? item('calls-of-agent', t('callList.menu.callsOfAgent', { agent: agentText(agent, t) }), () =>
            props.onCallsOfAgent(agent.id),
          )
        : null}
      {first ? <hr /> : null}
      {first
        ? item('play', isPlaying ? t('list.pause') : t('list.play'), () => playback.toggle(trackOf(call, first)))
        : null}
      {audible.map(({ n }) => (
        <a
          key={`download ${n}`}
          role="menuitem"
          tabIndex={-1}
          className="row-menu-item"
          href={downloadUrl(call.id, n)}
          download
          onClick={close}
        >
          {audible.length > 1 ? t('list.downloadPart', { n }) : t('list.download')}
        </a>
      ))}
    </div>,
    document.body,
  )
}
