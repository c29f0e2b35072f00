// What goes on in a recorded call between two of its messages: the menu, the queue, a ringing phone, a talk. The
// recordings are a few seconds long each; time-map.ts draws these parts out to lengths as people have them.
import type { RecordedMessage } from './recorded-calls.ts'

export type CallPart = 'dialling' | 'ivr' | 'queue' | 'ring' | 'talk' | 'hold'

/** The part that goes on after each message, until the next one. */
export function partsAfter(messages: readonly RecordedMessage[]): CallPart[] {
  const bridges = new Map<string, Set<string>>()
  const openDials = new Set<string>()
  const holding = new Set<string>()
  let queued = false
  let answered = false
  return messages.map(([, headers]) => {
    const message = new Map(headers)
    const channel = message.get('Uniqueid') ?? ''
    const dialled = message.get('DestUniqueid') ?? ''
    switch (message.get('Event')) {
      case 'Newstate':
        if (message.get('ChannelStateDesc') === 'Up') answered = true
        break
      case 'DialBegin':
        openDials.add(dialled)
        break
      case 'DialEnd':
        openDials.delete(dialled)
        break
      case 'Hold':
        holding.add(channel)
        break
      case 'Unhold':
        holding.delete(channel)
        break
      case 'QueueCallerJoin':
        queued = true
        break
      case 'QueueCallerLeave':
        queued = false
        break
      case 'BridgeEnter': {
        const bridge = message.get('BridgeUniqueid') ?? ''
        bridges.set(bridge, (bridges.get(bridge) ?? new Set()).add(channel))
        break
      }
      case 'BridgeLeave':
        bridges.get(message.get('BridgeUniqueid') ?? '')?.delete(channel)
        break
      case 'Hangup':
        openDials.delete(channel)
        holding.delete(channel)
        break
    }
    if (holding.size > 0) return 'hold'
    if (openDials.size > 0) return 'ring'
    if ([...bridges.values()].some((members) => members.size > 1)) return 'talk'
    if (queued) return 'queue'
    return answered ? 'ivr' : 'dialling'
  })
}
