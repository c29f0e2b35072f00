// Whose phone is whose: what Callbook takes for agents and what for trunks, on this PBX, with these lists. The decision
// itself is the connector's (endpoints.ts); here it is only looked at. Pure: facts in, findings out.
import type { ConnectorConfig } from '../../config.ts'
import { createEndpoints, idOfEndpoint } from '../../connectors/asterisk/endpoints.ts'
import { type Finding, type Fix, finding, someOf } from '../finding.ts'
import type { AsteriskFacts, Endpoint } from './ami-facts.ts'

type Lists = Pick<ConnectorConfig, 'agents' | 'trunks' | 'externalTrunks' | 'virtualNumbers'>

export function checkAgents({ endpoints, endpointsAreAll, members }: AsteriskFacts, lists: Lists): Finding[] {
  const known = createEndpoints(lists)
  for (const member of members ?? []) known.addMember(member.interface)
  const kindOf = (name: string) => known.kindOf(`${name}-00000000`)
  const all = endpoints ?? (members ? membersAsEndpoints(members.map((member) => member.interface)) : null)
  if (all === null)
    return [
      finding('agents-and-trunks', 'info', 'endpoints-unseen', [
        'The PBX’s phones and trunks cannot be listed with this user’s rights. Callbook takes names of 3 to 6 digits and members of queues for agents, everything else for trunks, unless your lists say otherwise.',
        '以该用户的权限无法列出 PBX 的话机和中继。除非配置了列表，Callbook 把 3 到 6 位数字的名称和队列成员视为坐席，其余视为中继。',
      ]),
    ]
  if (all.length === 0)
    return [
      finding('agents-and-trunks', 'info', 'no-endpoints', [
        'The PBX tells of no phone and no trunk (yet).',
        'PBX 上（还）没有话机和中继。',
      ]),
    ]
  const names = (kind: 'agent' | 'trunk') => all.filter(({ name }) => kindOf(name) === kind).map(({ name }) => name)
  const [agents, trunks] = [names('agent'), names('trunk')]
  const isListed = (lists.agents?.length ?? 0) > 0 || (lists.trunks?.length ?? 0) > 0
  return [
    summary(agents, trunks, isListed),
    ...uselessPatterns(lists, all, endpointsAreAll && all.length > 0),
    ...contradictions(all, kindOf, lists),
    ...membersOutside(members?.map((member) => member.interface) ?? [], kindOf),
    ...noTrunk(agents, trunks, endpointsAreAll),
  ]
}

function summary(agents: readonly string[], trunks: readonly string[], isListed: boolean): Finding {
  const en = `agents ${agents.length} (${someOf(agents) || 'none'}), trunks ${trunks.length} (${someOf(trunks) || 'none'})`
  const zh = `坐席 ${agents.length} 个（${someOf(agents) || '无'}），中继 ${trunks.length} 条（${someOf(trunks) || '无'}）`
  if (isListed)
    return finding('agents-and-trunks', 'ok', 'agents-listed', [`By your lists: ${en}.`, `按配置的列表：${zh}。`])
  return finding(
    'agents-and-trunks',
    'info',
    'agents-guessed',
    [
      `Guessed, as there are no lists: ${en}. If one is on the wrong side, say so in callbook.config.json.`,
      `未配置列表，以下为推断：${zh}。如有归错，请在 callbook.config.json 中写明。`,
    ],
    agents.length + trunks.length > 0 ? [listsFix(agents, trunks)] : [],
  )
}

/** `PJSIP/1001 … PJSIP/1099` → `PJSIP/1???` would be a guess again: endpoints of one length and first digit share a glob. */
function listsFix(agents: readonly string[], trunks: readonly string[]): Fix {
  const globs = new Set(
    agents.map((name) => {
      const id = idOfEndpoint(name)
      return /^\d{3,6}$/.test(id) ? name.replace(/\d+$/, `${id[0]}${'?'.repeat(id.length - 1)}`) : name
    }),
  )
  const list = (names: Iterable<string>) => JSON.stringify([...names].slice(0, 20)).replaceAll('","', '", "')
  return { file: 'callbook.config.json', lines: [`"agents": ${list(globs)},`, `"trunks": ${list(trunks)}`], run: [] }
}

