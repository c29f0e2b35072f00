// The ARI that recordings are taken from: does it answer, may this user read (and delete) recordings, and do their names say
// which call they belong to? Called by asterisk-doctor.ts. It changes nothing: whether the user may delete is asked with a
// name that no recording has.
import { ariSettings, type Config } from '../../config.ts'
import { AriFailure, ariRecordings } from '../../recordings/ari-client.ts'
import { type Finding, type Fix, finding } from '../finding.ts'
import { inTime } from '../in-time.ts'
import { addressesOf, checkNetwork } from '../network.ts'

type Connector = Pick<Config['connectors'][number], 'recordings' | 'ariPassword'>

const LOOK_MS = 20_000
const NOBODYS = 'callbook-doctor-asks-whether-it-may-delete'

export async function lookAtAri(
  connector: Connector,
  { isNamed, naming, signal }: { isNamed(name: string): boolean; naming: Fix; signal: AbortSignal },
): Promise<Finding[]> {
  const settings = ariSettings(connector)
  if (!settings) return []
  const { url, username, deletes } = settings
  const { protocol, hostname, port } = new URL(url)
  const isPlain = protocol === 'http:'
  const where = { host: hostname, port: Number(port) || (isPlain ? 80 : 443), protocol: 'ARI', plainLogin: true }
  const network = isPlain ? checkNetwork(await addressesOf(hostname.replace(/^\[|\]$/g, '')), where) : []
  const stop = new AbortController()
  const ari = ariRecordings(settings, AbortSignal.any([signal, stop.signal]))
  try {
    const names = await inTime(ari.list(), null, LOOK_MS)
    if (names === null) return [...network, slow(url)]
    const mayDelete = await ari.remove(NOBODYS).then(
      () => true,
      (cause: unknown) => {
        if (cause instanceof AriFailure && cause.trouble === 'forbidden') return false
        throw cause
      },
    )
    const all = names.map(({ name, format }) => `${name}.${format}`)
    return [...network, checkNames(url, { all, isNamed, naming }), ...checkRights({ username, deletes, mayDelete })]
  } catch (cause) {
    return [...network, trouble(cause, { url, username })]
  } finally {
    stop.abort()
  }
}

function checkNames(
  url: string,
  { all, isNamed, naming }: { all: readonly string[]; isNamed(name: string): boolean; naming: Fix },
): Finding {
  const named = all.filter(isNamed).length
  if (all.length === 0)
    return finding(
      'recordings',
      'info',
      'ari-empty',
      [
        `ARI at ${url} answers; nothing is stored there yet. It hands out /var/spool/asterisk/recording only: let the PBX record there, or make that folder a link to the one it records to.`,
        `${url} 的 ARI 有应答，目前没有录音。ARI 只提供 /var/spool/asterisk/recording 里的文件：请让 PBX 录到该目录，或把它链接到实际的录音目录。`,
      ],
      [
        {
          file: null,
          lines: [],
          run: ['rmdir /var/spool/asterisk/recording', 'ln -s monitor /var/spool/asterisk/recording   # on the PBX'],
        },
      ],
    )
  if (named === 0)
    return finding(
      'recordings',
      'warning',
      'ari-names-not-call-ids',
      [
        `The ${all.length} recordings at ${url} are not named after their calls (such as ${all[0]}): Callbook cannot tell which call they belong to.`,
        `${url} 的 ${all.length} 个录音没有以通话ID命名（如 ${all[0]}）：Callbook 无法判断它们属于哪通电话。`,
      ],
      [naming],
    )
  return finding('recordings', 'ok', 'ari-read', [
    `ARI at ${url} hands out recordings; ${named} of ${all.length} are named after their calls.`,
    `${url} 的 ARI 可以取录音；${all.length} 个录音中有 ${named} 个以通话ID命名。`,
  ])
}

function checkRights({
  username,
  deletes,
  mayDelete,
}: {
  username: string
  deletes: boolean
  mayDelete: boolean
}): Finding[] {
  if (deletes === mayDelete) return []
  if (deletes)
    return [
      finding(
        'recordings',
        'warning',
        'ari-may-not-delete',
        [
          `Recordings are to be deleted at the PBX, but the ARI user "${username}" may only read. They are taken in, and stay there.`,
          `已设置取走后删除 PBX 上的录音，但 ARI 用户“${username}”只有读取权限。录音照常收取，但会留在 PBX 上。`,
        ],
        [
          {
            file: 'ari.conf',
            lines: [`[${username}]`, 'read_only = no'],
            run: ['asterisk -rx "module reload res_ari"'],
          },
        ],
      ),
    ]
  return [
    finding(
      'recordings',
      'info',
      'ari-may-write',
      [
        `The ARI user "${username}" may do more than read: it could place and end calls. Reading is all that Callbook needs.`,
        `ARI 用户“${username}”的权限超出读取：可以发起和挂断通话。Callbook 只需要读取权限。`,
      ],
      [
        {
          file: 'ari.conf',
          lines: [`[${username}]`, 'read_only = yes'],
          run: ['asterisk -rx "module reload res_ari"'],
        },
      ],
    ),
  ]
}

function slow(url: string): Finding {
  return finding('recordings', 'warning', 'ari-slow', [
    `ARI at ${url} needs more than ${LOOK_MS / 1_000} s to list its recordings: recordings come in late. Keep fewer there (deleteAtPbx), or take them from the folder.`,
    `${url} 的 ARI 列出录音超过 ${LOOK_MS / 1_000} 秒，录音入库会变慢。请减少那里保留的录音（deleteAtPbx），或改为直接读取目录。`,
  ])
}

function trouble(cause: unknown, { url, username }: { url: string; username: string }): Finding {
  const said = cause instanceof Error ? cause.message : String(cause)
  if (cause instanceof AriFailure && cause.trouble === 'refused')
    return finding(
      'recordings',
      'error',
      'ari-refused',
      [
        `ARI at ${url} refuses the user "${username}": the password differs from ari.conf, or the user is not there or not loaded.`,
        `${url} 的 ARI 拒绝了用户“${username}”：密码与 ari.conf 不同，或该用户不存在、尚未加载。`,
      ],
      [userFix(username)],
    )
  const isStrange = cause instanceof AriFailure && cause.trouble === 'strange'
  return finding(
    'recordings',
    'error',
    isStrange ? 'ari-strange' : 'ari-unreachable',
    isStrange
      ? [
          `${said}: is the address right? It ends in /ari unless http.conf has a prefix.`,
          `${url} 应答的不是 ARI（${said}）：请检查地址，除非 http.conf 设有 prefix，结尾应为 /ari。`,
        ]
      : [
          `ARI cannot be reached: ${said}. Is Asterisk's HTTP server on, at this address, and does a firewall stand between?`,
          `无法连接 ARI：${said}。请检查 Asterisk 的 HTTP 服务是否启用、地址是否正确、中间是否有防火墙。`,
        ],
    [
      {
        file: 'http.conf',
        lines: ['[general]', 'enabled = yes', 'bindaddr = <the PBX’s own address>', 'bindport = 8088'],
        run: ['asterisk -rx "module reload http"', 'asterisk -rx "http show status"'],
      },
      userFix(username),
    ],
  )
}

function userFix(username: string): Fix {
  return {
    file: 'ari.conf',
    lines: ['[general]', 'enabled = yes', `[${username}]`, 'type = user', 'read_only = yes', 'password = …'],
    run: ['asterisk -rx "module reload res_ari"', `asterisk -rx "ari show user ${username}"`],
  }
}
