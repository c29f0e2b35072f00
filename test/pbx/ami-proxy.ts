// A network between Callbook and the PBX's AMI that can fail: while it is cut, open connections are gone and new ones are
// refused. Used by the scenarios and the mix that look at what went by unheard.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { PBX } from './asterisk/pbx.ts'

export class AmiProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (near) => {
      if (this.#isCut) return void near.resetAndDestroy()
      const far = connect(PBX.ami.port, PBX.ami.host)
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket)
        socket.pipe(other)
        // Either end takes the other with it.
        socket.on('error', () => socket.destroy())
        socket.on('close', () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
      }
    })
  }

  static async start(): Promise<AmiProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new AmiProxy(server)
  }

  get address(): { host: string; port: number } {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen')
    return { host: '127.0.0.1', port: address.port }
  }

  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  mend(): void {
    this.#isCut = false
  }

  close(): void {
    this.cut()
    this.#server.close()
  }
}
