// What a FreeSWITCH said about itself, against what Callbook needs. Pure: facts in, findings out.
import type { ConnectorConfig } from '../../config.ts'
import { createEndpoints, withoutDomain } from '../../connectors/freeswitch/endpoints.ts'
import { type Finding, type Fix, finding, someOf } from '../finding.ts'
import type { FreeswitchFacts } from './esl-facts.ts'

/** In every stock configuration. */
const STOCK_PASSWORD = 'ClueCon'

/** Who can reach the event socket, and with which password. Whoever is let in may do anything, shell commands too. */
export function checkEventSocket({ eventSocket }: FreeswitchFacts, secret: string): Finding[] {
  const listens = eventSocket?.get('listen-ip') ?? ''
  const isOpen = ['::', '0.0.0.0', '*'].includes(listens)
  const list = eventSocket?.get('apply-inbound-acl') ?? ''
  const isStock = secret === STOCK_PASSWORD
  const findings: Finding[] = []
  const lines: Fix[] = [
    {
      file: 'autoload_configs/event_socket.conf.xml',
      lines: [
        '<param name="listen-ip" value="127.0.0.1"/>',
        ...(isStock
          ? ['<param name="password" value="…"/>   <!-- a new one, and the same where Callbook has it from -->']
          : []),
      ],
      run: ['fs_cli -x "reload mod_event_socket"'],
    },
  ]
  if (isStock)
    findings.push(
      finding(
        'network',
        isOpen && list !== '' && list !== 'loopback.auto' ? 'error' : 'warning',
        'stock-password',
        [
          `The event socket has the password of every FreeSWITCH (${STOCK_PASSWORD})${isOpen ? ` and listens on every address (${listens})` : ''}: whoever reaches it may do anything on this machine.`,
          `事件套接字使用的是出厂密码（${STOCK_PASSWORD}）${isOpen ? `，且监听所有地址（${listens}）` : ''}：能连上的人可以在该机器上为所欲为。`,
        ],
        lines,
      ),
    )
  else if (isOpen)
    findings.push(
      finding(
        'network',
        'warning',
        'event-socket-open',
        [
          `The event socket listens on every address (${listens}); only ${list === '' ? 'FreeSWITCH’s built-in list loopback.auto' : `the list ${list}`} keeps others out.`,
          `事件套接字监听所有地址（${listens}）；仅靠${list === '' ? '内置列表 loopback.auto' : `列表 ${list}`} 阻挡他人。`,
        ],
        lines,
      ),
    )
  return findings
}

export function checkVersion({ version }: FreeswitchFacts): Finding {
  if (!version)
    return finding('version', 'info', 'version-unseen', [
      'FreeSWITCH did not tell its version.',
      'FreeSWITCH 没有告知版本。',
    ])
  if (version.major < 1 || (version.major === 1 && version.minor < 10))
    return finding('version', 'warning', 'version-too-old', [
      `FreeSWITCH ${version.text}: Callbook is made for 1.10 and newer.`,
      `FreeSWITCH ${version.text}：Callbook 适用于 1.10 及更新版本。`,
    ])
  return finding('version', 'ok', 'version-known', [`FreeSWITCH ${version.text}.`, `FreeSWITCH ${version.text}。`])
}

export function checkSubscription({ subscription, showsChannels, heard }: FreeswitchFacts): Finding[] {
  const findings: Finding[] = []
  if (subscription !== true)
    findings.push(
      finding('rights', 'error', 'subscription-refused', [
        `Events cannot be subscribed to (${subscription.slice(0, 100)}): no call is seen.`,
        `无法订阅事件（${subscription.slice(0, 100)}）：看不到任何通话。`,
      ]),
    )
  if (!showsChannels)
    findings.push(
      finding('rights', 'error', 'snapshot-denied', [
        'FreeSWITCH does not say which calls are in progress (show channels): after each interruption, calls are missing or stay open.',
        'FreeSWITCH 不告知正在进行的通话（show channels）：每次连接中断后会缺少通话，或通话一直不结束。',
      ]),
    )
  if (findings.length > 0) return findings
  if (heard === 0)
    return [
      finding('rights', 'warning', 'nothing-heard', [
        'Events are subscribed to, but none came while listening. Was there a call?',
        '已订阅事件，但监听期间没有收到任何事件。期间有通话吗？',
      ]),
    ]
  return [
    finding('rights', 'ok', heard === null ? 'subscribed' : 'events-heard', [
      heard === null
        ? 'Events can be subscribed to, and calls in progress be asked for.'
        : `Events come (${heard} while listening), and calls in progress can be asked for.`,
      heard === null
        ? '可以订阅事件，也可以查询正在进行的通话。'
        : `能收到事件（监听期间 ${heard} 个），也可以查询正在进行的通话。`,
    ]),
  ]
}

