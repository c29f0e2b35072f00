// What can be done with a call from its row: open it, play it, download it, and the menu with the rest. Plain buttons:
// on a busy day a hundred rows a second are drawn.
import type { TFunction } from 'i18next'
import type { MouseEvent } from 'react'
import type { CallJson } from '../../../src/calls/call-json.ts'
import { downloadUrl } from '../api/calls.ts'
import { audibleRecordings, silenceText } from '../recordings/recording-words.ts'
import { DOWNLOAD, MORE, PAUSE, PLAY } from './row-icons.tsx'

interface CallActionsProps {
  call: CallJson
  t: TFunction
  /** The search on show, as in the address: the detail lies over the same list. */
  query: string
  isPlaying: boolean
  onOpen(callId: string): void
  onPlay(call: CallJson): void
  /** The menu opens at the button. */
  onMenu(call: CallJson, button: HTMLElement): void
}

export function CallActions({ call, t, query, isPlaying, onOpen, onPlay, onMenu }: CallActionsProps) {
  const audible = audibleRecordings(call)
  const first = audible[0]
  const silence = silenceText(call, t)
  const { id } = call
  const download = t('list.downloadOf', { id })
  const path = `/calls/${encodeURIComponent(id)}`

  function onDetail(event: MouseEvent): void {
    // Into another tab or window: the browser's business.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    onOpen(id)
  }

  return (
    <span className="actions">
      <a
        className="action-link"
        href={query === '' ? path : `${path}?${query}`}
        aria-label={t('list.detailOf', { id })}
        onClick={onDetail}
      >
        {t('list.detail')}
      </a>
      <button
        type="button"
        className="row-button"
        disabled={!first}
        title={first ? (isPlaying ? t('list.pause') : t('list.play')) : silence}
        aria-label={isPlaying ? t('list.pauseOf', { id }) : t('list.playOf', { id })}
        onClick={() => onPlay(call)}
      >
        {isPlaying ? PAUSE : PLAY}
      </button>
      {first && audible.length === 1 ? (
        <a
          className="row-button"
          href={downloadUrl(id, first.n)}
          download
          title={t('list.download')}
          aria-label={download}
        >
          {DOWNLOAD}
        </a>
      ) : (
        <button
          type="button"
          className="row-button"
          disabled={!first}
          title={first ? t('list.download') : silence}
          aria-label={download}
          aria-haspopup={first ? 'menu' : undefined}
          onClick={(event) => onMenu(call, event.currentTarget)}
        >
          {DOWNLOAD}
        </button>
      )}
      <button
        type="button"
        className="row-button"
        title={t('callList.menu.more')}
        aria-label={t('callList.menu.of', { id })}
        aria-haspopup="menu"
        onClick={(event) => onMenu(call, event.currentTarget)}
      >
        {MORE}
      </button>
    </span>
  )
}
