// Which channels of a call are the customer's, and whether she is still there. Called by the ami-*.ts files that follow legs,
// talks and the flow.
import { typeOf } from './ami-calls.ts'
import type { AmiCall, AmiWorld, Channel } from './ami-world.ts'

/** The leg to the customer of a call that reaches out; the customer's own channel of a predictive one. */
export function isCustomerLeg(world: AmiWorld, call: AmiCall, channel: Channel): boolean {
  if (channel.leg === 'customer') return true
  return channel === call.root && channel.kind === 'trunk' && typeOf(world, call) === 'predictive'
}

/** Where the other side of the talk hears from: the customer's channels. */
export function anchorsOf(world: AmiWorld, call: AmiCall): Channel[] {
  const type = typeOf(world, call)
  return [...call.channels].filter((channel) => {
    if (channel.kind !== 'trunk') return false
    if (isCustomerLeg(world, call, channel)) return true
    return channel === call.root && type === 'inbound'
  })
}

/** The customer's own channel (of an outgoing call: her leg)? */
export function isCustomer(world: AmiWorld, call: AmiCall, channel: Channel): boolean {
  return anchorsOf(world, call).includes(channel)
}

/** She was there and is gone: what the others still say to each other, and who of them hangs up first, is not her call. */
export function hasCustomerLeft(world: AmiWorld, call: AmiCall): boolean {
  const type = typeOf(world, call)
  if (type === 'internal') return false
  const wasThere = type === 'inbound' ? call.root.kind === 'trunk' : call.customerAnswered
  return wasThere && anchorsOf(world, call).length === 0
}
