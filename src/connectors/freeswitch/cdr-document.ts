// One document of mod_json_cdr, which tells of one leg after its end, as typed fields. Pure; json-cdr.ts concludes from it.
// Its variables are percent-encoded where the module's `encode-values` is on (the default), plain where it is off.
import { withoutDomain } from './endpoints.ts'
import { instantOf, listOf } from './esl-event.ts'
import { decodePercent } from './esl-parser.ts'
import type { LegEnd } from './hangup-causes.ts'

/** A stretch of the leg between two transfers, with the caller's and the dialled number of that time. */
export interface CdrProfile {
  index: number
  callerNumber: string
  callerName: string
  destination: string
  channelName: string
  createdAt: number | null
  bridgedAt: number | null
  /** When it was left for the next one. */
  transferredAt: number | null
  /** Legs that were dialled for this one, and the one it was dialled for. */
  dialled: CdrOtherLeg[]
  originator: CdrOtherLeg | null
}

export interface CdrOtherLeg {
  uuid: string
  channelName: string
  callerNumber: string
  destination: string
  rdnis: string
}

export interface CdrApplication {
  name: string
  data: string
  at: number
}

export interface CdrLeg {
  uuid: string
  dialled: boolean
  /** '' where it is not set. */
  variable(name: string): string
  variables(name: string): readonly string[]
  /** In order; at least one. */
  profiles: [CdrProfile, ...CdrProfile[]]
  applications: CdrApplication[]
  createdAt: number
  progressedAt: number | null
  answeredAt: number | null
  bridgedAt: number | null
  endedAt: number
  end: LegEnd
}

const UUID_MAX = 100
const LIST_MAX = 1_000

type Json = Record<string, unknown>

/** Reads a parsed document; a string says why it is none. */
export function readCdr(document: unknown): CdrLeg | string {
  if (!isJson(document)) return 'It is not a JSON object.'
  const variables = isJson(document['variables']) ? document['variables'] : {}
  const isEncoded = /%(20|3A)/i.test(String(variables['start_stamp'] ?? ''))
  const variable = (name: string) => {
    const value = variables[name]
    if (typeof value !== 'string' && typeof value !== 'number') return ''
    return isEncoded ? decodePercent(String(value)) : String(value)
  }
  const profiles = readProfiles(document['callflow'])
  const [first] = profiles
  const uuid = variable('uuid')
  const createdAt = instantOf(variable('start_uepoch')) ?? first?.createdAt ?? null
  const endedAt = instantOf(variable('end_uepoch'))
  if (uuid === '' || uuid.length > UUID_MAX) return 'It has no variables.uuid.'
  if (!first) return 'It has no callflow with a caller_profile.'
  if (createdAt === null || endedAt === null) return 'It has no start_uepoch or no end_uepoch.'
  const channel = isJson(document['channel_data']) ? document['channel_data'] : {}
  const progressed = [variable('progress_uepoch'), variable('progress_media_uepoch')].map(instantOf)
  return {
    uuid,
    dialled: (variable('direction') || channel['direction']) === 'outbound',
    variable,
    variables: (name) => {
      const value = variable(name)
      return value === '' ? [] : listOf(value).slice(0, LIST_MAX)
    },
    profiles: [first, ...profiles.slice(1)],
    applications: readApplications(document['app_log']),
    createdAt,
    progressedAt: progressed.find((at) => at !== null) ?? null,
    answeredAt: instantOf(variable('answer_uepoch')),
    bridgedAt: instantOf(variable('bridge_uepoch')),
    endedAt,
    end: {
      cause: variable('hangup_cause'),
      sipStatus: variable('sip_invite_failure_status') || variable('sip_term_status'),
      disposition: variable('sip_hangup_disposition'),
      endpointDisposition: variable('endpoint_disposition'),
    },
  }
}

function readProfiles(callflow: unknown): CdrProfile[] {
  const flow = Array.isArray(callflow) ? callflow.slice(0, LIST_MAX) : [callflow]
  const profiles = flow.filter(isJson).flatMap((one) => {
    const caller = one['caller_profile']
    if (!isJson(caller)) return []
    const times = isJson(one['times']) ? one['times'] : {}
    const originators = readOthers(caller['originator'], 'originator_caller_profiles')
    return [
      {
        index: Number(one['profile_index']) || 0,
        callerNumber: textOf(caller, 'caller_id_number'),
        callerName: textOf(caller, 'caller_id_name'),
        destination: textOf(caller, 'destination_number'),
        channelName: textOf(caller, 'chan_name'),
        createdAt: instantOf(textOf(times, 'profile_created_time')),
        bridgedAt: instantOf(textOf(times, 'bridged_time')),
        transferredAt: instantOf(textOf(times, 'transfer_time')),
        dialled: readOthers(caller['originatee'], 'originatee_caller_profiles'),
        originator: originators.at(-1) ?? null,
      },
    ]
  })
  return profiles.sort((a, b) => a.index - b.index)
}

function readOthers(value: unknown, name: string): CdrOtherLeg[] {
  const list = isJson(value) && Array.isArray(value[name]) ? value[name].slice(0, LIST_MAX) : []
  return list.filter(isJson).map((profile) => ({
    uuid: textOf(profile, 'uuid'),
    channelName: textOf(profile, 'chan_name'),
    callerNumber: textOf(profile, 'caller_id_number'),
    destination: textOf(profile, 'destination_number'),
    rdnis: textOf(profile, 'rdnis'),
  }))
}

function readApplications(log: unknown): CdrApplication[] {
  const list = isJson(log) && Array.isArray(log['applications']) ? log['applications'].slice(0, LIST_MAX) : []
  return list.filter(isJson).flatMap((one) => {
    const at = instantOf(textOf(one, 'app_stamp'))
    return at === null ? [] : [{ name: textOf(one, 'app_name'), data: textOf(one, 'app_data'), at }]
  })
}

function textOf(json: Json, name: string): string {
  const value = json[name]
  return typeof value === 'string' ? value.slice(0, 2_000) : typeof value === 'number' ? String(value) : ''
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The leg this one was dialled for; null: nobody's, it began the call. */
export function parentOf(leg: CdrLeg): string | null {
  if (!leg.dialled) return null
  const originator = leg.variable('originator') || leg.variable('originating_leg_uuid')
  return originator || leg.variable('cc_member_session_uuid') || null
}

/** The agent whose phone a queue had rung; null: no queue did. */
export function queueAgentOf(leg: CdrLeg): string | null {
  return leg.variable('cc_side') === 'agent' ? withoutDomain(leg.variable('cc_agent')).slice(0, 200) || null : null
}

/** Entries of originated_legs, `uuid;name;number`. */
export function originatedLegsOf(leg: CdrLeg): { uuid: string; number: string }[] {
  return leg.variables('originated_legs').flatMap((entry) => {
    const [uuid = '', , number = ''] = entry.split(';')
    return uuid ? [{ uuid, number }] : []
  })
}
