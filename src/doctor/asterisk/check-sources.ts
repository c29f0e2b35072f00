// What Asterisk writes down by itself: CEL, queue_log, CDR. From the first two, calls that ended while Callbook was not
// connected are completed. Pure: facts in, findings out.
import { type Finding, type Fix, finding } from '../finding.ts'
import type { AsteriskFacts } from './ami-facts.ts'
import type { LogFile, LogFiles } from './log-files.ts'

/** Without these rows of CEL, how a call ended cannot be told from it. */
const NEEDED_CEL = ['CHAN_START', 'ANSWER', 'BRIDGE_ENTER', 'BRIDGE_EXIT', 'HANGUP', 'LINKEDID_END'] as const

/** In the order of the columns of the file. Every version from 18 on takes these as expressions of the dialplan. */
const CEL_COLUMNS = [
  'eventtime',
  'eventtype',
  'userdeftype',
  'CHANNEL(uniqueid)',
  'CHANNEL(linkedid)',
  'CHANNEL(channame)',
  'CALLERID(name)',
  'CALLERID(num)',
  'CALLERID(ANI)',
  'CALLERID(RDNIS)',
  'CALLERID(DNID)',
  'CHANNEL(exten)',
  'CHANNEL(context)',
  'CHANNEL(appname)',
  'CHANNEL(appdata)',
  'CHANNEL(accountcode)',
  'CHANNEL(peeraccount)',
  'BRIDGEPEER',
  'CHANNEL(userfield)',
  'eventextra',
] as const

const CEL_FIX: readonly Fix[] = [
  { file: 'cel.conf', lines: ['[general]', 'enable = yes', 'apps = dial,queue,park', 'events = ALL'], run: [] },
  {
    file: 'cel_custom.conf',
    lines: ['[mappings]', `Master.csv => ${CEL_COLUMNS.map((name) => `\${CSV_QUOTE(\${${name}})}`).join(',')}`],
    // Asterisk does not make the folder.
    run: [
      'install -d -o asterisk -g asterisk -m 750 /var/log/asterisk/cel-custom',
      'asterisk -rx "module reload cel"',
      'asterisk -rx "module load cel_custom.so"',
    ],
  },
]

interface Paths {
  cel: string
  queueLog: string
}

/** Where the logs are, or would be. */
function pathsOf({ cel, queueLog }: LogFiles, directories: AsteriskFacts['directories']): Paths {
  const folder = directories?.log ?? '/var/log/asterisk'
  return {
    cel: cel?.path ?? `${folder}/cel-custom/Master.csv`,
    queueLog: queueLog?.path ?? `${folder}/queue_log`,
  }
}

/** Asterisk says itself that it keeps none: what stands in a table is old. */
export function isCelOff({ cel }: Pick<AsteriskFacts, 'cel'>): boolean {
  return cel?.enabled === false
}

export function checkCel({ cel, directories }: AsteriskFacts, files: LogFiles): Finding {
  const { cel: file } = files
  const paths = pathsOf(files, directories)
  if (file?.isConfigured && file.state !== 'empty' && file.state !== 'understood') return unusable('cel', file)
  if (cel === null && !file?.isConfigured)
    return finding(
      'cel',
      'info',
      'cel-unseen',
      [
        'Whether Asterisk keeps a channel event log (CEL) cannot be asked with this user’s rights. It completes calls that end while Callbook is not connected.',
        '以该用户的权限无法查询是否启用了通道事件日志（CEL）。它用于补全 Callbook 断开期间结束的通话。',
      ],
      [{ file: null, lines: [], run: ['asterisk -rx "cel show status"', '# CEL Logging: should be Enabled'] }],
    )
  if (cel?.enabled === false)
    return finding(
      'cel',
      'warning',
      'cel-off',
      [
        'Asterisk keeps no channel event log (CEL): of calls that end while Callbook is not connected, the end can only be estimated, and calls wholly within such a gap stay unknown.',
        'Asterisk 未启用通道事件日志（CEL）：Callbook 断开期间结束的通话只能估计结束时间，完全发生在断开期间的通话则无从得知。',
      ],
      [...CEL_FIX, ...(file?.isConfigured ? [] : [backfillFix(paths)])],
    )
  // Manager events come over the connection that is missing just then.
  const stores = cel?.subscribers.filter((name) => !/manager/i.test(name)) ?? []
  if (cel && stores.length === 0)
    return finding(
      'cel',
      'warning',
      'cel-goes-nowhere',
      [
        'The channel event log (CEL) is on, but it is written nowhere: not to a file, not to a database.',
        '通道事件日志（CEL）已启用，但没有写入任何地方（文件或数据库）。',
      ],
      [...CEL_FIX.slice(1), ...(file?.isConfigured ? [] : [backfillFix(paths)])],
    )
  const missing = !cel || cel.events.includes('ALL') ? [] : NEEDED_CEL.filter((name) => !cel.events.includes(name))
  if (missing.length > 0)
    return finding(
      'cel',
      'warning',
      'cel-incomplete',
      [
        `The channel event log (CEL) leaves out ${missing.join(', ')}: calls cannot be completed from it.`,
        `通道事件日志（CEL）缺少 ${missing.join('、')}：无法据此补全通话。`,
      ],
      CEL_FIX.slice(0, 1),
    )
  if (!file?.isConfigured) return unused('cel', paths)
  return readable('cel', file)
}

