// A chain of receipts under attack: whatever is changed, taken out, put in or moved is found; the file that was exported
// says the same as the store; and who may read them.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'
import { clockIn } from '../calls/instant.ts'
import { CHAIN_BEGIN, canonicalJson, type NewReceipt, type Receipt, type ReceiptHead, sealReceipt } from './receipt.ts'
import { allReceipts, receiptsIn, receiptToLine } from './receipt-lines.ts'
import { receiptRoutes } from './receipt-routes.ts'
import { verifyReceipts } from './verify-receipts.ts'

const T0 = Date.parse('2026-11-23T10:00:00+08:00')

function deleted(i: number): NewReceipt {
  const body = {
    kind: 'recording-deleted',
    callId: `呼叫-${i}`,
    n: 1,
    sha256: String(i % 10).repeat(64),
    sizeBytes: 1000 + i,
    rule: 'capacity',
    because: '',
  } as const
  return { instance: 'default', at: T0 + i, actor: 'system', body }
}

function chainOf(n: number, instance = 'default'): Receipt[] {
  let head: ReceiptHead = CHAIN_BEGIN
  return Array.from({ length: n }, (_, i) => {
    const sealed = sealReceipt(head, { ...deleted(i), instance })
    head = sealed
    return sealed
  })
}

test('a hash can be taken by anybody: previous hash and the fields in order, as UTF-8', () => {
  const [first, second] = chainOf(2)
  assert.ok(first && second)
  const { previous, hash, ...told } = second
  assert.equal(previous, first.hash)
  const text = canonicalJson(told)
  assert.match(text, /^\{"actor":"system","at":1795399200001,"body":\{"because":"","callId":"呼叫-1","kind":/)
  assert.equal(createHash('sha256').update(`${first.hash}${text}`).digest('hex'), hash)
})

test('canonical JSON does not depend on the order of fields, and reads back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      assert.equal(canonicalJson(reversed(value)), text)
    }),
  )
})

test('a whole chain is whole; every change, removal, insertion and move in it is found', async () => {
  const chain = chainOf(12)
  assert.deepEqual(await verifyReceipts(chain), {
    ok: true,
    receipts: 12,
    head: { seq: 12, hash: chain[11]?.hash },
    endProven: false,
    findings: [],
  })
  const stranger = chainOf(20, 'other')
  const index = fc.nat(11)
  const attack = fc.oneof(
    fc.record({ kind: fc.constant('change' as const), at: index, by: fc.nat(4) }),
    // The end alone may be cut off without a trace: all but the last.
    fc.record({ kind: fc.constant('remove' as const), at: fc.nat(10), by: fc.constant(0) }),
    fc.record({ kind: fc.constant('insert' as const), at: index, by: fc.nat(19) }),
    fc.record({ kind: fc.constant('repeat' as const), at: index, by: index }),
    fc.record({ kind: fc.constant('move' as const), at: index, by: fc.integer({ min: 1, max: 11 }) }),
  )
  await fc.assert(
    fc.asyncProperty(attack, async ({ kind, at, by }) => {
      const attacked = [...chain]
      const one = attacked[at] as Receipt
      if (kind === 'change') attacked[at] = changed(one, by)
      if (kind === 'remove') attacked.splice(at, 1)
      if (kind === 'insert') attacked.splice(at, 0, stranger[by] as Receipt)
      if (kind === 'repeat') attacked.splice(at, 0, attacked[by] as Receipt)
      if (kind === 'move') {
        attacked.splice(at, 1)
        attacked.splice((at + by) % 12, 0, one)
      }
      assert.equal((await verifyReceipts(attacked)).ok, false)
    }),
    { numRuns: 500 },
  )
})

test('a receipt replaced with its hash taken anew breaks the next one', async () => {
  const chain = chainOf(5)
  const forged = sealReceipt(chain[1] as Receipt, { ...deleted(2), actor: 'user:nobody' })
  const { findings } = await verifyReceipts(chain.with(2, forged))
  assert.deepEqual(findings, [{ problem: 'wrong-previous', seq: 4, line: 4 }])
})

test('a cut end is found against a head that was kept; a chain that only grew since is whole', async () => {
  const chain = chainOf(6)
  const kept = chain[3]?.hash ?? ''
  assert.equal((await verifyReceipts(chain, kept)).ok, true)
  assert.equal((await verifyReceipts(chain.slice(0, 3))).ok, true)
  const { ok, findings } = await verifyReceipts(chain.slice(0, 3), kept)
  assert.equal(ok, false)
  assert.deepEqual(findings, [{ problem: 'head-missing', seq: 3, line: 3 }])
  assert.equal((await verifyReceipts([], kept)).ok, false)
})

