// What the events carry, and which of them come: times, the dialplan's marks, filters. Pure: facts in, findings out.
import { type Finding, finding, someOf } from '../finding.ts'
import { hasClass, isYes, settingOf } from './ami-answers.ts'
import type { AsteriskFacts } from './ami-facts.ts'
import { readClassesOf } from './check-rights.ts'
import { type EventFilter, letsThrough, readFilter } from './event-filters.ts'
import { excludeLine, MARKS, managerFix, RELOAD_MANAGER } from './manager-lines.ts'

/** Without these events records are wrong. */
const NEEDED_EVENTS = [
  'Newchannel',
  'Newstate',
  'DialBegin',
  'DialEnd',
  'BridgeEnter',
  'BridgeLeave',
  'HangupRequest',
  'Hangup',
  'QueueCallerJoin',
  'QueueCallerLeave',
  'QueueCallerAbandon',
  'AgentCalled',
  'AgentConnect',
  'AgentComplete',
  'AgentRingNoAnswer',
  'Hold',
  'Unhold',
  'BlindTransfer',
  'AttendedTransfer',
  'DTMFEnd',
  'UserEvent',
  'MixMonitorStart',
  'OriginateResponse',
]

/** Events that come in hundreds per call and say nothing that others do not, with the class that brings them. */
const FLOOD: readonly (readonly [event: string, readClass: string])[] = [
  ['VarSet', 'dialplan'],
  ['Newexten', 'dialplan'],
  ['RTCPSent', 'reporting'],
  ['RTCPReceived', 'reporting'],
  ['CEL', 'call'],
]

/** Do events say when they were made? Proved by one that was provoked, else by those of calls, else by the settings. */
export function checkTimestamps({ echo, heard, settings, written }: AsteriskFacts): Finding {
  const events = [...heard.values()].reduce((sum, { count }) => sum + count, 0) - (heard.get('FullyBooted')?.count ?? 0)
  const stamped = [...heard.values()].reduce((sum, { withTimestamp }) => sum + withTimestamp, 0)
  const proof = echo ? echo.has('Timestamp') : events > 0 ? stamped > 0 : (settings?.timestampEvents ?? null)
  if (proof === null)
    return finding(
      'timestamps',
      'info',
      'timestamps-unseen',
      [
        'No event came, so it is not known whether events say when they were made. Give the AMI user write = user, or run doctor --listen 60 and make a test call meanwhile.',
        '没有收到任何事件，无法判断事件是否带有时间。请给 AMI 用户 write = user 权限，或运行 doctor --listen 60 并同时打一通测试电话。',
      ],
      [{ file: null, lines: [], run: ['asterisk -rx "manager show settings"', '# Timestamp events: must be Yes'] }],
    )
  const isWritten = isYes(settingOf(written?.general, 'timestampevents') ?? 'no')
  // Asterisk keeps a setting whose line was taken away, until it is restarted.
  if (proof && written?.general && !isWritten)
    return finding(
      'timestamps',
      'warning',
      'timestampevents-not-written',
      [
        'Events say when they were made, but manager.conf does not ask for it: after the next start of Asterisk they will not.',
        '事件目前带有产生时间，但 manager.conf 中没有写明：Asterisk 下次启动后就不会再带。',
      ],
      [managerFix('general', ['timestampevents = yes'])],
    )
  if (proof)
    return finding('timestamps', 'ok', 'timestamps-there', [
      'Events say when they were made, to the microsecond.',
      '事件带有产生时间，精确到微秒。',
    ])
  if (isWritten && settings?.timestampEvents !== true)
    return finding(
      'timestamps',
      'warning',
      'timestampevents-not-loaded',
      [
        'manager.conf says timestampevents = yes, but Asterisk has not loaded it: events carry no time.',
        'manager.conf 中已写 timestampevents = yes，但 Asterisk 尚未加载：事件不带时间。',
      ],
      [{ file: null, lines: [], run: [RELOAD_MANAGER] }],
    )
  return finding(
    'timestamps',
    'warning',
    'timestampevents-off',
    [
      'Events do not say when they were made: times in records are those at which the events came, their order is a guess, and repeated ones cannot be told.',
      '事件不带产生时间：记录中的时间只是收到事件的时间，先后顺序靠猜测，也无法识别重复事件。',
    ],
    [managerFix('general', ['timestampevents = yes'])],
  )
}

