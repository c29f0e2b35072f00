// The listeners of the serving benchmark, in a process of their own: connections that stay open and ask for one file, or
// one piece of a file, after the other. They read into one buffer and throw it away, so that they take as little of the
// machine as they can. Started by serve.ts; talks by process messages.
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

export interface ServeWork {
  port: number
  /** Of the paths one is picked for each request. */
  paths: string[]
  headers: Record<string, string>
  connections: number
  /** Asked pieces: so many bytes at a random place of a file of this size; null: whole files. */
  pieces: { bytes: number; of: number } | null
  /** Pause from the beginning of one request to the next of the same connection; 0: at once. */
  everyMs: number
  ms: number
}

export interface ServeReport {
  answers: number
  bytes: number
  ms: number
  /** From the request to the first byte of its answer, ms. */
  firstByteMs: number[]
  /** Answers that were not 200 or 206. */
  refused: number
}

const buffer = new Uint8Array(512 * 1024)
const HEAD_END = Buffer.from('\r\n\r\n')

process.on('message', async (work: ServeWork) => {
  process.send?.(await run(work))
})
process.on('disconnect', () => process.exit(0))

async function run(work: ServeWork): Promise<ServeReport> {
  const report: ServeReport = { answers: 0, bytes: 0, ms: 0, firstByteMs: [], refused: 0 }
  const begin = performance.now()
  const listeners = Array.from({ length: work.connections }, (_, i) => listen(work, report, begin, i))
  await Promise.all(listeners)
  report.ms = performance.now() - begin
  return report
}

/** One connection: request after request until the time is over. */
async function listen(work: ServeWork, report: ServeReport, begin: number, index: number): Promise<void> {
  // Not all at the same instant.
  if (work.everyMs > 0) await delay((work.everyMs * index) / work.connections)
  await new Promise<void>((resolve, reject) => {
    let askedAt = 0
    let head: Buffer | null = Buffer.alloc(0)
    let left = 0
    const end = begin + work.ms
    const socket = connect({
      host: '127.0.0.1',
      port: work.port,
      noDelay: true,
      onread: {
        buffer,
        callback: (length, bytes) => {
          report.bytes += length
          take(Buffer.from(bytes.buffer, bytes.byteOffset, length))
          return true
        },
      },
    })
    const ask = () => {
      askedAt = performance.now()
      head = Buffer.alloc(0)
      const path = work.paths[Math.floor(Math.random() * work.paths.length)] ?? '/'
      const { pieces } = work
      const from = pieces ? Math.floor(Math.random() * (pieces.of - pieces.bytes)) : 0
      const range = pieces ? { range: `bytes=${from}-${from + pieces.bytes - 1}` } : {}
      const lines = Object.entries({ host: '127.0.0.1', ...work.headers, ...range }).map(([k, v]) => `${k}: ${v}\r\n`)
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`)
    }
    const take = (bytes: Buffer) => {
      let body = bytes
      if (head) {
        if (head.length === 0) report.firstByteMs.push(performance.now() - askedAt)
        head = Buffer.concat([head, bytes])
        const at = head.indexOf(HEAD_END)
        if (at < 0) return
        const text = head.toString('latin1', 0, at)
        if (!/^HTTP\/1\.1 20[06]/.test(text)) report.refused++
        left = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
        body = head.subarray(at + 4)
        head = null
      }
      left -= body.length
      if (left > 0) return
      report.answers++
      if (performance.now() >= end) {
        socket.end()
        resolve()
      } else if (work.everyMs === 0) ask()
      else setTimeout(ask, Math.max(0, askedAt + work.everyMs - performance.now()))
    }
    socket.on('connect', ask)
    socket.on('error', reject)
    socket.on('close', () => (performance.now() >= end ? resolve() : reject(new Error('the server closed'))))
  })
}
