// What a user of the HTTP API does in the tests: looks for a customer's call, waits for it to become something, reads the
// detail, downloads the recording. Waiting is polling with a bound; nothing here is measured.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallDetailJson, CallJson } from '../../src/calls/call-json.ts'
import { CALL_TYPES } from '../../src/calls/vocabulary.ts'
import type { ConnectorState } from '../../src/connectors/connector.ts'

export interface Api {
  url: string
  key: string
}

const HOUR_MS = 3_600_000
const POLL_MS = 100
const WAIT_MS = 10_000
const CONNECTOR_MS = 30_000

/** The listed calls in which this number is caller, callee, customer or dialled number; newest first. */
export async function findCalls(api: Api, number: string): Promise<CallJson[]> {
  const query = queryOf({ number, from: String(Date.now() - HOUR_MS), to: String(Date.now() + HOUR_MS) })
  const page = (await readJson(api, `/api/v1/calls?${query}`)) as { items: CallJson[] }
  return page.items
}

/** Every call that began at `from` (epoch ms) or later, of every type, page after page. */
export async function listCalls(api: Api, { from }: { from: number }): Promise<CallJson[]> {
  const calls: CallJson[] = []
  let cursor: string | null = null
  do {
    const query = queryOf({ from: String(from), to: String(Date.now() + HOUR_MS), limit: '100' })
    if (cursor !== null) query.set('cursor', cursor)
    const page = (await readJson(api, `/api/v1/calls?${query}`)) as { items: CallJson[]; nextCursor: string | null }
    calls.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
  return calls
}

function queryOf(terms: Record<string, string>): URLSearchParams {
  const query = new URLSearchParams(terms)
  for (const type of CALL_TYPES) query.append('type', type)
  return query
}

export async function readCall(api: Api, id: string): Promise<CallDetailJson> {
  return (await readJson(api, `/api/v1/calls/${encodeURIComponent(id)}`)) as CallDetailJson
}

/**
 * Waits until the one listed call with this number (of those that `among` lets through) fits.
 * @throws with what the list last said
 */
export async function untilCall(
  api: Api,
  number: string,
  {
    is,
    fits,
    withinMs = WAIT_MS,
    among = () => true,
  }: {
    is: string
    fits: (call: CallJson) => boolean
    withinMs?: number
    among?: ((call: CallJson) => boolean) | undefined
  },
): Promise<CallJson> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const calls = (await findCalls(api, number)).filter(among)
    assert.ok(calls.length <= 1, `one call of ${number} is listed ${calls.length} times: ${JSON.stringify(calls)}`)
    const [call] = calls
    if (call && fits(call)) return call
    if (Date.now() > deadline) assert.fail(`the call of ${number} did not become ${is}: ${JSON.stringify(call)}`)
    await sleep(POLL_MS)
  }
}

export function untilPhase(api: Api, number: string, phase: CallJson['phase']): Promise<CallJson> {
  return untilCall(api, number, { is: `${phase}`, fits: (call) => call.phase === phase })
}

/** The detail of the call once it has ended. */
export async function untilEnded(
  api: Api,
  number: string,
  among?: (call: CallJson) => boolean,
): Promise<CallDetailJson> {
  const call = await untilCall(api, number, { is: 'ended', fits: ({ endedAt }) => endedAt !== null, among })
  return readCall(api, call.id)
}

/** The detail of the call once its first recording can be heard. */
export async function untilRecorded(api: Api, number: string, withinMs = WAIT_MS): Promise<CallDetailJson> {
  const heard = (call: CallJson) => call.endedAt !== null && call.recordings[0]?.state === 'available'
  const call = await untilCall(api, number, { is: 'recorded', fits: heard, withinMs })
  return readCall(api, call.id)
}

export async function download(api: Api, id: string, n: number): Promise<Buffer> {
  const response = await get(api, `/api/v1/calls/${encodeURIComponent(id)}/recordings/${n}?download`)
  assert.equal(response.status, 200)
  return Buffer.from(await response.arrayBuffer())
}

/** Waits until the one connector is in this state, as an administrator sees it. */
export async function untilConnector(
  api: Api,
  status: ConnectorState['status'],
  fits: (state: ConnectorState) => boolean = () => true,
): Promise<ConnectorState> {
  const deadline = Date.now() + CONNECTOR_MS
  for (;;) {
    const { items } = (await readJson(api, '/api/v1/connectors')) as { items: ConnectorState[] }
    const [state] = items
    if (state?.status === status && fits(state)) return state
    if (Date.now() > deadline) assert.fail(`the connector did not become ${status}: ${JSON.stringify(state)}`)
    await sleep(POLL_MS)
  }
}

/** Checks the fields named in `expected`; a difference shows the whole call. */
export function assertCall(call: CallDetailJson, expected: Partial<CallDetailJson>): void {
  const actual = Object.fromEntries(Object.keys(expected).map((field) => [field, call[field as keyof CallDetailJson]]))
  try {
    assert.deepEqual(actual, expected)
  } catch (cause) {
    throw new Error(`${(cause as Error).message}\nThe whole call: ${JSON.stringify(call, null, 1)}`, { cause })
  }
}

async function readJson(api: Api, path: string): Promise<unknown> {
  const response = await get(api, path)
  const text = await response.text()
  assert.equal(response.status, 200, `${path}: ${text}`)
  return JSON.parse(text)
}

function get(api: Api, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${api.key}` }
  return fetch(api.url + path, { headers, signal: AbortSignal.timeout(10_000) })
}