export function checkQueueLog({ queueLog, members, directories }: AsteriskFacts, files: LogFiles): Finding {
  const { queueLog: file } = files
  if (queueLog === false)
    return finding(
      'queue-log',
      'warning',
      'queue-log-off',
      [
        'Asterisk writes no queue_log: of calls that ended in a queue while Callbook was not connected, it cannot be told whether the caller gave up or the time was over.',
        'Asterisk 未写 queue_log：对于断开期间在队列中结束的通话，无法区分客户放弃与排队超时。',
      ],
      [{ file: 'logger.conf', lines: ['[general]', 'queue_log = yes'], run: ['asterisk -rx "logger reload"'] }],
    )
  if (file?.isConfigured)
    return file.state === 'empty' || file.state === 'understood'
      ? readable('queue-log', file)
      : unusable('queue-log', file)
  if (members !== null && members.length === 0 && !file)
    return finding('queue-log', 'info', 'queue-log-unneeded', [
      'No queue has members now: queue_log would have nothing to tell.',
      '目前没有队列成员：queue_log 中不会有内容。',
    ])
  return unused('queue-log', pathsOf(files, directories))
}

type LogCheck = 'cel' | 'queue-log'
const LOG_NAMES = {
  cel: ['channel event log (CEL)', '通道事件日志（CEL）'],
  'queue-log': ['queue_log', 'queue_log'],
} as const

function readable(check: LogCheck, { path, state }: LogFile): Finding {
  const [en, zh] = LOG_NAMES[check]
  if (state === 'empty')
    return finding(check, 'ok', `${check}-empty`, [
      `The ${en} can be read (${path}); it is empty so far.`,
      `${zh}可以读取（${path}），目前为空。`,
    ])
  return finding(check, 'ok', `${check}-read`, [
    `The ${en} can be read (${path}): it completes calls that end while Callbook is not connected.`,
    `${zh}可以读取（${path}）：用于补全 Callbook 断开期间结束的通话。`,
  ])
}

function unusable(check: LogCheck, { path, state }: LogFile): Finding {
  const [en, zh] = LOG_NAMES[check]
  if (state === 'strange')
    return finding(
      check,
      'warning',
      `${check}-not-understood`,
      [
        `The rows of the ${en} in ${path} are not understood${check === 'cel' ? ': its columns are neither those of Asterisk’s sample nor those below. Write them so, or name them in celColumns' : ''}.`,
        `无法理解 ${path} 中 ${zh} 的内容${check === 'cel' ? '：列的顺序既不是 Asterisk 示例的，也不是下面的。请改成下面的写法，或用 celColumns 写明各列' : ''}。`,
      ],
      check === 'cel' ? CEL_FIX.slice(1) : [],
    )
  return finding(
    check,
    'warning',
    `${check}-${state}`,
    state === 'absent'
      ? [
          `The ${en} is not at ${path}. If the PBX is another machine, mount its folder here.`,
          `${path} 处没有 ${zh}。如果 PBX 在另一台机器上，请把它的目录挂载到本机。`,
        ]
      : [
          `The ${en} (${path}) may not be read by the account that Callbook runs as.`,
          `Callbook 的运行账户无权读取 ${zh}（${path}）。`,
        ],
    state === 'absent'
      ? check === 'cel'
        ? CEL_FIX
        : []
      : [
          {
            file: null,
            lines: [],
            run: [`ls -l ${path}`, 'usermod -aG asterisk callbook   # the account Callbook runs as'],
          },
        ],
  )
}

/** It is there, or may be, and the connector does not know of it. */
function unused(check: LogCheck, paths: Paths): Finding {
  const [en, zh] = LOG_NAMES[check]
  return finding(
    check,
    'warning',
    `${check}-unused`,
    [
      `Callbook is not told where the PBX’s ${en} is: with it, calls that end while Callbook is not connected are completed rather than estimated.`,
      `没有告诉 Callbook PBX 的 ${zh} 在哪里：有了它，断开期间结束的通话可以补全，而不是估计。`,
    ],
    [backfillFix(paths)],
  )
}

function backfillFix({ cel, queueLog }: Paths): Fix {
  const lines = ['"backfill": {', `  "cel": ${JSON.stringify(cel)},`, `  "queueLog": ${JSON.stringify(queueLog)}`, '}']
  return { file: 'callbook.config.json', lines, run: [] }
}

/** CDR describes calls badly; it only serves to count whether one is missing. */
export function checkCdr({ cdr }: AsteriskFacts): Finding[] {
  if (cdr === null) return []
  if (cdr.enabled && cdr.backends.length > 0)
    return [
      finding('cdr', 'ok', 'cdr-on', [
        `Call detail records are on (${cdr.backends.join(', ')}): Callbook’s count can be compared with the PBX’s.`,
        `话单（CDR）已启用（${cdr.backends.join('、')}）：可与 PBX 核对通话数量。`,
      ]),
    ]
  return [
    finding(
      'cdr',
      'info',
      'cdr-off',
      [
        'Call detail records (CDR) are off or written nowhere: Callbook’s count cannot be compared with the PBX’s.',
        '话单（CDR）未启用或没有写入任何地方：无法与 PBX 核对通话数量。',
      ],
      [
        {
          file: 'cdr.conf',
          lines: ['[general]', 'enable = yes', 'unanswered = yes'],
          run: ['asterisk -rx "module reload cdr"', 'asterisk -rx "module load cdr_csv.so"'],
        },
      ],
    ),
  ]
}
