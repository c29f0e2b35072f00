// The shape of a recording's sound, as the server made it when the recording came in: a few kilobytes, however long the
// call was. The audio itself is fetched only to be heard.
import { queryOptions } from '@tanstack/react-query'
import { ask } from '../api/client.ts'

/** How many points a picture may ask for: a few sizes, so that looking closer seldom asks anew. */
export const POINTS = [800, 3_200, 12_800, 51_200] as const
export type Points = (typeof POINTS)[number]

export type Range = [fromMs: number, toMs: number]

/** Who talked when; milliseconds of the recording. */
export interface Talk {
  /** 0: left, 1: right. */
  customerChannel: 0 | 1
  customerMs: number
  agentMs: number
  overlapMs: number
  silenceMs: number
  customer: Range[]
  agent: Range[]
  overlap: Range[]
  silence: Range[]
}

interface PeaksJson {
  channels: number
  sample_rate: number
  samples_per_pixel: number
  length: number
  data: number[]
  talk: Talk | null
}

export interface Sound {
  /** Largest swing of each stretch, 0–1: the customer's first where each party has a channel. */
  channels: Float32Array[]
  talk: Talk | null
}

/** `sha256`: of the recording as it is now; one with a silenced part looks otherwise. */
export function soundQuery(callId: string, n: number, sha256: string | null, points: Points = POINTS[0]) {
  return queryOptions({
    queryKey: ['sound', callId, n, sha256, points],
    queryFn: async ({ signal }) => {
      const path = `/calls/${encodeURIComponent(callId)}/recordings/${n}/peaks?points=${points}`
      return toSound(await ask<PeaksJson>(path, { signal }))
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 5 * 60_000,
    retry: false,
  })
}

export function toSound({ channels, length, data, talk }: PeaksJson): Sound {
  const swings = Array.from({ length: Math.min(2, channels) }, (_, channel) =>
    Float32Array.from({ length }, (_, point) => {
      const at = 2 * (point * channels + channel)
      return Math.max(Math.abs(data[at] ?? 0), Math.abs(data[at + 1] ?? 0)) / 128
    }),
  )
  return { channels: talk?.customerChannel === 1 ? swings.toReversed() : swings, talk }
}
