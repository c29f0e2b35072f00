// Trying out a connector that is not saved yet: one try at a time, ended when its form goes away.
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { type ConnectorWish, tryConnector } from '../api/connectors.ts'

export function useConnectorTest() {
  const stop = useRef<AbortController | null>(null)
  useEffect(() => () => stop.current?.abort(), [])
  return useMutation({
    mutationFn: (wish: ConnectorWish) => {
      stop.current?.abort()
      stop.current = new AbortController()
      return tryConnector(wish, stop.current.signal)
    },
  })
}