export function checkQueues({ modules, queues, agents }: FreeswitchFacts): Finding {
  if (modules.callcenter === false)
    return finding(
      'queues',
      'info',
      'no-callcenter',
      [
        'mod_callcenter is not loaded: calls have no skill group, and nobody waits in a queue. mod_fifo’s queues are not understood.',
        '未加载 mod_callcenter：通话没有技能组，也没有排队。mod_fifo 的队列无法识别。',
      ],
      [
        {
          file: 'autoload_configs/modules.conf.xml',
          lines: ['<load module="mod_callcenter"/>'],
          run: ['fs_cli -x "load mod_callcenter"'],
        },
      ],
    )
  if (queues === null)
    return finding('queues', 'info', 'queues-unseen', [
      'The queues of mod_callcenter could not be listed.',
      '无法列出 mod_callcenter 的队列。',
    ])
  if (queues.length === 0)
    return finding('queues', 'info', 'no-queues', [
      'mod_callcenter is loaded and has no queue.',
      'mod_callcenter 已加载，但没有队列。',
    ])
  const agentCount = agents?.length ?? 0
  return finding('queues', 'ok', 'queues-there', [
    `mod_callcenter: queues ${queues.length} (${someOf(queues.map(withoutDomain))}), agents ${agentCount}.`,
    `mod_callcenter：队列 ${queues.length} 个（${someOf(queues.map(withoutDomain))}），坐席 ${agentCount} 个。`,
  ])
}

const DOOR = '/api/v1/connectors/freeswitch/cdr'

/** Documents that FreeSWITCH sends after each leg: they complete what was not heard. */
export function checkJsonCdr({ modules, jsonCdr }: FreeswitchFacts, connectorName: string): Finding[] {
  const fix: Fix[] = [
    {
      file: 'autoload_configs/json_cdr.conf.xml',
      lines: [
        '<configuration name="json_cdr.conf" description="JSON CDR">',
        '  <settings>',
        `    <param name="url" value="http://127.0.0.1:8080${DOOR}"/>`,
        '    <param name="auth-scheme" value="basic"/>',
        `    <param name="cred" value="${connectorName}:…"/>   <!-- the password of the event socket -->`,
        '    <param name="encode" value="false"/>',
        '    <param name="encode-values" value="false"/>',
        '    <param name="log-b-leg" value="true"/>',
        '    <param name="retries" value="2"/>',
        '    <param name="err-log-dir" value="/var/log/freeswitch/json_cdr"/>',
        '  </settings>',
        '</configuration>',
      ],
      run: [],
    },
    {
      file: 'autoload_configs/modules.conf.xml',
      lines: ['<load module="mod_json_cdr"/>'],
      run: ['fs_cli -x "reloadxml"', 'fs_cli -x "load mod_json_cdr"   # reload, if it is loaded'],
    },
  ]
  const url = jsonCdr?.get('url') ?? ''
  if (modules.jsonCdr === null) return []
  if (!modules.jsonCdr || url === '')
    return [
      finding(
        'cdr',
        'warning',
        'json-cdr-off',
        [
          'mod_json_cdr sends nothing: of calls that end while Callbook is not connected, the end can only be estimated, and calls wholly within such a gap stay unknown.',
          'mod_json_cdr 没有发送话单：Callbook 断开期间结束的通话只能估计结束时间，完全发生在断开期间的通话则无从得知。',
        ],
        fix,
      ),
    ]
  const findings: Finding[] = []
  if (!url.includes(DOOR))
    findings.push(
      finding(
        'cdr',
        'warning',
        'json-cdr-elsewhere',
        [
          `mod_json_cdr sends to ${withoutLogin(url)}, not to Callbook (…${DOOR}). Several url lines are tried one after the other until one takes the document: let that program pass it on.`,
          `mod_json_cdr 发往 ${withoutLogin(url)}，而不是 Callbook（…${DOOR}）。多个 url 会依次尝试直到有一个接收：可由原有程序转发。`,
        ],
        fix.slice(0, 1),
      ),
    )
  if (jsonCdr?.get('log-b-leg') === 'false')
    findings.push(
      finding(
        'cdr',
        'warning',
        'json-cdr-without-b-legs',
        [
          'mod_json_cdr leaves out the agents’ legs: a caller who left while a phone rang cannot be told from one who left the queue.',
          'mod_json_cdr 不发送坐席侧（B leg）话单：无法区分振铃放弃与排队放弃。',
        ],
        [
          {
            file: 'autoload_configs/json_cdr.conf.xml',
            lines: ['<param name="log-b-leg" value="true"/>'],
            run: ['fs_cli -x "reloadxml"', 'fs_cli -x "reload mod_json_cdr"'],
          },
        ],
      ),
    )
  if (findings.length > 0) return findings
  return [
    finding('cdr', 'ok', 'json-cdr-on', [
      'mod_json_cdr sends its documents to Callbook.',
      'mod_json_cdr 会把话单发送给 Callbook。',
    ]),
  ]
}

