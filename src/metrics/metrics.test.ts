// Figures for monitoring, scraped from a running server: they follow what comes in, and nobody reads them without the right.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pino } from 'pino'
import { createKey } from '../access/keys.ts'
import type { Scope } from '../access/permissions.ts'
import { DEFAULT_INSTANCE, readConfig } from '../config.ts'
import { type Running, serve } from '../main.ts'

let folder: string
let server: Running
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbook-metrics-'))
  const env = { CALLBOOK_PORT: '0', CALLBOOK_DATA: folder, CALLBOOK_ADMIN_PASSWORD: 'long enough 1' }
  server = await serve(readConfig(env, folder), { log: pino({ level: 'silent' }), print: () => {} })
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

async function bearer(...scopes: Scope[]) {
  const { key } = await createKey(server.store.access, { instance: DEFAULT_INSTANCE, name: 'm', scopes }, Date.now())
  return { authorization: `Bearer ${key}` }
}

const scrape = async (headers: Record<string, string>) => fetch(`${server.address}/api/v1/metrics`, { headers })

/** `name{labels}` → value */
function samples(text: string): Map<string, number> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

test('what came in, what was known already and what was refused are counted', async () => {
  const headers = { ...(await bearer('events:write')), 'content-type': 'application/json' }
  const start = { id: 'a', callId: 'c', at: Date.now(), type: 'call-started', callType: 'inbound', customer: '138' }
  const body = JSON.stringify([start, { ...start, id: 'b', type: 'no-such-type' }])
  for (let i = 0; i < 2; i++)
    assert.equal((await fetch(`${server.address}/api/v1/events`, { method: 'POST', headers, body })).status, 200)
  const answer = await scrape(await bearer('metrics:read'))
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const found = samples(await answer.text())
  assert.equal(found.get('callbook_events_total{result="accepted"}'), 1)
  assert.equal(found.get('callbook_events_total{result="duplicate"}'), 1)
  assert.equal(found.get('callbook_live_calls'), 1)
  assert.equal(found.get('callbook_rejected_total{source="m"}'), 2)
  assert.equal(found.get('callbook_rejected_kept'), 2)
  assert.equal(found.get('callbook_recordings'), 0)
  assert.ok((found.get('callbook_process_resident_memory_bytes') ?? 0) > 0)
  // Asked again, nothing is counted twice.
  assert.equal(
    samples(await (await scrape(await bearer('metrics:read'))).text()).get('callbook_rejected_total{source="m"}'),
    2,
  )
})

test('without the right there are no figures', async () => {
  assert.equal((await scrape({})).status, 401)
  assert.equal((await scrape(await bearer('calls:read'))).status, 403)
})
