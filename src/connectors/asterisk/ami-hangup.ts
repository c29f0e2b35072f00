// The end of a channel, and with the last one of its call. Called for Hangup, and for channels that a snapshot no longer
// has.
import { endCall, leaveQueue } from './ami-calls.ts'
import { resolveTransfer, tellRedirect } from './ami-destinations.ts'
import { endRecording, tellHeardKeys } from './ami-flow.ts'
import { finishLeg, tellNeverConnected } from './ami-legs.ts'
import { endTalk, followCallsOf, settleTalks } from './ami-talks.ts'
import { type AmiWorld, type Channel, forgetChannel, leaveBridge } from './ami-world.ts'

/** A channel is gone; with its last channel the call is over. */
export function hangUp(world: AmiWorld, channel: Channel, hangup: { at: number; cause: number }): void {
  const { at, cause } = hangup
  const call = channel.call
  const others = channel.bridge === null ? [] : [...(world.bridges.get(channel.bridge)?.channels ?? [])]
  finishLeg(world, channel, hangup)
  if (call?.queue?.waiting === channel) {
    leaveQueue(world, call, { at, subject: channel.uniqueid, outcome: channel.hangupRequest ? 'abandoned' : null })
  }
  endRecording(world, channel, at)
  // Who was there is asked while the channel still counts: of the customer's own end, everybody has left.
  leaveBridge(world, channel)
  followCallsOf(world, [channel, ...others], at)
  forgetChannel(world, channel)
  if (!call) return
  settleTalks(world, call, at)
  if (call.channels.size > 0) return
  tellHeardKeys(world, call)
  resolveTransfer(world, call, {})
  tellRedirect(world, call)
  for (const talk of [...call.talks.values()]) endTalk(world, call, talk)
  tellNeverConnected(world, call, { at, subject: channel.uniqueid, cause })
  endCall(world, call, { at, subject: channel.uniqueid, releasedBy: call.releasedBy ?? 'system', estimated: false })
}
