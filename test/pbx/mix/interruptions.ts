// What keeps Callbook from listening while a mix runs: the connection to the PBX is cut for some seconds, or Callbook is
// killed and started again. Notes when that was, so that compare.ts knows which calls it touched.
import { setTimeout as sleep } from 'node:timers/promises'
import type { AmiProxy } from '../ami-proxy.ts'
import { untilConnector } from '../api.ts'
import type { CallbookServer } from '../callbook-server.ts'
import type { Chance } from './chance.ts'

export const INTERRUPTIONS = ['connection cut', 'Callbook killed'] as const
export type InterruptionKind = (typeof INTERRUPTIONS)[number]

/** Epoch ms. */
export interface Interruption {
  kind: InterruptionKind
  from: number
  /** Until then surely nothing was heard. */
  until: number
  /** By then Callbook listened again. */
  to: number
}

/** Interrupts for so many ms, once; resolves when Callbook listens again. */
export async function interrupt(
  { callbook, proxy }: { callbook: CallbookServer; proxy: AmiProxy },
  kind: InterruptionKind,
  lengthMs: number,
): Promise<Interruption> {
  const from = Date.now()
  const before = await untilConnector(callbook, 'connected')
  if (kind === 'connection cut') {
    proxy.cut()
    await sleep(lengthMs)
    proxy.mend()
  } else {
    await callbook.crash()
    await sleep(lengthMs)
    await callbook.start()
  }
  const until = from + lengthMs
  const { problem } = await untilConnector(callbook, 'connected', ({ since }) => since !== before.since)
  if (problem !== null) throw new Error(`after the interruption: ${problem}`)
  return { kind, from, until, to: Date.now() }
}

/** One interruption after the other, at chance, until the signal; every one is added to `done` as it is over. */
export async function keepInterrupting(
  between: { callbook: CallbookServer; proxy: AmiProxy },
  { chance, done }: { chance: Chance; done: Interruption[] },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(chance.between(2_000, 7_000), undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    done.push(await interrupt(between, chance.pick(INTERRUPTIONS), chance.between(1_500, 6_000)))
  }
}
