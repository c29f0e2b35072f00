// Looks over the connection to one FreeSWITCH, from the TCP port to the names of the recordings. Called by doctor.ts. Each
// step tells what it found; the first that makes the next ones pointless ends it. Written against FreeSWITCH's sources and
// recorded answers; not tried on a live one.
import type { Config } from '../../config.ts'
import { logIn } from '../../connectors/freeswitch/esl-login.ts'
import { EslFailure, EslSocket } from '../../connectors/freeswitch/esl-socket.ts'
import { checkClock } from '../clock.ts'
import { type Finding, finding } from '../finding.ts'
import { addressesOf, checkNetwork, isLoopback } from '../network.ts'
import { lookAtFolders } from '../recordings-folder.ts'
import { gatherFacts, QUESTION_MS } from './esl-facts.ts'
import {
  checkAgents,
  checkEventSocket,
  checkJsonCdr,
  checkQueues,
  checkSubscription,
  checkVersion,
} from './freeswitch-checks.ts'

const CONNECT_MS = 4_500

type Connector = Config['connectors'][number]

/** Tells everything that can be told; never throws for what FreeSWITCH does. */
export async function lookAtFreeswitch(
  connector: Connector,
  { now, listenMs, signal }: { now: () => number; listenMs: number; signal: AbortSignal },
): Promise<Finding[]> {
  const { host = '127.0.0.1', port = 8021, secret } = connector
  const addresses = await addressesOf(host)
  const network = checkNetwork(addresses, { host, port, protocol: 'the event socket', plainLogin: true })
  const recordings = (folder: string | null) => lookAtRecordings(connector, folder, now)
  if (secret === null) return [noPassword(connector), ...network, ...(await recordings(null))]
  let socket: EslSocket
  try {
    socket = await EslSocket.open({ host, port, connectMs: CONNECT_MS, answerMs: QUESTION_MS }, signal)
  } catch (error) {
    return [unreachable(error, { host, port, addresses }), ...network, ...(await recordings(null))]
  }
  let heard = 0
  const reading = (async () => {
    for await (const items of socket.batches()) heard += items.filter(({ type }) => type === 'event').length
  })()
  try {
    const refused = await logInTo(socket, { secret, connector })
    if (refused) return [...refused, ...network, ...(await recordings(null))]
    const facts = await gatherFacts(socket, { now, listenMs, signal, heard: () => heard })
    return [
      finding('connection', 'ok', 'connected', [
        `The event socket answers at ${host}:${port}.`,
        `事件套接字在 ${host}:${port} 应答。`,
      ]),
      ...network,
      finding('login', 'ok', 'logged-in', ['The password is taken.', '密码正确。']),
      ...checkEventSocket(facts, secret),
      checkVersion(facts),
      ...checkSubscription(facts),
      checkClock(facts.skew),
      ...checkAgents(facts, connector),
      checkQueues(facts),
      ...checkJsonCdr(facts, connector.name),
      ...(await recordings(facts.recordingsFolder)),
    ]
  } finally {
    socket.close()
    await reading
  }
}

/** null: let in. */
async function logInTo(
  socket: EslSocket,
  { secret, connector }: { secret: string; connector: Connector },
): Promise<Finding[] | null> {
  const { host = '127.0.0.1', port = 8021, secretEnv = 'FS1_PASSWORD' } = connector
  try {
    await socket.greeted()
  } catch (error) {
    if (error instanceof EslFailure && error.refused)
      return [
        finding(
          'connection',
          'error',
          'address-rejected',
          [
            `The event socket at ${host}:${port} does not let this machine’s address in. Without apply-inbound-acl FreeSWITCH lets in its own machine alone.`,
            `${host}:${port} 的事件套接字不允许本机地址连接。未设置 apply-inbound-acl 时，FreeSWITCH 只允许它自己所在的机器。`,
          ],
          [
            {
              file: 'autoload_configs/acl.conf.xml',
              lines: [
                '<list name="callbook" default="deny">',
                '  <node type="allow" cidr="127.0.0.0/8"/>',
                '  <node type="allow" cidr="<this machine>/32"/>',
                '</list>',
              ],
              run: [],
            },
            {
              file: 'autoload_configs/event_socket.conf.xml',
              lines: ['<param name="apply-inbound-acl" value="callbook"/>'],
              run: ['fs_cli -x "reloadacl"', 'fs_cli -x "reload mod_event_socket"'],
            },
          ],
        ),
      ]
    return [
      finding('connection', 'error', 'not-an-event-socket', [
        `Something answers at ${host}:${port}, but it is no event socket (8021 unless event_socket.conf.xml says otherwise).`,
        `${host}:${port} 有应答，但不是事件套接字（默认端口 8021，除非 event_socket.conf.xml 另有设置）。`,
      ]),
    ]
  }
  try {
    await logIn(socket, secret)
    return null
  } catch {
    // Whatever it answered, or that it did not, the way out is the same.
    return [
      finding(
        'login',
        'error',
        'login-refused',
        [`FreeSWITCH does not take the password in ${secretEnv}.`, `FreeSWITCH 不接受 ${secretEnv} 中的密码。`],
        [
          {
            file: 'autoload_configs/event_socket.conf.xml',
            lines: [`<param name="password" value="…"/>   <!-- the same as in ${secretEnv} -->`],
            run: ['fs_cli -x "reload mod_event_socket"'],
          },
        ],
      ),
    ]
  }
}

