// The live feed during real calls: what a browser is told while it looks at the list.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallJson } from '../../src/calls/call-json.ts'
import { type Api, findCalls, untilEnded } from './api.ts'
import { takeDesk } from './contact-centre.ts'
import { type GiveSetting, SCENARIO_MS } from './setting.ts'

const timeout = SCENARIO_MS

export function liveFeed(give: GiveSetting): void {
  it('the live feed tells each phase of a call as it comes, and ends with what the list says', {
    timeout,
  }, async (t) => {
    const { centre, callbook } = give()
    const desk = await takeDesk(centre, t)
    const feed = await openFeed(callbook, desk.customer, t.signal)
    const taken = desk.agentTakes(desk.first)
    const call = await desk.customerChooses('1')
    const agentCall = await taken
    await sleep(1500)
    await agentCall.hangUp()
    await call.until('ended')
    await untilEnded(callbook, desk.customer)
    const calls = await untilCallEnded(feed)
    const phases = calls.map((one) => one.phase).filter((phase, at, all) => phase !== all[at - 1])
    // A queue in which somebody is free at once may be shorter than the feed's pace.
    assert.deepEqual(
      phases.filter((phase) => phase !== 'queued'),
      ['ivr', 'ringing', 'talking', null],
    )
    assert.ok(calls.every((one, at) => one.seq > (calls[at - 1]?.seq ?? 0)))
    const last = calls.at(-1)
    assert.ok(last)
    const [listed] = await findCalls(callbook, desk.customer)
    assert.deepEqual({ ...last, recordings: [], seq: 0 }, { ...listed, recordings: [], seq: 0 })
  })
}

async function openFeed(api: Api, number: string, signal: AbortSignal): Promise<ReadableStream<string>> {
  const response = await fetch(`${api.url}/api/v1/calls/live?number=${number}`, {
    headers: { authorization: `Bearer ${api.key}` },
    signal,
  })
  assert.equal(response.status, 200)
  assert.ok(response.body)
  return response.body.pipeThrough(new TextDecoderStream())
}

/** Every message about the feed's one call, up to the one that says that it ended. */
async function untilCallEnded(feed: ReadableStream<string>): Promise<CallJson[]> {
  const calls: CallJson[] = []
  let unread = ''
  for await (const text of feed) {
    const blocks = (unread + text).split('\n\n')
    unread = blocks.pop() ?? ''
    for (const block of blocks) {
      if (block.startsWith('event: call\n')) calls.push(JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '') as CallJson)
    }
    if (calls.at(-1)?.endedAt) break
  }
  return calls
}
