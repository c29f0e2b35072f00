// The recordings of a list in its order, so that the player can go from one to the next.
import { useEffect } from 'react'
import type { CallJson } from '../../../src/calls/call-json.ts'
import { usePlayback } from './playback-context.ts'
import { audibleRecordings, trackOf } from './recording-words.ts'

/** null: it stays as it is. */
export function usePlaylist(calls: readonly CallJson[] | null): void {
  const { setPlaylist } = usePlayback()
  useEffect(() => {
    if (calls !== null)
      setPlaylist(calls.flatMap((call) => audibleRecordings(call).map((recording) => trackOf(call, recording))))
  }, [calls, setPlaylist])
}