function noPassword({ name }: Connector): Finding {
  return finding(
    'login',
    'error',
    'no-credentials',
    [
      `The connector "${name}" has no secretEnv that names the variable with the password of the event socket.`,
      `接入器“${name}”没有用 secretEnv 指明存放事件套接字密码的环境变量。`,
    ],
    [
      {
        file: 'callbook.config.json',
        lines: ['"secretEnv": "FS1_PASSWORD"'],
        run: ['export FS1_PASSWORD=…   # where Callbook is started'],
      },
    ],
  )
}

function unreachable(error: unknown, where: { host: string; port: number; addresses: readonly string[] }): Finding {
  const { host, port, addresses } = where
  const cause = error instanceof EslFailure ? error.cause : error
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return finding('connection', 'error', 'host-unknown', [
      `There is no host named ${host}: check "host" in callbook.config.json.`,
      `找不到主机 ${host}：请检查 callbook.config.json 中的 "host"。`,
    ])
  const bind = addresses.every(isLoopback) ? '127.0.0.1' : (addresses[0] ?? host)
  if (code === 'ECONNREFUSED')
    return finding(
      'connection',
      'error',
      'connection-refused',
      [
        `Nothing listens at ${host}:${port}: mod_event_socket is not loaded, listens elsewhere, or FreeSWITCH is not running.`,
        `${host}:${port} 没有程序监听：mod_event_socket 未加载、监听在别处，或 FreeSWITCH 未运行。`,
      ],
      [
        {
          file: 'autoload_configs/event_socket.conf.xml',
          lines: [`<param name="listen-ip" value="${bind}"/>`, `<param name="listen-port" value="${port}"/>`],
          run: ['fs_cli -x "reload mod_event_socket"'],
        },
      ],
    )
  const why = error instanceof Error ? error.message.replace(/^cannot reach FreeSWITCH at .*?: /, '') : String(error)
  return finding(
    'connection',
    'error',
    'unreachable',
    [
      `${host}:${port} cannot be reached (${why}): is the address right, and does a firewall stand between?`,
      `无法连接 ${host}:${port}（${why}）：请检查地址，以及中间是否有防火墙。`,
    ],
    [{ file: null, lines: [], run: [`nc -vz ${host} ${port}   # on this machine`] }],
  )
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function lookAtRecordings(connector: Connector, own: string | null, now: () => number): Promise<Finding[]> {
  const expected = {
    pbxFolder: own,
    usualFolder: '/var/lib/freeswitch/recordings',
    isCallId: (callId: string) => UUID.test(callId),
    naming: {
      file: 'dialplan',
      lines: [
        '<!-- on the caller’s leg, before the queue or the bridge: -->',
        `<action application="record_session" data="$\${recordings_dir}/\${uuid}.wav"/>`,
        '<!-- or, of a queue, in autoload_configs/callcenter.conf.xml: -->',
        `<param name="record-template" value="$\${recordings_dir}/\${uuid}.wav"/>`,
      ],
      run: ['fs_cli -x "reloadxml"'],
    },
  }
  return lookAtFolders(connector, expected, now)
}
