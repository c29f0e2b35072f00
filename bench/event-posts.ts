// The sender's side of POST /api/v1/events for measuring: connections that stay open, bodies made beforehand, so that the
// sender takes as little of the machine as it can.
import { Agent, request } from 'node:http'

export interface EventPosts {
  /** Resolves when the body's events are acknowledged. @throws Error for any other answer */
  post(body: Buffer): Promise<void>
  close(): void
}

export function openEventPosts(server: { url: string; key: string }, connections: number): EventPosts {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(server.url)
  return {
    post: (body) =>
      new Promise((resolve, reject) => {
        const headers = {
          authorization: `Bearer ${server.key}`,
          'content-type': 'application/json',
          'content-length': body.length,
        }
        const sent = request({ agent, hostname, port, path: '/api/v1/events', method: 'POST', headers }, (answer) => {
          let text = ''
          answer.setEncoding('utf8')
          answer.on('data', (piece: string) => {
            text += piece
          })
          answer.on('error', reject)
          answer.on('end', () => {
            if (answer.statusCode === 200 && text.includes('"rejected":[]')) resolve()
            else reject(new Error(`${answer.statusCode} ${text.slice(0, 500)}`))
          })
        })
        sent.on('error', reject)
        sent.end(body)
      }),
    close: () => agent.destroy(),
  }
}

/** Does all the work with `lanes` at a time. */
export async function inLanes<T>(work: readonly T[], lanes: number, run: (one: T) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    while (next < work.length) await run(work[next++] as T)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
