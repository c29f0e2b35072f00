// A condition that is typed: it applies after a pause, or at once where the field says so (Enter, left, a suggestion picked).
import { useEffect, useRef, useState } from 'react'

const PAUSE_MS = 500

interface Typed {
  /** As the address says it; where that changes by other means (back button, a tag's cross) the field follows. */
  value: string
  /** What a text asks for; null: nothing that could be asked. */
  read(text: string): string | null
  onChange(value: string): void
}

export function useTyped({ value, read, onChange }: Typed) {
  const [text, setText] = useState(value)
  const applied = useRef(value)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)

  useEffect(() => {
    if (value === applied.current) return
    applied.current = value
    setText(value)
  }, [value])
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current)
    },
    [],
  )

  function stopTimer(): void {
    if (timer.current !== null) clearTimeout(timer.current)
    timer.current = null
  }

  function apply(next: string): void {
    stopTimer()
    const wanted = read(next)
    if (wanted === null || wanted === applied.current) return
    applied.current = wanted
    onChange(wanted)
  }

  return {
    text,
    /** Every key: applies after the pause. */
    type(next: string): void {
      setText(next)
      stopTimer()
      // A cleared field applies at once: nothing more is coming.
      if (next === '') apply('')
      else timer.current = setTimeout(() => apply(next), PAUSE_MS)
    },
    /** Applies now: what stands there, or a text that takes its place. */
    apply(next = text): void {
      setText(next)
      apply(next)
    },
  }
}
