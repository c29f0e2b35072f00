// `callbook rejected`: what was kept aside, and taking it again after a fix. Unreadable messages of a PBX are read again
// by its running connector, so those are replayed in the console or over HTTP.
import { clockIn } from '../calls/instant.ts'
import { DEFAULT_INSTANCE, limits } from '../config.ts'
import { Ingest } from '../ingest/ingest.ts'
import { replayRejected } from '../ingest/replay-rejected.ts'
import { printJson, printTable, say } from './print.ts'
import { withStore } from './with-store.ts'

interface Options {
  instance?: string
  limit: number
  json?: boolean
}

export async function runRejectedList({ instance = DEFAULT_INSTANCE, limit, json }: Options): Promise<void> {
  await withStore(async (store, { timeZone }) => {
    const clock = clockIn(timeZone)
    const rows = await store.rejected.rejected(instance, { before: null, limit })
    const { kept, ever } = await store.rejected.rejectedCounts(instance)
    if (json) {
      const items = rows.map(({ raw, at, ...row }) => ({
        ...row,
        at: clock.write(at),
        base64: Buffer.from(raw).toString('base64'),
      }))
      printJson({ items, kept, ever })
      return
    }
    printTable(
      ['id', 'when', 'from', 'what', 'why', 'begins'],
      rows.map(({ id, at, source, kind, detail, raw }) => [
        String(id),
        clock.write(at).slice(0, 19),
        source,
        kind,
        detail.slice(0, 60),
        beginning(raw),
      ]),
    )
    say(`${kept} kept; ever: ${ever.map(({ source, count }) => `${source} ${count}`).join(', ') || 'none'}.`)
  })
}

export async function runRejectedReplay(
  ids: number[],
  { instance = DEFAULT_INSTANCE, json }: Omit<Options, 'limit'>,
): Promise<void> {
  await withStore(async (store) => {
    // A second writer beside a running server is safe: commits are held against the calls' change numbers.
    const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
    const result = await replayRejected(
      { store: store.rejected, ingest, reread: () => false, now: Date.now },
      instance,
      ids,
    )
    if (json) printJson(result)
    else {
      for (const { id, code, detail } of result.still) say(`${id} stays: ${code}: ${detail}`)
      say(`${result.taken} taken, ${result.still.length} still refused.`)
    }
  })
}

function beginning(raw: Uint8Array): string {
  return Buffer.from(raw.subarray(0, 48)).toString('utf8').replace(/\p{C}/gu, '·')
}