function uselessPatterns(lists: Lists, all: readonly Endpoint[], isComplete: boolean): Finding[] {
  if (!isComplete) return []
  return (['agents', 'trunks', 'externalTrunks'] as const).flatMap((key) => {
    const useless = (lists[key] ?? []).filter((glob) => {
      const one = createEndpoints({ agents: [glob] })
      // A list of agents alone takes nothing else for an agent: so this asks the glob and no rule.
      return !all.some(({ name }) => one.kindOf(`${name}-00000000`) === 'agent')
    })
    if (useless.length === 0) return []
    return [
      finding(
        'agents-and-trunks',
        'warning',
        'pattern-matches-nothing',
        [
          `"${key}" in callbook.config.json names what this PBX does not have: ${useless.join(', ')}. Its endpoints are ${someOf(all.map(({ name }) => name))}.`,
          `callbook.config.json 的 "${key}" 中有 PBX 上不存在的名称：${useless.join('、')}。PBX 上现有 ${someOf(all.map(({ name }) => name))}。`,
        ],
        [
          {
            file: 'callbook.config.json',
            lines: [`"${key}": ${JSON.stringify((lists[key] ?? []).filter((glob) => !useless.includes(glob)))}`],
            run: [],
          },
        ],
      ),
    ]
  })
}

function contradictions(all: readonly Endpoint[], kindOf: (name: string) => string, lists: Lists): Finding[] {
  const suspicious = all.filter(({ name, logsInElsewhere }) => logsInElsewhere && kindOf(name) === 'agent')
  if (suspicious.length === 0) return []
  const names = suspicious.map(({ name }) => name)
  return [
    finding(
      'agents-and-trunks',
      'warning',
      'agent-looks-like-trunk',
      [
        `${someOf(names)} ${names.length === 1 ? 'is' : 'are'} taken for an agent’s phone, but logs in elsewhere as a trunk does (outbound_auth).`,
        `${someOf(names)} 被视为坐席话机，但像中继一样向外注册（outbound_auth）。`,
      ],
      [
        {
          file: 'callbook.config.json',
          lines: [`"trunks": ${JSON.stringify([...(lists.trunks ?? []), ...names])}`],
          run: [],
        },
      ],
    ),
  ]
}

function membersOutside(interfaces: readonly string[], kindOf: (name: string) => string): Finding[] {
  const local = interfaces.filter((name) => name.startsWith('Local/'))
  const strangers = [...new Set(interfaces.filter((name) => kindOf(name.replace(/@.*$/, '')) === 'trunk'))]
  const findings: Finding[] = []
  if (strangers.length > 0)
    findings.push(
      finding(
        'agents-and-trunks',
        'warning',
        'member-not-agent',
        [
          `Members of queues are not taken for agents by your lists: ${someOf(strangers)}. Their calls would have no agent.`,
          `按配置的列表，以下队列成员不算坐席：${someOf(strangers)}。他们的通话将没有坐席。`,
        ],
        [
          {
            file: 'callbook.config.json',
            lines: [
              `"agents": [… , ${strangers
                .slice(0, 10)
                .map((name) => JSON.stringify(name))
                .join(', ')}]`,
            ],
            run: [],
          },
        ],
      ),
    )
  if (local.length > 0)
    findings.push(
      finding('agents-and-trunks', 'ok', 'members-behind-local', [
        `${local.length} members of queues are reached through Local channels, as FreePBX does (${someOf(local, 3)}): the phone that rings behind them is the agent.`,
        `${local.length} 个队列成员经 Local 通道接入（FreePBX 的方式，如 ${someOf(local, 3)}）：其后振铃的话机即为坐席。`,
      ]),
    )
  return findings
}

function noTrunk(agents: readonly string[], trunks: readonly string[], isComplete: boolean): Finding[] {
  if (!isComplete || trunks.length > 0 || agents.length === 0) return []
  return [
    finding(
      'agents-and-trunks',
      'warning',
      'no-trunk',
      [
        'No endpoint is taken for a trunk: every call would look internal. Name the line to the outside in callbook.config.json.',
        '没有任何端点被视为中继：所有通话都会被当成内部通话。请在 callbook.config.json 中写明对外线路。',
      ],
      [{ file: 'callbook.config.json', lines: ['"trunks": ["PJSIP/…"]'], run: [] }],
    ),
  ]
}

function membersAsEndpoints(interfaces: readonly string[]): Endpoint[] {
  const names = new Set(interfaces.filter((name) => !name.startsWith('Local/')))
  return [...names].map((name) => ({ name, logsInElsewhere: false }))
}
