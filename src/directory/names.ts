// What agents and skill groups are called: the names given by hand, over those of the PBX. Pure. Records keep what the PBX
// said; the given name is put in when a call is read (named-calls.ts, the live feed, exports), so that a name given today
// holds for all calls at once, and taking it away brings the PBX's name back.
import type { Agent, AgentPart, CallSummary, SkillGroup, Step, StoredCall } from '../calls/call.ts'
import type { CallSearch } from '../calls/call-search.ts'

/** Ids to given names. */
export interface Names {
  agents: ReadonlyMap<string, string>
  skillGroups: ReadonlyMap<string, string>
}

export const noNames: Names = { agents: new Map(), skillGroups: new Map() }

export function namedAgent<A extends Agent>(agent: A, { agents }: Names): A {
  const name = agents.get(agent.id)
  return name === undefined ? agent : { ...agent, name }
}

export function namedSkillGroup<G extends SkillGroup>(group: G, { skillGroups }: Names): G {
  const name = skillGroups.get(group.id)
  return name === undefined ? group : { ...group, name }
}

/** The call with the names that hold now; the same object where none was given. */
export function namedCall<C extends CallSummary | StoredCall>(call: C, names: Names): C {
  if (names.agents.size === 0 && names.skillGroups.size === 0) return call
  const agent = (one: Agent | null) => one && namedAgent(one, names)
  const group = (one: SkillGroup | null) => one && namedSkillGroup(one, names)
  const named = {
    ...call,
    agent: agent(call.agent),
    agents: call.agents.map((one: AgentPart) => namedAgent(one, names)),
    skillGroup: group(call.skillGroup),
    skillGroups: call.skillGroups.map((one) => namedSkillGroup(one, names)),
  }
  return 'steps' in call ? { ...named, steps: call.steps.map((step) => namedStep(step, names)) } : named
}

function namedStep(step: Step, names: Names): Step {
  const { agent, skillGroup, transfer } = step
  if (!agent && !skillGroup && !transfer) return step
  return {
    ...step,
    agent: agent && namedAgent(agent, names),
    skillGroup: skillGroup && namedSkillGroup(skillGroup, names),
    transfer: transfer && {
      ...transfer,
      from: transfer.from && namedAgent(transfer.from, names),
      toAgent: transfer.toAgent && namedAgent(transfer.toAgent, names),
      toSkillGroup: transfer.toSkillGroup && namedSkillGroup(transfer.toSkillGroup, names),
    },
  }
}

/**
 * The search with what its words mean by given names: whoever looks for 张三 finds the calls of 1001 from before she was
 * called so. Names of the PBX go on finding their calls.
 */
export function searchByNames(search: CallSearch, names: Names): CallSearch {
  const agentIds = search.agents.flatMap((term) => idsOfPart(term, names.agents))
  const textAgentIds = search.text === null ? [] : idsOfPart(search.text, names.agents)
  const groups = search.skillGroups.flatMap((name) => idsOfWhole(name, names.skillGroups))
  if (agentIds.length + textAgentIds.length + groups.length === 0) return search
  return {
    ...search,
    agentIds: [...new Set(agentIds)],
    textAgentIds,
    skillGroups: [...new Set([...search.skillGroups, ...groups])],
  }
}

function idsOfPart(term: string, names: ReadonlyMap<string, string>): string[] {
  const part = term.toLowerCase()
  return [...names].filter(([, name]) => name.toLowerCase().includes(part)).map(([id]) => id)
}

function idsOfWhole(wanted: string, names: ReadonlyMap<string, string>): string[] {
  return [...names].filter(([, name]) => name === wanted).map(([id]) => id)
}
