// Copying by a click on a cell (CopyCell): one for the whole table, so that its rows keep nothing.
import { type MouseEvent, useCallback, useEffect, useState } from 'react'
import { copy } from '../ui/copy.ts'
import { COLUMN_KEYS, type ColumnKey } from './column-choice.ts'

const SAID_MS = 1_400

/** What was copied, while that is said. */
export interface Copied {
  callId: string
  column: ColumnKey
}

export function useCopying(): { copied: Copied | null; onCopy(event: MouseEvent<HTMLElement>): void } {
  const [copied, setCopied] = useState<Copied | null>(null)
  useEffect(() => {
    if (copied === null) return
    const timer = setTimeout(() => setCopied(null), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])

  const onCopy = useCallback(({ currentTarget: button }: MouseEvent<HTMLElement>) => {
    const callId = button.closest<HTMLElement>('[data-call]')?.dataset.call
    const column = COLUMN_KEYS.find((key) => key === button.dataset.column)
    const text = button.dataset.copy
    if (text === undefined || callId === undefined || column === undefined) return
    void copy(text).then((isDone) => isDone && setCopied({ callId, column }))
  }, [])
  return { copied, onCopy }
}
