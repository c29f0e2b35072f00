import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { CallJson } from '../calls/call-json.ts'
import { type DemoOptions, type RunningDemo, runDemo } from './demo.ts'
import { DEMO_PASSWORD } from './demo-accounts.ts'

test('a newcomer logs in and sees calls of the past, calls in progress, and hears one', async (t) => {
  const demo = await startDemo(t, { days: 3, callsPerDay: 60, rate: 4, seed: 21 })
  await demo.history
  const cookie = await logIn(demo, 'admin')
  const get = (path: string) => fetch(demo.address + path, { headers: { cookie } })

  const { items } = await json<{ items: CallJson[] }>(await get('/api/v1/calls?limit=200'))
  assert.ok(
    items.some(({ endedAt }) => endedAt !== null),
    'ended calls',
  )
  assert.ok(new Set(items.map(({ type }) => type)).size >= 3, 'several types')
  const live = () => demo.pbx.stats().inProgress
  assert.ok(live() > 0)

  const from = new Date(Date.now() - 2.5 * 86_400_000).toISOString()
  const { count } = await json<{ count: number }>(await get(`/api/v1/calls/count?from=${encodeURIComponent(from)}`))
  assert.ok(count > 60, `${count} calls in the last days`)

  const heard = await eventually(async () => {
    const page = await json<{ items: CallJson[] }>(await get('/api/v1/calls?limit=200&recorded=true'))
    return page.items.find(({ recordings }) => recordings.some(({ state }) => state === 'available'))
  })
  const audio = Buffer.from(await (await get(`/api/v1/calls/${heard.id}/recordings/1`)).arrayBuffer())
  assert.equal(audio.toString('latin1', 0, 4), 'RIFF')
  assert.ok(
    audio.subarray(44).some((byte) => byte > 60 && byte < 200),
    'it is not silent',
  )
})

test('a call that begins on the simulated PBX is in the list within seconds, and ends there', async (t) => {
  const demo = await startDemo(t, { days: 0, rate: 20, talkMs: 500, seed: 3 })
  const cookie = await logIn(demo, 'manager')
  const ended = await eventually(async () => {
    const response = await fetch(`${demo.address}/api/v1/calls?limit=200`, { headers: { cookie } })
    const { items } = await json<{ items: CallJson[] }>(response)
    return items.find(({ endedAt, hangupReason }) => endedAt !== null && hangupReason === 'normal')
  })
  assert.notEqual(ended.agent?.name, undefined)
  assert.equal(ended.source, 'demo-pbx')
})

test('when the demo ends its folder is gone', async (t) => {
  const demo = await startDemo(t, { days: 1, callsPerDay: 20 })
  assert.ok(existsSync(demo.folder))
  await demo.close()
  await demo.close()
  assert.ok(!existsSync(demo.folder))
})

async function startDemo(t: TestContext, options: DemoOptions): Promise<RunningDemo> {
  const demo = await runDemo({ port: 0, print: () => {}, ...options })
  t.after(() => demo.close())
  return demo
}

async function logIn(demo: RunningDemo, username: string): Promise<string> {
  const response = await fetch(`${demo.address}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: DEMO_PASSWORD }),
  })
  assert.equal(response.status, 200)
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

async function json<T>(response: Response): Promise<T> {
  assert.equal(response.status, 200)
  return (await response.json()) as T
}

/** Asks until there is an answer; the test's own time limit ends it otherwise. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