test('lines that are no receipts are said, and what follows is still checked', async () => {
  const [first, second, third] = chainOf(3).map(receiptToLine)
  const text = `${first}\n{"seq":2}\n${third?.replace('1002', '1003')}\n`
  const { findings } = await verifyReceipts(receiptsIn(Readable.from(text)))
  assert.deepEqual(
    findings.map(({ problem, line }) => [problem, line]),
    [
      ['unreadable', 2],
      ['changed', 3],
    ],
  )
  const whole = await verifyReceipts(receiptsIn(Readable.from(`${first}\r\n${second}\n\n${third}`)))
  assert.equal(whole.ok, true)
})

let server: TestServer
before(async () => {
  server = await startTestServer({
    routes: [(app) => receiptRoutes({ receipts: server.store.receipts, clock: clockIn('Asia/Shanghai') })(app)],
  })
})
after(() => server.close())

test('managers read receipts newest first, page by page, with the head; agents do not', async () => {
  await server.store.receipts.appendReceipts(Array.from({ length: 7 }, (_, i) => deleted(i)))
  const headers = await server.sessionOf(await server.user('manager', 'manager'))
  const first = await server.app.inject({ url: '/api/v1/receipts?limit=5', headers })
  const { items, nextBefore, head } = first.json()
  assert.deepEqual(
    items.map(({ seq }: Receipt) => seq),
    [7, 6, 5, 4, 3],
  )
  assert.equal(items[0].at, '2026-11-23T10:00:00.006+08:00')
  assert.deepEqual(head, { seq: 7, hash: items[0].hash })
  const second = (await server.app.inject({ url: `/api/v1/receipts?limit=5&before=${nextBefore}`, headers })).json()
  assert.equal(second.items.length, 2)
  assert.equal(second.nextBefore, null)
  const agent = await server.sessionOf(await server.user('agent', 'agent', '1001'))
  assert.equal((await server.app.inject({ url: '/api/v1/receipts', headers: agent })).statusCode, 403)
  const key = await server.key('calls:read', 'recordings:read')
  assert.equal((await server.app.inject({ url: '/api/v1/receipts', headers: key })).statusCode, 403)
  const verdict = await verifyReceipts(allReceipts(server.store.receipts, 'default'), head.hash)
  assert.deepEqual([verdict.ok, verdict.receipts, verdict.endProven], [true, 7, true])
})

test('receipts of one call are found among all, and the chain is checked over HTTP, against a head that was kept', async () => {
  const headers = await server.sessionOf(await server.user('manager-2', 'manager'))
  const listed = async (query: string) => {
    const { items } = (await server.app.inject({ url: `/api/v1/receipts?${query}`, headers })).json()
    return items.map(({ body }: Receipt) => (body as { callId?: string }).callId)
  }
  assert.deepEqual(await listed(`callId=${encodeURIComponent('呼叫-3')}`), ['呼叫-3'])
  assert.deepEqual(await listed(`callId=${encodeURIComponent('呼叫-3')}&n=2`), [])
  assert.deepEqual(await listed('callId=none'), [])
  const verify = async (payload: object, as: Record<string, string> = headers) => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/v1/receipts/verification',
      headers: as,
      payload,
    })
    return [answer.statusCode, answer.json()]
  }
  const { head } = (await server.app.inject({ url: '/api/v1/receipts', headers })).json()
  const whole = { ok: true, receipts: 7, head, endProven: false, findings: [] }
  assert.deepEqual(await verify({}), [200, whole])
  assert.deepEqual(await verify({ head: head.hash }), [200, { ...whole, endProven: true }])
  const [, lost] = await verify({ head: 'a'.repeat(64) })
  assert.deepEqual([lost.ok, lost.findings[0].problem], [false, 'head-missing'])
  assert.equal((await verify({ head: 'short' }))[0], 400)
  const agent = await server.sessionOf(await server.user('agent-2', 'agent', '1001'))
  assert.equal((await verify({}, agent))[0], 403)
})

function changed(receipt: Receipt, by: number): Receipt {
  const fields: Partial<Receipt>[] = [
    { at: receipt.at + 1 },
    { actor: 'key:nobody' },
    { body: { ...receipt.body, because: 'else' } as Receipt['body'] },
    { previous: 'f'.repeat(64) },
    { seq: receipt.seq + 1 },
  ]
  return { ...receipt, ...fields[by] }
}

/** The same value with every object's fields the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reversed(one)]),
  )
}
