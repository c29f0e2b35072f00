// Whose leg is it: an agent's, or a line to the outside (trunk)? Decided from the connector's lists, else guessed. Names
// of channels are taken apart here and nowhere else. `doctor` asks it what it guessed.
import type { ConnectorConfig } from '../../config.ts'
import { globMatcher } from '../globs.ts'

/** What a leg says about who is at its end. */
export interface EndpointSigns {
  /** `sofia/internal/1001@192.0.2.5:5060`, `sofia/external/13800138000`, `loopback/1001-a` */
  channelName: string
  /** The directory's user: who was authenticated, or whose phone was dialled. */
  directoryUser: string | null
  gateway: string | null
}

export type EndpointKind = 'agent' | 'trunk' | 'local'

export interface Endpoints {
  /** `local`: a pair of legs that joins two parts of FreeSWITCH, nobody. `dialledOutside`: the dialplan says so. */
  kindOf(signs: EndpointSigns, dialledOutside?: boolean): EndpointKind
  isExternalTrunk(signs: EndpointSigns): boolean
  isVirtualNumber(number: string | null): boolean
  /** Would this number ring an agent's phone? A guess, for transfers and dialled numbers. */
  isAgentNumber(number: string): boolean
  /** A queue has this agent. */
  addMember(agentId: string): void
}

/** Names and ids beyond this are cut. */
const NAME_MAX = 200
/** Members remembered at most; a site has far fewer. */
const MEMBERS_MAX = 20_000
const LOOKS_LIKE_EXTENSION = /^\d{3,6}$/

/** The person or number in a channel's name: `sofia/internal/sip:1001@192.0.2.5:5060` → `1001`. */
export function userOf({ channelName, directoryUser }: EndpointSigns): string {
  if (directoryUser) return withoutDomain(directoryUser)
  const last = channelName.slice(channelName.lastIndexOf('/') + 1)
  return last
    .replace(/^sips?:/i, '')
    .replace(/[@;].*$/, '')
    .slice(0, NAME_MAX)
}

/** `1001@example.com` → `1001`: how FreeSWITCH names agents, queues and users; the domain is the site's. */
export function withoutDomain(name: string): string {
  return (name.replace(/@.*$/, '') || name).slice(0, NAME_MAX)
}

/** Everything a glob may be meant to match. */
function namesOf(signs: EndpointSigns): string[] {
  const { channelName, gateway } = signs
  const user = userOf(signs)
  const path = channelName.replace(/[@;].*$/, '').split('/')
  const names = [user, channelName, channelName.replace(/[@;].*$/, '')]
  if (path.length > 2) names.push(`${path[1]}/${user}`, `${path[0]}/${path[1]}/${user}`)
  else names.push(`${path[0]}/${user}`)
  if (gateway) names.push(gateway, `gateway/${gateway}`, `sofia/gateway/${gateway}`, `sofia/gateway/${gateway}/${user}`)
  return names
}

type ConnectorLists = Pick<ConnectorConfig, 'agents' | 'trunks' | 'externalTrunks' | 'virtualNumbers'>

export function createEndpoints(lists: ConnectorLists): Endpoints {
  const agents = globMatcher(lists.agents)
  const trunks = globMatcher([...(lists.trunks ?? []), ...(lists.externalTrunks ?? [])])
  const external = globMatcher(lists.externalTrunks)
  const virtual = globMatcher(lists.virtualNumbers)
  const members = new Set<string>()
  // A list of agents alone means: these and nobody else.
  const agentsAreAll = (lists.agents?.length ?? 0) > 0 && (lists.trunks?.length ?? 0) === 0

  return {
    kindOf(signs, dialledOutside = false) {
      if (signs.channelName.startsWith('loopback/')) return 'local'
      const names = namesOf(signs)
      if (names.some(agents)) return 'agent'
      if (names.some(trunks)) return 'trunk'
      const user = userOf(signs)
      if (members.has(user)) return 'agent'
      if (agentsAreAll || dialledOutside || signs.gateway !== null) return 'trunk'
      return signs.directoryUser !== null || LOOKS_LIKE_EXTENSION.test(user) ? 'agent' : 'trunk'
    },
    isExternalTrunk: (signs) => namesOf(signs).some(external),
    isVirtualNumber: (number) => number !== null && virtual(number),
    isAgentNumber(number) {
      if (agents(number)) return true
      if (trunks(number)) return false
      return members.has(number) || (!agentsAreAll && LOOKS_LIKE_EXTENSION.test(number))
    },
    addMember(agentId) {
      if (members.size < MEMBERS_MAX) members.add(agentId)
    },
  }
}

/** A number as FreeSWITCH writes it, or null where it means that there is none. */
export function cleanNumber(text: string): string | null {
  const number = text
    .trim()
    .replace(/^sips?:/i, '')
    .slice(0, 64)
  return number === '' || number === '0000000000' || NOBODY.test(number) ? null : number
}

const NOBODY = /^(unknown|anonymous|restricted|unavailable|private|withheld|none|asserted|freeswitch)$/i

/** A person's name as FreeSWITCH writes it, or null where it is none, or only the number again. */
export function cleanName(text: string, number: string | null): string | null {
  const name = text.trim().slice(0, 200)
  return name === '' || name === number || NOBODY.test(name) || /^(outbound|inbound) call$/i.test(name) ? null : name
}
