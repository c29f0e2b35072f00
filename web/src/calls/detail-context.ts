// What the list tells the detail that opens beside it: which calls stand before and after, and what changed last.
import { useOutletContext } from 'react-router'

export interface DetailNeighbours {
  /** The calls on show, in order. */
  ids: readonly string[]
  /** Change number of a call on show: the detail is fetched anew when it grows. null: not on show. */
  liveSeqOf(id: string): number | null
}

export function useNeighbours(): DetailNeighbours {
  return useOutletContext<DetailNeighbours>()
}
