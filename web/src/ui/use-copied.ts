// Copies a text, and says for a moment that it has.
import { useCallback, useEffect, useState } from 'react'
import { copy } from './copy.ts'

const SAID_MS = 1_400

/** Whether it was just copied, and the way to copy. */
export function useCopied(): [boolean, (text: string) => void] {
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copyIt = useCallback((text: string) => void copy(text).then(setCopied), [])
  return [isCopied, copyIt]
}
