// The browsers of the live benchmark, in a process of their own: so many open feeds over real sockets. For every call's
// beginning, answer and end it notes how long after the instant in the call itself the change arrived. Started by live.ts
// with address, key and number of watchers; talks by process messages.
import { get } from 'node:http'
import type { CallJson } from '../src/calls/call-json.ts'

export interface WatchersReport {
  /** How many changes arrived after so many ms (the index), over all watchers; the last stands for everything longer. */
  delaysMs: number[]
  /** Beginnings and ends seen by the watcher that saw fewest, and most. */
  fewest: number
  most: number
}

const LONGEST_MS = 20_000
const [address = '', key = '', count = '1'] = process.argv.slice(2)
const delaysMs: number[] = new Array(LONGEST_MS + 1).fill(0)
const seen: number[] = new Array(Number(count)).fill(0)
/** Changes before this are warm-up. */
let from = Number.POSITIVE_INFINITY

process.on('message', (message: { from?: number; report?: boolean }) => {
  if (message.from !== undefined) from = message.from
  if (message.report) {
    const report: WatchersReport = { delaysMs, fewest: Math.min(...seen), most: Math.max(...seen) }
    process.send?.({ report })
  }
})
process.on('disconnect', () => process.exit(0))

await Promise.all(Array.from({ length: Number(count) }, (_, i) => watch(i)))
process.send?.({ ready: true })

/** Resolves once the feed is open. */
async function watch(watcher: number): Promise<void> {
  const known = new Map<string, string>()
  await new Promise<void>((resolve) => {
    const headers = { authorization: `Bearer ${key}` }
    get(`${address}/api/v1/calls/live`, { headers, agent: false }, (answer) => {
      if (answer.statusCode !== 200) throw new Error(`the feed answers ${answer.statusCode}`)
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => {
        resolve()
        text += piece
        const now = Date.now()
        let begin = 0
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', begin)) {
          take(watcher, known, text.slice(begin, end), now)
          begin = end + 2
        }
        text = text.slice(begin)
      })
      answer.on('close', () => process.exit(1))
    })
  })
}

function take(watcher: number, known: Map<string, string>, block: string, now: number): void {
  const begin = block.indexOf('\ndata: ')
  if (!block.startsWith('event: call') || begin < 0) return
  const call = JSON.parse(block.slice(begin + 7)) as CallJson
  const before = known.get(call.id) ?? ''
  let state = ''
  for (const [name, at] of [
    ['s', call.startedAt],
    ['a', call.answeredAt],
    ['e', call.endedAt],
  ] as const) {
    if (at === null) continue
    state += name
    const atMs = before.includes(name) ? 0 : Date.parse(at)
    if (atMs < from) continue
    const delay = Math.min(Math.max(0, now - atMs), LONGEST_MS)
    delaysMs[delay] = (delaysMs[delay] ?? 0) + 1
    if (name !== 'a') seen[watcher] = (seen[watcher] ?? 0) + 1
  }
  known.set(call.id, state)
}