function withoutLogin(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//').slice(0, 200)
}

/** Whose phone is whose: what Callbook takes for agents and what for trunks, with these lists. */
export function checkAgents(
  { users, agents, gateways }: FreeswitchFacts,
  lists: Pick<ConnectorConfig, 'agents' | 'trunks' | 'externalTrunks' | 'virtualNumbers'>,
): Finding[] {
  if (users === null && gateways === null)
    return [
      finding('agents-and-trunks', 'info', 'endpoints-unseen', [
        'Users and gateways could not be listed. Callbook takes users of the directory, agents of mod_callcenter and numbers of 3 to 6 digits for agents, gateways and everything else for trunks, unless your lists say otherwise.',
        '无法列出用户和网关。除非配置了列表，Callbook 把目录用户、mod_callcenter 坐席以及 3 到 6 位号码视为坐席，网关和其余视为中继。',
      ]),
    ]
  const known = createEndpoints(lists)
  const members = [...new Set((agents ?? []).map(withoutDomain))]
  for (const member of members) known.addMember(member)
  const people = [...new Set([...(users ?? []), ...members])]
  const kindOf = (user: string) =>
    known.kindOf({ channelName: `sofia/internal/${user}@domain`, directoryUser: user, gateway: null })
  const kindOfGateway = (gateway: string) =>
    known.kindOf({ channelName: 'sofia/external/13800138000', directoryUser: null, gateway })
  const isAgent = people.filter((user) => kindOf(user) === 'agent')
  const isTrunk = [
    ...people.filter((user) => kindOf(user) === 'trunk'),
    ...(gateways ?? []).filter((gateway) => kindOfGateway(gateway) === 'trunk'),
  ]
  const isListed = (lists.agents?.length ?? 0) > 0 || (lists.trunks?.length ?? 0) > 0
  const en = `agents ${isAgent.length} (${someOf(isAgent) || 'none'}), trunks ${isTrunk.length} (${someOf(isTrunk) || 'none'})`
  const zh = `坐席 ${isAgent.length} 个（${someOf(isAgent) || '无'}），中继 ${isTrunk.length} 条（${someOf(isTrunk) || '无'}）`
  const findings = [
    isListed
      ? finding('agents-and-trunks', 'ok', 'agents-listed', [`By your lists: ${en}.`, `按配置的列表：${zh}。`])
      : finding('agents-and-trunks', 'info', 'agents-guessed', [
          `Guessed, as there are no lists: ${en}. If one is on the wrong side, say so in callbook.config.json.`,
          `未配置列表，以下为推断：${zh}。如有归错，请在 callbook.config.json 中写明。`,
        ]),
  ]
  const outside = members.filter((member) => kindOf(member) !== 'agent')
  if (outside.length > 0)
    findings.push(
      finding(
        'agents-and-trunks',
        'warning',
        'member-not-agent',
        [
          `Agents of mod_callcenter are not taken for agents by your lists: ${someOf(outside)}. Their calls would have no agent.`,
          `按配置的列表，以下 mod_callcenter 坐席不算坐席：${someOf(outside)}。他们的通话将没有坐席。`,
        ],
        [
          {
            file: 'callbook.config.json',
            lines: [`"agents": ${JSON.stringify([...(lists.agents ?? []), ...outside.slice(0, 10)])}`],
            run: [],
          },
        ],
      ),
    )
  return findings
}
