// Asks a FreeSWITCH everything that the checks want to know, over one connection to its event socket. It changes nothing.
// Whoever knows the password may ask everything; what an older version does not know, or a build lacks, stays null. Called
// by freeswitch-doctor.ts.
import { setTimeout as delay } from 'node:timers/promises'
import { subscribe } from '../../connectors/freeswitch/esl-login.ts'
import { EslFailure, type EslSocket } from '../../connectors/freeswitch/esl-socket.ts'
import { type ClockSkew, measureSkew } from '../clock.ts'
import { type FreeswitchVersion, readGateways, readParams, readTable, readVersion } from './esl-answers.ts'

export interface FreeswitchFacts {
  version: FreeswitchVersion | null
  skew: ClockSkew | null
  /** Events can be subscribed to; else why not. */
  subscription: true | string
  /** `show channels` is answered. */
  showsChannels: boolean
  modules: { callcenter: boolean | null; jsonCdr: boolean | null }
  /** Of mod_callcenter, as FreeSWITCH names them: `1001@example.com`. */
  agents: readonly string[] | null
  queues: readonly string[] | null
  /** Of the directory. */
  users: readonly string[] | null
  gateways: readonly string[] | null
  /** Parameters of json_cdr.conf.xml, without the password. */
  jsonCdr: ReadonlyMap<string, string> | null
  eventSocket: ReadonlyMap<string, string> | null
  recordingsFolder: string | null
  /** Events that came while listening; null: it was not asked to. */
  heard: number | null
}

/** Longest wait for an answer. */
export const QUESTION_MS = 4_500

export async function gatherFacts(
  socket: EslSocket,
  { now, listenMs, signal, heard }: { now: () => number; listenMs: number; signal: AbortSignal; heard: () => number },
): Promise<FreeswitchFacts> {
  const ask = (command: string) => askFor(socket, command)
  const module = async (name: string) => {
    const answer = (await ask(`module_exists ${name}`))?.trim()
    return answer === 'true' ? true : answer === 'false' ? false : null
  }
  const table = async (command: string, column: string) => {
    const answer = await ask(command)
    return answer === null ? null : readTable(answer).flatMap((row) => row.get(column) ?? [])
  }
  const config = async (name: string) => {
    const answer = await ask(`xml_locate configuration configuration name ${name}`)
    return answer?.includes('<configuration') ? readParams(answer) : null
  }
  const skew = await skewOf(ask, now)
  const version = await ask('version')
  const callcenter = await module('mod_callcenter')
  const facts = {
    version: version === null ? null : readVersion(version),
    skew,
    showsChannels: (await ask('show channels as json')) !== null,
    modules: { callcenter, jsonCdr: await module('mod_json_cdr') },
    agents: callcenter === false ? [] : await table('callcenter_config agent list', 'name'),
    queues: callcenter === false ? [] : await table('callcenter_config queue list', 'name'),
    users: await table('list_users', 'userid'),
    gateways: gatewaysOf(await ask('sofia status')),
    jsonCdr: await config('json_cdr.conf'),
    eventSocket: await config('event_socket.conf'),
    recordingsFolder: (await ask('global_getvar recordings_dir'))?.trim() || null,
    subscription: await subscriptionOf(socket),
  }
  if (listenMs > 0)
    await delay(listenMs, undefined, { signal: AbortSignal.any([signal, socket.ended]) }).catch(() => {})
  return { ...facts, heard: listenMs > 0 ? heard() : null }
}

/** null: refused, not known to this FreeSWITCH, or the connection has ended. */
async function askFor(socket: EslSocket, command: string): Promise<string | null> {
  try {
    const answer = await socket.ask(`api ${command}`)
    // Some commands say so in words of their own.
    return /^-(ERR|USAGE|Error)/i.test(answer.trim()) ? null : answer
  } catch (error) {
    if (error instanceof EslFailure) return null
    throw error
  }
}

async function skewOf(ask: (command: string) => Promise<string | null>, now: () => number): Promise<ClockSkew | null> {
  const micros = await measureSkew(async () => Number(await ask('strmicroepoch')) / 1_000 || null, { now })
  if (micros) return micros
  return measureSkew(async () => Number(await ask('strepoch')) * 1_000 || null, { now, precisionMs: 1_000 })
}

function gatewaysOf(answer: string | null): readonly string[] | null {
  return answer === null ? null : readGateways(answer)
}

async function subscriptionOf(socket: EslSocket): Promise<true | string> {
  try {
    await subscribe(socket)
    return true
  } catch (error) {
    if (error instanceof EslFailure) return error.message
    throw error
  }
}
