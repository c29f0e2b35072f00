// Receipts over HTTP, newest first, with the head of the chain to be kept elsewhere; and the check of the whole chain.
import { Type } from 'typebox'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { ReceiptStore } from '../store/store.ts'
import type { Receipt, ReceiptHead } from './receipt.ts'
import { ReceiptBody } from './receipt-body.ts'
import { allReceipts } from './receipt-lines.ts'
import { type ReceiptVerdict, verifyReceipts } from './verify-receipts.ts'

const MOST_VERIFICATIONS = 4

export interface ReceiptRoutesNeeds {
  receipts: ReceiptStore
  clock: Clock
}

export interface ReceiptJson extends Omit<Receipt, 'at'> {
  at: string
}

export interface ReceiptPageJson {
  items: ReceiptJson[]
  /** For the next page (`before`); null: this was the last. */
  nextBefore: number | null
  /** null: there are none yet. */
  head: ReceiptHead | null
}

const Page = Type.Object({
  callId: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: 'Only those of one call' })),
  n: Type.Optional(Type.Integer({ minimum: 1, maximum: 99, description: 'Only those of this recording of the call' })),
  before: Type.Optional(Type.Integer({ minimum: 1 })),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
})

const Wanted = Type.Object(
  {
    head: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description: 'A hash that was written down earlier, of the end then: it must be in the chain',
      }),
    ),
  },
  { additionalProperties: false },
)

const Head = Type.Object({ seq: Type.Integer(), hash: Type.String() })
const Answer = Type.Object({
  items: Type.Array(
    Type.Object({
      instance: Type.String(),
      seq: Type.Integer(),
      at: Type.String(),
      actor: Type.String(),
      body: ReceiptBody,
      previous: Type.String(),
      hash: Type.String(),
    }),
  ),
  nextBefore: Type.Union([Type.Integer(), Type.Null()]),
  head: Type.Union([Head, Type.Null()]),
})

export function receiptRoutes({ receipts, clock }: ReceiptRoutesNeeds): RouteSet {
  /** One at a time: who asks the same meanwhile is given the same. */
  const running = new Map<string, Promise<ReceiptVerdict>>()
  function verify(instance: string, head: string | null): Promise<ReceiptVerdict> {
    const key = `${instance}\0${head}`
    const begun = running.get(key)
    if (begun) return begun
    if (running.size >= MOST_VERIFICATIONS) throw new AppError('store-busy')
    const verdict = verifyReceipts(allReceipts(receipts, instance), head).finally(() => running.delete(key))
    running.set(key, verdict)
    return verdict
  }

  return (app) => {
    app.route({
      method: 'GET',
      url: '/api/v1/receipts',
      config: { needs: 'receipts:read' },
      schema: {
        summary: 'What was done to recordings for good, newest first: a chain that can be checked',
        tags: ['recordings'],
        querystring: Page,
        response: { 200: Answer },
      },
      handler: async (request): Promise<ReceiptPageJson> => {
        const { instance } = principalOf(request)
        const { before = null, callId = null, n = null, limit } = request.query
        const found = await receipts.receiptsBefore(instance, { before, callId, n }, limit + 1)
        const items = found.slice(0, limit)
        return {
          items: items.map((receipt) => ({ ...receipt, at: clock.write(receipt.at) })),
          nextBefore: found.length > limit ? (items.at(-1)?.seq ?? null) : null,
          head: await receipts.receiptHead(instance),
        }
      },
    })

    app.route({
      method: 'POST',
      url: '/api/v1/receipts/verification',
      config: { needs: 'receipts:read' },
      schema: {
        summary:
          'Reads the whole chain of receipts and says whether anything in it was changed, taken out, put in or moved',
        tags: ['recordings'],
        body: Wanted,
      },
      handler: (request) => verify(principalOf(request).instance, request.body.head ?? null),
    })
  }
}
