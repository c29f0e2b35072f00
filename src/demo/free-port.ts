// Finds a port the demo can listen on: the wanted one, or the next that is free.
import { once } from 'node:events'
import { createServer } from 'node:net'

const TRIED = 50

/** @returns `wanted`, or the next free port after it; 0 stays 0 (any). @throws the listener's error when none of 50 is free */
export async function freePort(host: string, wanted: number): Promise<number> {
  for (let port = wanted; ; port++) {
    if (await isFree(host, port)) return wanted === 0 ? 0 : port
    if (port === wanted + TRIED || port === 65_535) throw new Error(`no port from ${wanted} to ${port} is free`)
  }
}

async function isFree(host: string, port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return true
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' || code === 'EACCES') return false
    throw cause
  } finally {
    if (server.listening) {
      server.close()
      await once(server, 'close')
    }
  }
}