/** Do channel events carry the dialplan's marks? They are optional: without any, nothing is wrong. */
export function checkChannelVariables({ settings, heard }: AsteriskFacts): Finding {
  const present = settings?.channelVariables ?? null
  const line = (has: readonly string[]) => `channelvars = ${[...new Set([...has, ...MARKS])].join(',')}`
  if (present === null) {
    if ([...heard.values()].some(({ withVariables }) => withVariables))
      return finding('channel-variables', 'ok', 'channelvars-heard', [
        'Channel events carry the dialplan’s marks.',
        '通道事件带有拨号方案的标记。',
      ])
    return finding('channel-variables', 'info', 'channelvars-unseen', [
      'Which channel variables ride on events cannot be asked with this user’s rights. They only matter if your dialplan marks calls (CC_TYPE and so on).',
      '以该用户的权限无法查询事件带有哪些通道变量。仅当拨号方案会标记通话（CC_TYPE 等）时才需要。',
    ])
  }
  const missing = MARKS.filter((name) => !present.includes(name))
  if (missing.length === 0)
    return finding('channel-variables', 'ok', 'channelvars-complete', [
      'Channel events carry the dialplan’s marks (CC_TYPE and so on).',
      '通道事件带有拨号方案的标记（CC_TYPE 等）。',
    ])
  if (missing.length === MARKS.length)
    return finding(
      'channel-variables',
      'info',
      'channelvars-none',
      [
        'Channel events carry no marks of the dialplan: call types are worked out from who rings whom. That is right for most calls; to tell virtual numbers and predictive calls for sure, mark them and add this line.',
        '通道事件不带拨号方案的标记：呼叫类型由主被叫关系推断，大多数通话都能判断正确；若要准确识别虚拟号码外呼、预测式外呼，请在拨号方案中标记并加上此行。',
      ],
      [managerFix('general', [line(present)])],
    )
  return finding(
    'channel-variables',
    'warning',
    'channelvars-incomplete',
    [
      `Channel events carry some of the dialplan’s marks but not ${missing.join(', ')}: what these say is lost.`,
      `通道事件只带有部分标记，缺少 ${missing.join('、')}：相应信息会丢失。`,
    ],
    [managerFix('general', [line(present)])],
  )
}

export function checkEventFilters(facts: AsteriskFacts, username: string): Finding[] {
  const { known, areAll } = readClassesOf(facts)
  const filters = filtersOf(facts)
  const findings: Finding[] = []
  const blocked = filters ? NEEDED_EVENTS.filter((event) => !letsThrough(filters, event)) : []
  if (blocked.length > 0)
    findings.push(
      finding(
        'event-filters',
        'error',
        'needed-events-filtered',
        [
          `The AMI user’s event filters keep out what calls are made of: ${someOf(blocked)}. Take the filters away that do, and restart Callbook.`,
          `AMI 用户的事件过滤器挡住了构成通话的事件：${someOf(blocked)}。请去掉相应的过滤器，然后重启 Callbook。`,
        ],
        [managerFix(username, ['; only these filters:', ...FLOOD.map(([event]) => excludeLine(event, facts.version))])],
      ),
    )
  const celComes = facts.cel?.enabled === true && facts.cel.subscribers.some((name) => /manager/i.test(name))
  const heard = FLOOD.filter(([event]) => facts.heard.has(event))
  const possible = FLOOD.filter(
    ([event, readClass]) => areAll && hasClass(known, readClass) && (event !== 'CEL' || celComes),
  )
  const passing = filters === null ? [] : possible.filter(([event]) => letsThrough(filters, event))
  const flood = [...new Set([...heard, ...passing])].map(([event]) => event)
  if (flood.length > 0)
    findings.push(
      finding(
        'event-filters',
        'warning',
        'event-flood',
        [
          `Asterisk sends events that Callbook has no use for (${flood.join(', ')}): several times the rest. On a busy PBX the connection falls behind. Keep them out, and restart Callbook.`,
          `Asterisk 会发送 Callbook 用不到的事件（${flood.join('、')}），数量是其余事件的数倍；PBX 繁忙时连接会跟不上。请过滤掉，然后重启 Callbook。`,
        ],
        [
          managerFix(
            username,
            flood.map((event) => excludeLine(event, facts.version)),
          ),
        ],
      ),
    )
  if (findings.length > 0) return findings
  if (filters === null && (!areAll || possible.length > 0))
    return [
      finding('event-filters', 'info', 'event-filters-unseen', [
        'Event filters cannot be asked for with this user’s rights; nothing superfluous came meanwhile.',
        '以该用户的权限无法查询事件过滤器；检查期间没有收到多余的事件。',
      ]),
    ]
  return [
    finding('event-filters', 'ok', 'event-filters-right', ['Only events that matter come.', '只会收到有用的事件。']),
  ]
}

/** null: they stand where this user may not look. */
function filtersOf({ written }: AsteriskFacts): EventFilter[] | null {
  if (!written?.user) return null
  return [...written.user]
    .filter(([name]) => name.startsWith('eventfilter'))
    .flatMap(([name, values]) => values.flatMap((value) => readFilter(name, value) ?? []))
}
