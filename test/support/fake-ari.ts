// An ARI on a real socket that answers as Asterisk 22 was seen to answer: Basic authentication, 403 for what a read_only
// user may not do, 404 as JSON, Content-Length, no ranges.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is stored, who may do what, and what was asked. */
export class FakeAri {
  readonly files = new Map<string, { format: string; bytes: Buffer }>()
  readonly asked: string[] = []
  password = 'ari-pw'
  readOnly = true
  /** Instead of answering. */
  instead: ((response: ServerResponse, path: string) => boolean) | null = null
  readonly #server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    this.asked.push(`${request.method} ${path}`)
    if (this.instead?.(response, path)) return
    const json = (status: number, body: unknown) => {
      const text = JSON.stringify(body)
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      response.end(text)
    }
    const wanted = `Basic ${Buffer.from(`recordings:${this.password}`).toString('base64')}`
    if (request.headers.authorization !== wanted) return json(401, { message: 'Authentication required' })
    if (request.method !== 'GET' && this.readOnly) return json(403, { message: 'Write access denied' })
    if (path === '/ari/recordings/stored')
      return json(
        200,
        [...this.files].map(([name, { format }]) => ({ name, format })),
      )
    const [, name = '', isFile] = /^\/ari\/recordings\/stored\/(.*?)(\/file)?$/.exec(path) ?? []
    const found = this.files.get(name)
    if (!found) return json(404, { message: 'Recording not found' })
    if (request.method === 'DELETE') {
      this.files.delete(name)
      response.writeHead(204).end()
    } else if (isFile) {
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': found.bytes.length })
      response.end(found.bytes)
    } else json(200, { name, format: found.format })
  })

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ari`
  }

  listen(port = 0): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  store(name: string, bytes: Buffer, format = 'wav'): void {
    this.files.set(name, { format, bytes })
  }

  askedFor(name: string): number {
    return this.asked.filter((one) => one.endsWith(`/${name}/file`)).length
  }
}
