// Looks over the connection to one Asterisk, from the TCP port to the names of the recordings. Called by doctor.ts. Each
// step tells what it found; the first that makes the next ones pointless ends it.
import type { Config } from '../../config.ts'
import { logIn } from '../../connectors/asterisk/ami-login.ts'
import { AmiFailure } from '../../connectors/asterisk/ami-socket.ts'
import { checkClock } from '../clock.ts'
import { type Finding, type Fix, finding } from '../finding.ts'
import { addressesOf, checkNetwork, isLoopback } from '../network.ts'
import { type FolderExpectation, isNamedAfterCall, lookAtFolders } from '../recordings-folder.ts'
import { type AsteriskFacts, gatherFacts } from './ami-facts.ts'
import { AmiProbe, QUESTION_MS } from './ami-probe.ts'
import { lookAtAri } from './ari-look.ts'
import { checkAgents } from './check-agents.ts'
import { checkChannelVariables, checkEventFilters, checkTimestamps } from './check-events.ts'
import { checkRights } from './check-rights.ts'
import { checkCdr, checkCel, checkQueueLog, isCelOff } from './check-sources.ts'
import { lookAtLogs } from './log-files.ts'
import { checkLogTable, lookAtTables } from './log-tables.ts'
import { managerFix, permitLine, userFix } from './manager-lines.ts'

export interface LookOptions {
  now: () => number
  /** How long to listen for the events of real calls, ms; 0: not. */
  listenMs: number
  signal: AbortSignal
  /** Another Asterisk is configured for the same contact centre. */
  hasNeighbours: boolean
}

type Connector = Config['connectors'][number]

/** Tells everything that can be told; never throws for what the PBX does. */
export async function lookAtAsterisk(connector: Connector, options: LookOptions): Promise<Finding[]> {
  const { host = '127.0.0.1', port = 5038 } = connector
  const addresses = await addressesOf(host)
  const network = checkNetwork(addresses, { host, port, protocol: 'AMI', plainLogin: connector.login === 'plain' })
  const recordings = (spool: string | null) => lookAtRecordings(connector, spool, options)
  const { username, secret } = connector
  if (!username || secret === null) return [noCredentials(connector), ...network, ...(await recordings(null))]
  let probe: AmiProbe
  try {
    probe = await AmiProbe.open(host, port, options.signal)
  } catch (error) {
    return [unreachable(error, { host, port, addresses }), ...network, ...(await recordings(null))]
  }
  try {
    const connected = finding('connection', 'ok', 'connected', [
      `AMI answers at ${host}:${port}.`,
      `AMI 在 ${host}:${port} 应答。`,
    ])
    const login = await logInTo(probe, { username, secret, connector })
    if (login.severity === 'error') return [connected, ...network, login, ...(await recordings(null))]
    const facts = await gatherFacts(probe, { ...options, username })
    const logs = await lookAtLogs(connector, facts.directories)
    const tables = await lookAtTables(connector)
    const now = options.now()
    return [
      connected,
      ...network,
      login,
      ...checkFacts(facts, connector, options),
      tables.cel && !isCelOff(facts) ? checkLogTable('cel', tables.cel, now) : checkCel(facts, logs),
      tables.queueLog ? checkLogTable('queue-log', tables.queueLog, now) : checkQueueLog(facts, logs),
      ...checkCdr(facts),
      ...(await recordings(facts.directories?.spool ?? null)),
    ]
  } finally {
    await probe.close()
  }
}

function checkFacts(facts: AsteriskFacts, connector: Connector, options: LookOptions): Finding[] {
  const { username = '' } = connector
  return [
    ...(facts.isSilent ? [wentSilent()] : []),
    checkVersion(facts),
    ...checkSystemName(facts, options),
    ...checkRights(facts, username),
    ...checkExposure(facts, connector),
    checkTimestamps(facts),
    checkChannelVariables(facts),
    ...checkEventFilters(facts, username),
    checkClock(facts.skew),
    ...checkAgents(facts, connector),
  ]
}

