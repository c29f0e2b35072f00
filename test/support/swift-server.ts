// A real S3 server for tests: OpenStack Swift with s3api, from Debian's packages, which checks signatures and does
// multipart right. Four daemons on loopback ports of their own, in a folder that is thrown away. Needs root on Debian.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ensurePackages, mayInstallPackages } from '../../scripts/debian-packages.ts'
import type { BucketSettings } from '../../src/bucket-address.ts'
import { s3Requests } from '../../src/recordings/storage/s3-requests.ts'

export interface SwiftServer {
  /** `http://127.0.0.1:…` */
  endpoint: string
  accessKey: string
  secretKey: string
  /** Ends the daemon that answers requests; what is stored stays. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Safe to call twice. */
  close(): Promise<void>
}

const PACKAGES = ['swift', 'swift-proxy', 'swift-account', 'swift-container', 'swift-object']
const DAEMONS = ['account', 'container', 'object', 'proxy'] as const
type Daemon = (typeof DAEMONS)[number]
const ACCOUNT = 'cr'
const USER = 'test'
const SECRET = 'secret-of-nobody'
const STARTS_WITHIN_MS = 60_000

/** A sentence saying why there can be no server here; null: there can. */
export function noSwiftBecause(): string | null {
  if (mayInstallPackages() || isInstalled()) return null
  return `a real S3 server is OpenStack Swift from Debian's packages, installed by root: ${PACKAGES.join(' ')}`
}

function isInstalled(): boolean {
  return (
    existsSync('/usr/bin/swift-ring-builder') && DAEMONS.every((name) => existsSync(`/usr/bin/swift-${name}-server`))
  )
}

/** @throws Error when it cannot be installed or does not start. */
export async function startSwift(): Promise<SwiftServer> {
  await install()
  const folder = await mkdtemp(join(tmpdir(), 'callbook-swift-'))
  const daemons = new Map<Daemon, ChildProcess>()
  let closed: Promise<void> | null = null
  const stop = async (name: Daemon) => {
    const daemon = daemons.get(name)
    daemons.delete(name)
    await ended(daemon)
  }
  const close = async () => {
    await Promise.all(DAEMONS.map(stop))
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    const ports = await configure(folder)
    const endpoint = `http://127.0.0.1:${ports.proxy}`
    const start = (name: Daemon) => daemons.set(name, run(folder, name))
    DAEMONS.forEach(start)
    await answers(endpoint, folder, daemons)
    return {
      endpoint,
      accessKey: `${ACCOUNT}:${USER}`,
      secretKey: SECRET,
      pause: () => stop('proxy'),
      resume: async () => {
        start('proxy')
        await answers(endpoint, folder, daemons)
      },
      close: () => {
        closed ??= close()
        return closed
      },
    }
  } catch (cause) {
    await close()
    throw cause
  }
}

/** Makes a bucket and says how it is reached. */
export async function bucketIn(swift: SwiftServer, bucket: string): Promise<BucketSettings> {
  const settings: BucketSettings = {
    bucket,
    prefix: '',
    endpoint: new URL(swift.endpoint),
    region: 'us-east-1',
    style: 'path',
    keys: { accessKey: swift.accessKey, secretKey: swift.secretKey, sessionToken: null },
  }
  const requests = s3Requests(settings)
  await requests.ask({ method: 'PUT', key: null })
  requests.close()
  return settings
}

/** Without letting Debian start the services on their usual ports. */
async function install(): Promise<void> {
  if (isInstalled()) return
  const policy = '/usr/sbin/policy-rc.d'
  const mine = !existsSync(policy)
  if (mine) {
    await writeFile(policy, '#!/bin/sh\nexit 101\n')
    await chmod(policy, 0o755)
  }
  try {
    await ensurePackages(PACKAGES, { why: 'Tests against a real S3 server need Swift', isThere: isInstalled })
  } finally {
    if (mine) await rm(policy, { force: true })
  }
}

async function configure(folder: string): Promise<Record<Daemon, number>> {
  const [account, container, object, proxy] = await Promise.all(DAEMONS.map(freePort))
  const ports = { account, container, object, proxy } as Record<Daemon, number>
  await mkdir(join(folder, 'devices', 'sda'), { recursive: true })
  await writeFile(
    join(folder, 'swift.conf'),
    `[swift-hash]
swift_hash_path_prefix = callbook
swift_hash_path_suffix = test
[storage-policy:0]
name = one
default = yes
`,
  )
  for (const name of DAEMONS)
    await writeFile(
      join(folder, `${name}.conf`),
      `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${ports[name]}
workers = 0
user = root
swift_dir = ${folder}
devices = ${join(folder, 'devices')}
mount_check = false
log_level = WARNING
[pipeline:main]
${name === 'proxy' ? PROXY : `pipeline = ${name}-server\n[app:${name}-server]\nuse = egg:swift#${name}\n`}`,
    )
  execFileSync('/usr/bin/python3', ['-c', RINGS, folder, ...[account, container, object].map(String)])
  return ports
}

/** What `swift-ring-builder` does in nine runs: for each kind a ring with one device. */
const RINGS = `
import sys
from swift.common.ring import RingBuilder
folder, *ports = sys.argv[1:]
for kind, port in zip(('account', 'container', 'object'), ports):
    ring = RingBuilder(4, 1, 0)
    ring.add_dev(dict(id=0, region=1, zone=1, weight=1, ip='127.0.0.1', port=int(port), device='sda',
                      replication_ip='127.0.0.1', replication_port=int(port), meta=''))
    ring.rebalance()
    ring.get_ring().save(f'{folder}/{kind}.ring.gz')
`

const PROXY = `pipeline = catch_errors healthcheck cache s3api tempauth copy bulk slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_${ACCOUNT}_${USER} = ${SECRET} .admin
[filter:copy]
use = egg:swift#copy
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
`

function run(folder: string, name: Daemon): ChildProcess {
  const log = openSync(join(folder, `${name}.log`), 'a')
  const daemon = spawn(`swift-${name}-server`, [join(folder, `${name}.conf`), '-v'], { stdio: ['ignore', log, log] })
  closeSync(log)
  // A test that breaks off must neither wait for it nor leave it behind.
  daemon.unref()
  process.once('exit', () => daemon.kill('SIGKILL'))
  return daemon
}

async function answers(endpoint: string, folder: string, daemons: Map<Daemon, ChildProcess>): Promise<void> {
  for (const end = Date.now() + STARTS_WITHIN_MS; ; await delay(200)) {
    const answer = await fetch(`${endpoint}/healthcheck`).catch(() => null)
    if (answer?.ok) return
    for (const [name, { exitCode }] of daemons)
      if (exitCode !== null)
        throw new Error(`swift-${name}-server ended: ${(await lastLines(folder, name)) || exitCode}`)
    if (Date.now() > end) throw new Error('Swift does not answer')
  }
}

async function ended(daemon: ChildProcess | undefined): Promise<void> {
  if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return
  const end = new Promise((resolve) => daemon.once('exit', resolve))
  daemon.kill('SIGKILL')
  await end
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

async function lastLines(folder: string, name: Daemon): Promise<string> {
  return (await readFile(join(folder, `${name}.log`), 'utf8').catch(() => '')).slice(-500)
}
