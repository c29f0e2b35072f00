// Logging in to an event socket, subscribing, and asking what is going on. Called by freeswitch-connector.ts on each new
// connection: first the subscription, then the picture, so that nothing falls between the two.
import { type EslEvent, eventOf } from './esl-event.ts'
import { EslFailure, type EslSocket } from './esl-socket.ts'
import type { LiveChannel } from './fs-snapshot.ts'

/** By name: CHANNEL_STATE, MEDIA_BUG_* and the like would be most of the volume. Everything after CUSTOM is a subclass. */
const SUBSCRIPTION = [
  'CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE',
  'CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_EXECUTE DTMF RECORD_START RECORD_STOP',
  'CUSTOM callcenter::info menu::enter menu::exit callbook::flow',
].join(' ')

/** Channels asked about at the same time. */
const ASKED_AT_ONCE = 20
const CHANNELS_MAX = 20_000

/** @throws EslFailure, `refused` when the password is wrong */
export async function logIn(socket: EslSocket, password: string): Promise<void> {
  await socket.ask(`auth ${password}`)
}

/** @throws EslFailure */
export async function subscribe(socket: EslSocket): Promise<void> {
  await socket.ask(`event json ${SUBSCRIPTION}`)
}

export interface Picture {
  channels: LiveChannel[]
  /** The run of the server, as its events name it; '' when it does not say. */
  core: string
}

/**
 * Every channel that there is. A string says why FreeSWITCH does not tell.
 * @throws EslFailure when the connection ends
 */
export async function askPicture(socket: EslSocket): Promise<Picture | string> {
  const core = await askOrNull(socket, 'api global_getvar core_uuid')
  let rows: Row[] | string
  try {
    rows = readRows(await socket.ask('api show channels as json'))
  } catch (error) {
    if (!(error instanceof EslFailure && error.refused)) throw error
    rows = error.message
  }
  if (typeof rows === 'string') return `FreeSWITCH does not say which calls are in progress (${rows}).`
  const channels: LiveChannel[] = []
  for (let from = 0; from < rows.length; from += ASKED_AT_ONCE) {
    const asked = rows.slice(from, from + ASKED_AT_ONCE).map((row) => askChannel(socket, row))
    channels.push(...(await Promise.all(asked)).filter((channel) => channel !== null))
  }
  return { channels, core: core?.trim() ?? '' }
}

interface Row {
  uuid: string
  callerNumber: string
  number: string
}

/** `show channels as json`: `{row_count, rows: [{uuid, initial_cid_num, initial_dest, …}]}`, without rows when there are none. */
function readRows(answer: string): Row[] | string {
  let value: unknown
  try {
    value = JSON.parse(answer)
  } catch (error) {
    return `its list is not JSON: ${(error as Error).message.slice(0, 100)}`
  }
  if (typeof value !== 'object' || value === null) return 'its list is no object'
  const rows = 'rows' in value && Array.isArray(value.rows) ? (value.rows as unknown[]) : []
  return rows.slice(0, CHANNELS_MAX).flatMap((row) => {
    const event = eventOf({ ...(row as object), 'Event-Name': 'row' })
    if (typeof event === 'string') return []
    const field = (name: string) => (typeof event[name] === 'string' ? event[name] : '')
    const uuid = field('uuid')
    // It becomes a part of the next command.
    if (!/^[\w.-]{1,100}$/.test(uuid)) return []
    const callerNumber = field('initial_cid_num') || field('cid_num')
    return [{ uuid, callerNumber, number: field('initial_dest') || field('dest') }]
  })
}

/** null: it has gone meanwhile. */
async function askChannel(socket: EslSocket, row: Row): Promise<LiveChannel | null> {
  const answer = await askOrNull(socket, `api uuid_dump ${row.uuid} json`)
  if (answer === null) return null
  let dump: EslEvent | string
  try {
    dump = eventOf(JSON.parse(answer))
  } catch {
    // What cannot be read of one channel is learnt from its next events.
    return null
  }
  return typeof dump === 'string' ? null : { ...row, dump }
}

async function askOrNull(socket: EslSocket, command: string): Promise<string | null> {
  try {
    return await socket.ask(command)
  } catch (error) {
    if (error instanceof EslFailure && error.refused) return null
    throw error
  }
}