async function lookAtRecordings(
  connector: Connector,
  spool: string | null,
  { now, signal }: Pick<LookOptions, 'now' | 'signal'>,
): Promise<Finding[]> {
  const expected: FolderExpectation = {
    hasOtherSource: connector.recordings?.ari !== undefined,
    pbxFolder: spool ? `${spool}/monitor` : null,
    usualFolder: '/var/spool/asterisk/monitor',
    // epoch second and counter, with the system's name in front where it has one
    isCallId: (callId) => /(?:^|-)\d{9,11}\.\d+$/.test(callId),
    naming: NAMING,
  }
  const isNamed = (name: string) => isNamedAfterCall(name, expected)
  const [folders, ari] = await Promise.all([
    lookAtFolders(connector, expected, now),
    lookAtAri(connector, { isNamed, naming: NAMING, signal }),
  ])
  return [...folders, ...ari]
}

const NAMING: Fix = {
  file: 'extensions.conf',
  lines: ['; before Queue() or Dial():', `same => n,MixMonitor(\${CHANNEL(LINKEDID)}.wav,b)`],
  run: ['asterisk -rx "dialplan reload"'],
}

function noCredentials({ name }: Connector): Finding {
  return finding(
    'login',
    'error',
    'no-credentials',
    [
      `The connector "${name}" has no username, or no secretEnv that names the variable with its secret.`,
      `接入器“${name}”没有配置 username，或没有用 secretEnv 指明存放密码的环境变量。`,
    ],
    [
      {
        file: 'callbook.config.json',
        lines: ['"username": "callbook",', '"secretEnv": "PBX1_SECRET"'],
        run: ['export PBX1_SECRET=…   # where Callbook is started'],
      },
    ],
  )
}

function unreachable(error: unknown, where: { host: string; port: number; addresses: readonly string[] }): Finding {
  const { host, port, addresses } = where
  const cause = error instanceof AmiFailure ? error.cause : error
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  if (error instanceof AmiFailure && error.message.includes('does not speak AMI'))
    return finding(
      'connection',
      'error',
      'not-ami',
      [
        `Something answers at ${host}:${port}, but it does not speak AMI. AMI’s port is 5038 unless manager.conf says otherwise.`,
        `${host}:${port} 有应答，但不是 AMI。除非 manager.conf 另有设置，AMI 的端口是 5038。`,
      ],
      [{ file: 'callbook.config.json', lines: ['"port": 5038'], run: ['asterisk -rx "manager show settings"'] }],
    )
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
        `Nothing listens at ${host}:${port}: AMI is off, on another port or address, or Asterisk is not running.`,
        `${host}:${port} 没有程序监听：AMI 未启用、端口或地址不同，或 Asterisk 未运行。`,
      ],
      [
        {
          file: 'manager.conf',
          lines: ['[general]', 'enabled = yes', `port = ${port}`, `bindaddr = ${bind}`],
          run: [
            'asterisk -rx "core show uptime"',
            'asterisk -rx "manager reload"',
            'asterisk -rx "manager show settings"',
          ],
        },
      ],
    )
  return finding(
    'connection',
    'error',
    'unreachable',
    [
      `${host}:${port} cannot be reached (${sentenceOf(error)}): is the address right, and does a firewall stand between?`,
      `无法连接 ${host}:${port}（${sentenceOf(error)}）：请检查地址，以及中间是否有防火墙。`,
    ],
    [{ file: null, lines: [], run: [`nc -vz ${host} ${port}   # on this machine`] }],
  )
}

function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/^cannot reach the PBX at .*?: /, '').slice(0, 200)
}

