// One call in the list. Drawn anew only when its call changes, so that a busy feed costs one row and not a hundred.
import type { TFunction } from 'i18next'
import { type KeyboardEvent, type MouseEvent, memo, type ReactNode } from 'react'
import type { CallJson } from '../../../src/calls/call-json.ts'
import { CallActions } from './CallActions.tsx'
import { COLUMNS, rowSentence } from './call-columns.tsx'
import type { ChosenColumn, ColumnKey } from './column-choice.ts'

interface CallRowProps {
  call: CallJson
  columns: readonly ChosenColumn[]
  /** As quickWords gives it. */
  t: TFunction
  query: string
  className: string
  isPlaying: boolean
  /** Whose text was copied a moment ago. */
  copied: ColumnKey | null
  /** Otherwise it only keeps its place (use-drawn-rows.ts). */
  isDrawn: boolean
  /** Tab comes here; the other rows are reached by the arrows. */
  isReachable: boolean
  isOpen: boolean
  onCopy(event: MouseEvent<HTMLElement>): void
  onActive(callId: string): void
  onOpen(callId: string): void
  onPlay(call: CallJson): void
  onMenu(call: CallJson, anchor: HTMLElement): void
}

export const CallRow = memo(function CallRow(props: CallRowProps) {
  const {
    call,
    columns,
    t,
    className,
    isDrawn,
    isReachable,
    isOpen,
    copied,
    onCopy,
    onActive,
    onOpen,
    onPlay,
    onMenu,
  } = props

  function onClick(event: MouseEvent): void {
    // A click on something that does its own thing, or the end of selecting text, does not open the call.
    const isOwn = (event.target as Element).closest('a, button, [role="menu"]') !== null
    if (!isOwn && window.getSelection()?.isCollapsed !== false) onOpen(call.id)
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const isMenu = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)
    if (isMenu) onMenu(call, event.target as HTMLElement)
    // Buttons and links of the row have their own Enter and Space.
    else if (event.target !== event.currentTarget) return
    else if (event.key === 'Enter') onOpen(call.id)
    else if (event.key === ' ') onPlay(call)
    else return
    event.preventDefault()
  }

  function cells(): ReactNode {
    return (
      <>
        {columns.map(({ key }) => (
          <td key={key} className={COLUMNS[key].isNumeric ? `${key}-cell numeric` : `${key}-cell`}>
            {COLUMNS[key].render(call, { t, isCopied: copied === key, onCopy })}
          </td>
        ))}
        <td className="actions-cell">
          <CallActions
            call={call}
            t={t}
            query={props.query}
            isPlaying={props.isPlaying}
            onOpen={onOpen}
            onPlay={onPlay}
            onMenu={onMenu}
          />
        </td>
      </>
    )
  }

  return (
    <tr
      className={className}
      data-call={call.id}
      // Its own sentence, since cells read one by one are long; -1 and 0: one stop for Tab in the whole list.
      aria-label={rowSentence(call, t)}
      aria-current={isOpen ? 'true' : undefined}
      tabIndex={isReachable ? 0 : -1}
      onFocus={() => onActive(call.id)}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      {isDrawn ? cells() : <td colSpan={columns.length + 1} />}
    </tr>
  )
})
