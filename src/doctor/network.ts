// Is the way to the PBX one that others can listen in on? Neither AMI nor the event socket is encrypted.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { type Finding, finding } from './finding.ts'
import { inTime } from './in-time.ts'

const LOOKUP_MS = 3_000

/** Every address of the host; none when it has no name that is known here, or the answer takes too long. */
export async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host]
  try {
    return (await inTime(lookup(host, { all: true }), [], LOOKUP_MS)).map(({ address }) => address)
  } catch {
    // What cannot be reached is told by the check of the connection.
    return []
  }
}

export function isLoopback(address: string): boolean {
  return /^(::ffff:)?127\./i.test(address) || address === '::1'
}

/** `protocol`: how it is called in the sentence. `port`: where the PBX listens. */
export function checkNetwork(
  addresses: readonly string[],
  { host, port, protocol, plainLogin }: { host: string; port: number; protocol: string; plainLogin: boolean },
): Finding[] {
  if (addresses.length === 0 || addresses.every(isLoopback)) return []
  const secret = plainLogin ? [' and its password', '及其密码'] : ['', '']
  return [
    finding(
      'network',
      'warning',
      'unencrypted',
      [
        `The connection to ${host}:${port} leaves this machine, and ${protocol} is not encrypted: whoever can listen in on that network reads every number${secret[0]}. Use a tunnel (ssh, WireGuard), or run Callbook on the PBX’s own machine.`,
        `到 ${host}:${port} 的连接会离开本机，而 ${protocol} 没有加密：能够监听该网络的人可以看到所有号码${secret[1]}。请使用隧道（ssh、WireGuard），或把 Callbook 装在 PBX 所在机器上。`,
      ],
      [
        {
          file: 'callbook.config.json',
          lines: ['"host": "127.0.0.1",', `"port": 1${port}`],
          run: [`ssh -N -L 127.0.0.1:1${port}:127.0.0.1:${port} callbook@${host}   # on this machine`],
        },
      ],
    ),
  ]
}