async function logInTo(
  probe: AmiProbe,
  { username, secret, connector }: { username: string; secret: string; connector: Connector },
): Promise<Finding> {
  const { host = '127.0.0.1', secretEnv = 'PBX1_SECRET' } = connector
  const late = setTimeout(() => probe.socket.close(new AmiFailure('no answer in time')), QUESTION_MS)
  try {
    await logIn(probe.socket, { username, secret, login: connector.login ?? 'md5' })
    return finding('login', 'ok', 'logged-in', [
      `The AMI user "${username}" is let in.`,
      `AMI 用户“${username}”登录成功。`,
    ])
  } catch (error) {
    const refused = error instanceof AmiFailure && error.refused
    if (!refused)
      return finding('login', 'error', 'login-unanswered', [
        `The PBX does not answer the login (${sentenceOf(error)}): Asterisk hangs, or a firewall lets through only the beginning.`,
        `PBX 对登录没有应答（${sentenceOf(error)}）：Asterisk 已卡住，或防火墙只放行了开头。`,
      ])
    const own = probe.socket.localAddress ?? '127.0.0.1'
    return finding(
      'login',
      'error',
      'login-refused',
      [
        `The PBX refuses the AMI user "${username}". It does not say why; it is one of: the secret in ${secretEnv} differs from manager.conf; this machine (${own}) is not permitted; the user is not there or not loaded; allowmultiplelogin = no while Callbook is connected already.`,
        `PBX 拒绝了 AMI 用户“${username}”，且不说明原因。可能是：${secretEnv} 中的密码与 manager.conf 不同；本机（${own}）未被允许；该用户不存在或尚未加载；allowmultiplelogin = no 而 Callbook 已经连接。`,
      ],
      [
        userFix(username, own, secretEnv),
        {
          file: null,
          lines: [],
          run: [
            `asterisk -rx "manager show user ${username}"`,
            `grep -i "manager" /var/log/asterisk/messages* | tail   # on ${host}`,
          ],
        },
      ],
    )
  } finally {
    clearTimeout(late)
  }
}

function wentSilent(): Finding {
  return finding('connection', 'warning', 'slow-answers', [
    `Asterisk stopped answering within ${QUESTION_MS / 1_000} s while it was asked; what could not be asked is told as not seen.`,
    `检查过程中 Asterisk 超过 ${QUESTION_MS / 1_000} 秒没有应答；未能查询的项目按“无法查询”列出。`,
  ])
}

/** Tested against 22; the events used are the same from 18 on. */
function checkVersion({ version }: AsteriskFacts): Finding {
  if (!version)
    return finding('version', 'info', 'version-unseen', [
      'Asterisk’s version cannot be asked with this user’s rights (write = reporting would do). Lines below are written so that any version reads them.',
      '以该用户的权限无法查询 Asterisk 版本（有 write = reporting 即可）。下文给出的配置各版本通用。',
    ])
  if (version.major < 18)
    return finding('version', 'warning', 'version-too-old', [
      `Asterisk ${version.text}: Callbook is made for 18 to 22. Older ones lack events that records are made of.`,
      `Asterisk ${version.text}：Callbook 适用于 18 到 22 版。更早的版本缺少生成记录所需的事件。`,
    ])
  if (version.major > 22)
    return finding('version', 'info', 'version-newer', [
      `Asterisk ${version.text}: newer than those Callbook was tried with (18 to 22).`,
      `Asterisk ${version.text}：比 Callbook 验证过的版本（18 到 22）更新。`,
    ])
  return finding('version', 'ok', 'version-known', [`Asterisk ${version.text}.`, `Asterisk ${version.text}。`])
}

/** Ids of calls are unique in one Asterisk; a name in front makes them so among several. */
function checkSystemName({ systemName }: AsteriskFacts, { hasNeighbours }: LookOptions): Finding[] {
  if (systemName !== '' || !hasNeighbours) return []
  return [
    finding(
      'version',
      'warning',
      'no-system-name',
      [
        'This Asterisk has no system name, and it is not the only one: two of them can make the same call id.',
        '该 Asterisk 没有系统名，而又不止一台：两台可能产生相同的通话ID。',
      ],
      [
        {
          file: 'asterisk.conf',
          lines: ['[options]', 'systemname = pbx1'],
          run: ['systemctl restart asterisk   # ends calls in progress'],
        },
      ],
    ),
  ]
}

/** AMI open to every address, for a user that may come from anywhere. */
function checkExposure(
  { settings, rights }: AsteriskFacts,
  { username = '', host = '127.0.0.1' }: Connector,
): Finding[] {
  const isOpen = /^(0\.0\.0\.0|::|\[::\]|\*)(:\d+)?$/.test(settings?.bindAddress ?? '')
  if (!isOpen || rights?.hasAcl !== false) return []
  return [
    finding(
      'network',
      'warning',
      'ami-open-to-all',
      [
        `AMI listens on every address (${settings?.bindAddress}), and the user "${username}" may log in from anywhere.`,
        `AMI 监听所有地址（${settings?.bindAddress}），且用户“${username}”可以从任何地方登录。`,
      ],
      [managerFix(username, ['deny = 0.0.0.0/0.0.0.0', permitLine(isLoopback(host) ? '127.0.0.1' : '<this machine>')])],
    ),
  ]
}
