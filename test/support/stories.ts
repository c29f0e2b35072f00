// Calls to test with: random but plausible stories as call events, and small ones written by hand.
import fc from 'fast-check'
import type { CallEvent } from '../../src/calls/call-event.ts'

export const AGENTS = [
  { id: '1001', name: '张三' },
  { id: '1002', name: '李四' },
  { id: '1003', name: 'Wang Wu' },
  { id: '1004' },
]
export const GROUPS = [{ id: 'sales', name: '销售' }, { id: 'support', name: '技术支持' }, { id: 'vip' }]
const NUMBERS = ['13800138000', '13800138001', '13900139000', '02150001000', '1001', '+8613700137001']

/** The whole story of one call, as a source would tell it; starts at `startAt` (epoch ms). */
export function callStory(id: string, startAt: number): fc.Arbitrary<CallEvent[]> {
  return fc
    .record({
      type: fc.constantFrom(
        'inbound',
        'inbound',
        'inbound',
        'outbound',
        'back-to-back',
        'predictive',
        'virtual-number',
        'internal',
      ),
      customer: fc.constantFrom(...NUMBERS),
      agent: fc.constantFrom(...AGENTS),
      other: fc.constantFrom(...AGENTS),
      group: fc.constantFrom(...GROUPS),
      rings: fc.boolean(),
      answers: fc.boolean(),
      ends: fc.constantFrom(true, true, true, false),
      by: fc.constantFrom('agent' as const, 'customer' as const, 'system' as const),
      waits: fc.nat(90_000),
      talks: fc.nat(600_000),
      recorded: fc.boolean(),
    })
    .map((story) => {
      const lines: Record<string, unknown>[] = []
      let at = startAt
      const tell = (afterMs: number, event: Record<string, unknown>) => {
        at += afterMs
        lines.push({ id: `${id}-${lines.length}`, callId: id, at, ...event })
      }
      const { agent, customer, group } = story
      const inbound = story.type === 'inbound'
      tell(0, {
        type: 'call-started',
        callType: story.type,
        customer,
        dialledNumber: '02150001000',
        ...(inbound ? {} : { agent, otherAgent: story.other }),
      })
      if (inbound) tell(2000, { type: 'queue-entered', skillGroup: group })
      if (inbound && story.rings) tell(story.waits, { type: 'agent-ringing', agent })
      if (story.answers) {
        tell(
          1500,
          inbound || story.type === 'internal'
            ? { type: 'agent-answered', agent: inbound ? agent : story.other }
            : { type: 'customer-answered' },
        )
        if (story.recorded)
          tell(10, {
            type: 'recording-stored',
            n: 1,
            durationMs: 1,
            sizeBytes: 60,
            channels: 1,
            sha256: 'a'.repeat(64),
          })
      }
      if (story.ends) tell(story.talks, { type: 'call-ended', releasedBy: story.by })
      return lines as unknown as CallEvent[]
    })
}
