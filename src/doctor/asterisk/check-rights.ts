// What the AMI user may hear and ask, against what Callbook needs. Pure: facts in, findings out.
import { type Finding, finding } from '../finding.ts'
import { hasClass } from './ami-answers.ts'
import type { AsteriskFacts } from './ami-facts.ts'
import { classLine, managerFix, READ_CLASSES, WRITE_CLASSES } from './manager-lines.ts'

/** What is asked on each connect, to know the calls in progress. */
const SNAPSHOT_ACTIONS = ['CoreShowChannels', 'Status', 'BridgeList', 'QueueStatus'] as const
/** With these, whoever has the secret can do harm. Callbook uses none of them. */
const DANGEROUS_CLASSES = ['all', 'originate', 'command', 'config', 'system'] as const

/** A session keeps the rights and filters that it logged in with. */
const RESTART = [
  ' Then restart Callbook: a session keeps what it logged in with.',
  '然后重启 Callbook：已登录的会话沿用登录时的设置。',
] as const

export function checkRights(facts: AsteriskFacts, username: string): Finding[] {
  return [...checkWrite(facts, username), ...checkRead(facts, username), ...checkSurplus(facts, username)]
}

function checkWrite({ actions, rights }: AsteriskFacts, username: string): Finding[] {
  if (!actions) return []
  // QueueStatus needs no class: where it is not in the list, queues are not loaded.
  const missing = SNAPSHOT_ACTIONS.filter((name) => name !== 'QueueStatus' && !actions.has(name))
  const queues: Finding[] = actions.has('QueueStatus')
    ? []
    : [
        finding('rights', 'info', 'no-queues', [
          'This Asterisk has no queues (app_queue is not loaded): calls have no skill group but the one that the dialplan marks.',
          '该 Asterisk 未加载队列（app_queue）：除非拨号方案自行标记，通话没有技能组。',
        ]),
      ]
  if (missing.length > 0) {
    return [
      finding(
        'rights',
        'error',
        'snapshot-denied',
        [
          `The AMI user "${username}" may not ask which calls are in progress (${missing.join(', ')}): after each interruption, calls are missing or stay open. It needs write = reporting.${RESTART[0]}`,
          `AMI 用户“${username}”无权查询正在进行的通话（${missing.join('、')}）：每次连接中断后会缺少通话，或通话一直不结束。需要 write = reporting。${RESTART[1]}`,
        ],
        [managerFix(username, [classLine('write', rights?.write ?? new Set(), WRITE_CLASSES)])],
      ),
      ...queues,
    ]
  }
  return [
    finding('rights', 'ok', 'snapshot-allowed', [
      'The AMI user may ask which calls are in progress.',
      'AMI 用户可以查询正在进行的通话。',
    ]),
    ...queues,
  ]
}

/** Which read classes are there: by the PBX's word, or by events that really came. */
export function readClassesOf(facts: AsteriskFacts): { known: ReadonlySet<string>; areAll: boolean } {
  if (facts.rights) return { known: facts.rights.read, areAll: true }
  const heard = new Set([...facts.heard.values()].flatMap(({ classes }) => [...classes]))
  if (facts.echo) heard.add('user')
  return { known: heard, areAll: false }
}

const WITHOUT: Readonly<Record<(typeof READ_CLASSES)[number], readonly [string, string]>> = {
  call: ['no call is seen', '看不到任何通话'],
  agent: ['queues and the agents’ names are missing', '缺少队列和坐席姓名'],
  user: ['the dialplan’s marks (IVR nodes, keys) are missing', '缺少拨号方案的标记（IVR 节点、按键）'],
  system: ['a restart of Asterisk goes unnoticed', '无法察觉 Asterisk 重启'],
  dtmf: [
    'keys that customers press are missing, but for those that the dialplan marks',
    '缺少客户按键（拨号方案自行标记的除外）',
  ],
}
const NEEDED: ReadonlySet<string> = new Set(['call', 'agent'])

function checkRead(facts: AsteriskFacts, username: string): Finding[] {
  const { known, areAll } = readClassesOf(facts)
  // What was tried and did not come is missing, whatever the files say.
  const isMissing = (name: string) =>
    areAll ? !hasClass(known, name) : (name === 'system' && !facts.sawLogin) || (name === 'user' && facts.echo === null)
  const missing = READ_CLASSES.filter((name) => isMissing(name))
  if (missing.length > 0) {
    // The dialplan's own marks tell of keys as well.
    const hasMarks = (facts.settings?.channelVariables ?? []).includes('CC_TYPE')
    const onlyKeys = missing.length === 1 && missing[0] === 'dtmf'
    const severity = missing.some((name) => NEEDED.has(name)) ? 'error' : onlyKeys && hasMarks ? 'info' : 'warning'
    const line = classLine('read', areAll ? known : new Set(READ_CLASSES), READ_CLASSES)
    return [
      finding(
        'rights',
        severity,
        'read-missing',
        [
          `The AMI user "${username}" does not hear ${missing.join(', ')}: ${missing.map((name) => WITHOUT[name][0]).join('; ')}.${RESTART[0]}`,
          `AMI 用户“${username}”收不到 ${missing.join('、')} 类事件：${missing.map((name) => WITHOUT[name][1]).join('；')}。${RESTART[1]}`,
        ],
        [managerFix(username, [line])],
      ),
    ]
  }
  const unseen = READ_CLASSES.filter((name) => !hasClass(known, name))
  if (unseen.length === 0)
    return [
      finding('rights', 'ok', 'read-complete', [
        `The AMI user hears all it needs (${READ_CLASSES.join(', ')}).`,
        `AMI 用户能收到所需的全部事件（${READ_CLASSES.join('、')}）。`,
      ]),
    ]
  return [
    finding(
      'rights',
      'info',
      'read-unseen',
      [
        `Whether the AMI user hears ${unseen.join(', ')} cannot be asked with its rights. Look on the PBX, or run doctor --listen 60 and make a test call meanwhile.`,
        `以该 AMI 用户的权限无法查询它是否能收到 ${unseen.join('、')} 类事件。请在 PBX 上查看，或运行 doctor --listen 60 并同时打一通测试电话。`,
      ],
      [
        {
          file: null,
          lines: [],
          run: [`asterisk -rx "manager show user ${username}"`, `# read perm must have ${READ_CLASSES.join(',')}`],
        },
      ],
    ),
  ]
}

function checkSurplus({ rights, actions }: AsteriskFacts, username: string): Finding[] {
  const classes = rights
    ? DANGEROUS_CLASSES.filter((name) => rights.write.has(name))
    : ([
        ['Originate', 'originate'],
        ['Command', 'command'],
        ['UpdateConfig', 'config'],
        ['ModuleLoad', 'system'],
      ].flatMap(([action, name]) => (action && name && actions?.has(action) ? [name] : [])) as string[])
  if (classes.length === 0) return []
  const kept = new Set(rights ? [...rights.write].filter((name) => !classes.includes(name)) : [])
  return [
    finding(
      'rights',
      'info',
      'more-rights-than-needed',
      [
        `The AMI user "${username}" may do more than Callbook ever does (write = ${classes.join(', ')}): whoever learns its secret may change the PBX. With command, system or config, doctor sees more; take them away when it has nothing more to say.`,
        `AMI 用户“${username}”的权限超出 Callbook 所需（write = ${classes.join('、')}）：得到其密码的人可以改动 PBX。有 command、system 或 config 权限时 doctor 能查得更全；检查完毕后请收回。`,
      ],
      [managerFix(username, [classLine('write', kept, WRITE_CLASSES)])],
    ),
  ]
}
