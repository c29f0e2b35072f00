// nginx on a loopback port of its own, handing out a folder by sendfile: what serving is held against. Installed from
// Debian where that is possible.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ensurePackages } from '../scripts/debian-packages.ts'
import { freePort } from '../src/demo/free-port.ts'

const NGINX = '/usr/sbin/nginx'

export interface Nginx {
  port: number
  close(): Promise<void>
}

/** @param temporary for its configuration and logs @throws Error that says how to install it */
export async function startNginx({ root, temporary }: { root: string; temporary: string }): Promise<Nginx> {
  await ensurePackages(['nginx-light'], { why: 'The serving benchmark needs nginx', isThere: () => existsSync(NGINX) })
  const folder = join(temporary, 'nginx')
  mkdirSync(folder)
  const port = await freePort('127.0.0.1', 20_000 + Math.floor(Math.random() * 10_000))
  writeFileSync(join(folder, 'nginx.conf'), configuration({ root, folder, port }))
  const child = spawn(NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: 'inherit',
  })
  await untilOpen(port, child)
  return {
    port,
    close: async () => {
      if (child.exitCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGQUIT')
      await ended
    },
  }
}

function configuration({ root, folder, port }: { root: string; folder: string; port: number }): string {
  return `daemon off;
user root;
worker_processes auto;
pid ${folder}/nginx.pid;
events { worker_connections 2048; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=10000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  types { audio/wav wav; }
  server { listen 127.0.0.1:${port}; root ${root}; }
}
`
}

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  for (let i = 0; ; i++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    if (child.exitCode !== null || i > 200) throw new Error('nginx did not start')
    await delay(50)
  }
}
