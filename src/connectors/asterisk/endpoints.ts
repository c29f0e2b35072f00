// Whose channel is it: an agent's, or a line to the outside (trunk)? Decided from the connector's lists, else guessed.
// Names of channels and dial strings are taken apart here and nowhere else. `doctor` asks it what it guessed.
import type { ConnectorConfig } from '../../config.ts'

/** `PJSIP/1001-0000002a` → `PJSIP/1001`; `Local/1003@ctx-00000001;2` → `Local/1003@ctx`. */
export function endpointOf(channelName: string): string {
  const name = channelName.replace(/;[12]$/, '')
  return name.replace(/-[0-9a-f]{8,}$/i, '') === name
    ? name.replace(/-[^-/]*$/, '')
    : name.replace(/-[0-9a-f]{8,}$/i, '')
}

/** The endpoint without technology and host: how an agent is known. `PJSIP/1001` → `1001`. */
export function idOfEndpoint(endpoint: string): string {
  const resource = endpoint.slice(endpoint.indexOf('/') + 1)
  return resource.replace(/@.*$/, '') || endpoint
}

/** `Local/1003@ctx-00000001;2` → `Local/1003@ctx-00000001;1` and back; null: not half of a Local channel. */
export function otherHalfOf(channelName: string): string | null {
  const half = /^(Local\/.*);([12])$/.exec(channelName)
  return half ? `${half[1]};${half[2] === '1' ? '2' : '1'}` : null
}

/** Channels that are nobody: parts of the machine, with a life of their own. */
const MACHINERY =
  /^(OutgoingSpoolFailed|Message|Surrogate|AsyncGoto|Snoop|Announcer|Recorder|CBAnn|CBRec|Bridge|MulticastRTP|UnicastRTP|AudioSocket|WebSocket|MixMonitor|Voicemail)\b/i

export function isMachinery(channelName: string): boolean {
  return MACHINERY.test(channelName)
}

/** The number in a dial string: `13800138000@trunk`, `trunk/13800138000`, `PJSIP/trunk/sip:138…@host`, `Local/1003@ctx/n`. */
export function numberInDialString(dialString: string): string | null {
  const first = dialString.split('&', 1)[0] ?? ''
  const local = /^Local\/([^@/]+)/.exec(first)
  const uri = /sips?:([^@;]+)/i.exec(first)
  const before = first.replace(/@.*$/, '')
  return cleanNumber(local?.[1] ?? uri?.[1] ?? before.slice(before.lastIndexOf('/') + 1))
}

/** A number as Asterisk writes it, or null where it means that there is none. */
export function cleanNumber(text: string): string | null {
  const number = text.trim().slice(0, 64)
  return number === '' || /^(<?unknown>?|anonymous|restricted|unavailable|private|withheld|s|failed)$/i.test(number)
    ? null
    : number
}

/** A name as Asterisk writes it, or null where it means that there is none. */
export function cleanName(text: string): string | null {
  const name = text.trim().slice(0, 200)
  return name === '' || name === '<unknown>' ? null : name
}

export interface Endpoints {
  /** `local`: a pair of channels that joins two parts of the PBX, nobody. */
  kindOf(channelName: string): 'agent' | 'trunk' | 'local'
  isExternalTrunk(channelName: string): boolean
  isVirtualNumber(number: string | null): boolean
  /** Would this extension ring an agent's phone? A guess, for transfers and dialled numbers. */
  isAgentExtension(extension: string): boolean
  /** A queue has this member: its endpoint is an agent's. */
  addMember(memberInterface: string): void
}

type ConnectorLists = Pick<ConnectorConfig, 'agents' | 'trunks' | 'externalTrunks' | 'virtualNumbers'>

/** Members remembered at most; a site has far fewer. */
const MEMBERS_MAX = 20_000

export function createEndpoints(lists: ConnectorLists): Endpoints {
  const agents = matcher(lists.agents)
  const trunks = matcher([...(lists.trunks ?? []), ...(lists.externalTrunks ?? [])])
  const external = matcher(lists.externalTrunks)
  const virtual = matcher(lists.virtualNumbers)
  const members = new Set<string>()
  // A list of agents alone means: these and nobody else.
  const agentsAreAll = (lists.agents?.length ?? 0) > 0 && (lists.trunks?.length ?? 0) === 0

  function isAgent(endpoint: string): boolean {
    if (agents(endpoint)) return true
    if (trunks(endpoint)) return false
    if (members.has(endpoint)) return true
    return !agentsAreAll && /^\d{3,6}$/.test(idOfEndpoint(endpoint))
  }

  return {
    kindOf(channelName) {
      if (channelName.startsWith('Local/')) return 'local'
      return isAgent(endpointOf(channelName)) ? 'agent' : 'trunk'
    },
    isExternalTrunk: (channelName) => external(endpointOf(channelName)),
    isVirtualNumber: (number) => number !== null && virtual(number),
    isAgentExtension: (extension) =>
      ['PJSIP', 'SIP', 'IAX2'].some((technology) => isAgent(`${technology}/${extension}`)),
    addMember(memberInterface) {
      const endpoint = memberInterface.replace(/@.*$/, '')
      if (members.size < MEMBERS_MAX && !memberInterface.startsWith('Local/') && endpoint === memberInterface)
        members.add(endpoint)
    },
  }
}

/** Globs: `*` any characters, `?` one. No list matches nothing. */
function matcher(globs: readonly string[] | undefined): (text: string) => boolean {
  const patterns = (globs ?? []).map((glob) => {
    const source = glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    return new RegExp(`^${source}$`, 's')
  })
  return (text) => patterns.some((pattern) => pattern.test(text))
}
