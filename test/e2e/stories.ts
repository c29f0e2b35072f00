// Calls to tell the server of, written as short stories. Times are seconds ago.
import type { EventLine } from './support.ts'

export const ZHANG = { id: '1001', name: '张三' }
export const LI = { id: '1002', name: '李四' }
export const SALES = { id: 'sales', name: '销售' }
export const SUPPORT = { id: 'support', name: '技术支持' }
export const VIP = { id: 'vip', name: 'VIP专线' }

interface Inbound {
  customer?: string
  dialledNumber?: string
  group?: typeof SALES
  agent?: typeof ZHANG
}

/** Calls in, waits in the queue, an agent's phone rings. Still live. */
export function ringing(callId: string, ago: number, story: Inbound = {}): EventLine[] {
  const { customer = '13800138000', dialledNumber = '02150001000', group = SALES, agent = ZHANG } = story
  return [
    { callId, at: ago, type: 'call-started', callType: 'inbound', customer, dialledNumber },
    { callId, at: ago - 0.2, type: 'ivr-entered', node: '主菜单' },
    { callId, at: ago - 0.4, type: 'key-pressed', key: '1', node: '主菜单' },
    { callId, at: ago - 0.5, type: 'queue-entered', skillGroup: group },
    { callId, at: ago - 0.7, type: 'agent-ringing', agent, skillGroup: group },
  ]
}

/** Rings, is answered, talks for all but the first two seconds. Still live. */
export function talking(callId: string, ago: number, story: Inbound = {}): EventLine[] {
  const { agent = ZHANG, group = SALES } = story
  return [...ringing(callId, ago, story), { callId, at: ago - 2, type: 'agent-answered', agent, skillGroup: group }]
}

/** A whole normal call that ended `ago - talkSeconds` seconds ago. */
export function talked(callId: string, ago: number, story: Inbound & { talkSeconds?: number } = {}): EventLine[] {
  const { talkSeconds = 20 } = story
  return [
    ...talking(callId, ago, story),
    { callId, at: ago - 2 - talkSeconds, type: 'call-ended', releasedBy: 'customer' },
  ]
}

export function abandonedInQueue(callId: string, ago: number, story: Inbound = {}): EventLine[] {
  const { customer = '13900139000', dialledNumber = '02150001000', group = SUPPORT } = story
  return [
    { callId, at: ago, type: 'call-started', callType: 'inbound', customer, dialledNumber },
    { callId, at: ago - 1, type: 'queue-entered', skillGroup: group },
    { callId, at: ago - 9, type: 'hangup-requested', by: 'customer' },
    { callId, at: ago - 9.01, type: 'queue-left', skillGroup: group, outcome: 'abandoned' },
    { callId, at: ago - 9.02, type: 'call-ended', releasedBy: 'customer' },
  ]
}

export function queueTimeout(callId: string, ago: number, story: Inbound = {}): EventLine[] {
  const { customer = '13700137000', dialledNumber = '02150001000', group = VIP } = story
  return [
    { callId, at: ago, type: 'call-started', callType: 'inbound', customer, dialledNumber },
    { callId, at: ago - 1, type: 'queue-entered', skillGroup: group },
    { callId, at: ago - 8, type: 'queue-left', skillGroup: group, outcome: 'timeout' },
    { callId, at: ago - 8, type: 'call-ended', releasedBy: 'system' },
  ]
}

export function dialledOut(
  callId: string,
  ago: number,
  { customer = '18600186000', agent = LI, answered = true } = {},
): EventLine[] {
  return [
    { callId, at: ago, type: 'call-started', callType: 'outbound', customer, agent },
    { callId, at: ago - 1, type: 'customer-ringing', number: customer },
    answered
      ? { callId, at: ago - 4, type: 'customer-answered', number: customer }
      : { callId, at: ago - 4, type: 'customer-not-connected', cause: 'busy' },
    { callId, at: ago - 9, type: 'call-ended', releasedBy: 'agent' },
  ]
}

export function internalCall(callId: string, ago: number): EventLine[] {
  return [
    { callId, at: ago, type: 'call-started', callType: 'internal', agent: ZHANG, otherAgent: LI },
    { callId, at: ago - 1, type: 'agent-ringing', agent: LI },
    { callId, at: ago - 3, type: 'agent-answered', agent: LI },
    { callId, at: ago - 9, type: 'call-ended', releasedBy: 'agent' },
  ]
}
