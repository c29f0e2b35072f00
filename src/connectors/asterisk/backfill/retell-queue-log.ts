// Tells rows of queue_log again as AMI messages, for calls of which there is no CEL: who waited, whose phone rang, who
// answered, who hung up. It has whole seconds and names of members, no channels and no menus: what it leaves open is left
// to the snapshot. Pure. Called by retell-gap.ts.
import { type AmiWorld, agentAt, type Channel } from '../ami-world.ts'
import type { QueueLogRow, TimeRange } from './gap-source.ts'
import { isSameSecond } from './hangup-requests.ts'
import { type RetoldMessage, retold } from './retold-message.ts'

export interface QueueLogGap extends TimeRange {
  present: ReadonlyMap<string, string>
  mayBegin(row: { linkedid: string; at: number }): boolean
}

/** Rows about calls; others are about members, and carry other words in the place of the call id. */
const SAYS_OF_CALL = new Set([
  'ENTERQUEUE',
  'RINGNOANSWER',
  'RINGCANCELED',
  'CONNECT',
  'COMPLETEAGENT',
  'COMPLETECALLER',
  'BLINDTRANSFER',
  'TRANSFER',
  'ATTENDEDTRANSFER',
  'ABANDON',
  'EXITWITHTIMEOUT',
  'EXITEMPTY',
  'EXITWITHKEY',
])
const SECOND_MS = 1_000
const TICK_MS = 0.001

function isSameQueue(last: { name: string; at: number } | null, { queue, at }: QueueLogRow): boolean {
  return last !== null && last.name === queue && isSameSecond(last.at, at)
}

/** One caller's way, as far as it was told. */
interface Way {
  callId: string
  linkedid: string
  /** Its last message: later rows of one second come after it. */
  at: number
  queue: string
  /** Nothing of it is told from before. */
  earliest: number
  /** Unique ids of agents' legs that ring or talk, by member. */
  legs: Map<string, string>
  known: Channel | null
  isOver: boolean
}

export function retellQueueLog(world: AmiWorld, rows: readonly QueueLogRow[], gap: QueueLogGap): RetoldMessage[] {
  const told: RetoldMessage[] = []
  const ways = new Map<string, Way>()
  const idOfName = new Map([...world.agentNames].map(([id, name]) => [name, id]))

  for (const row of rows) {
    const { callId } = row
    if (!SAYS_OF_CALL.has(row.event) || world.gone.has(callId)) continue
    // Whether a row of the second in which we heard the last was heard is not known: telling it twice does no harm. A call
    // that only the store knows is told from its beginning; what the store has is not told again.
    if ((row.at + SECOND_MS <= gap.from && !world.retoldCalls.has(callId)) || row.at > gap.to) continue
    const way = ways.get(callId) ?? beginWay(row)
    if (way) ways.set(callId, way)
    if (way && !way.isOver) tellRow(way, row)
  }
  return told

  function beginWay({ callId, at, queue }: QueueLogRow): Way | null {
    const known = world.channels.get(callId) ?? null
    const second = Number(/(?:^|-)(\d{10})\.\d+$/.exec(callId)?.[1] ?? Number.NaN) * SECOND_MS
    const beganAt = Number.isNaN(second) ? at : Math.min(second, at)
    const linkedid = known?.call?.id ?? callId
    if (!known && !gap.mayBegin({ linkedid, at: Math.max(beganAt + SECOND_MS, beganAt) })) return null
    const earliest = world.retoldCalls.has(linkedid) ? beganAt : gap.from
    const way: Way = {
      callId,
      linkedid,
      at: Math.max(beganAt, earliest),
      queue,
      earliest,
      legs: new Map(),
      known,
      isOver: false,
    }
    if (!known) {
      // Its channel has a name that queue_log does not know.
      say(way, 'Newchannel', { ChannelStateDesc: 'Ring', CallerIDNum: callerOf(callId), CallerIDName: '' })
      say(way, 'Newstate', { ChannelStateDesc: 'Up' })
    }
    return way
  }

  function nameOf({ known, callId }: Way): string {
    return known?.name ?? gap.present.get(callId) ?? `Queue/${callId}`
  }

  function callerOf(callId: string): string {
    return rows.find((row) => row.callId === callId && row.event === 'ENTERQUEUE')?.values[1] ?? ''
  }

  function say(way: Way, event: string, fields: Record<string, string> = {}): void {
    way.at += TICK_MS
    const names = { Channel: nameOf(way), Uniqueid: way.callId, Linkedid: way.linkedid }
    told.push(retold(event, way.at, { ...names, ...fields }))
  }

  function tellRow(way: Way, row: QueueLogRow): void {
    way.at = Math.max(way.at, Math.min(row.at, gap.to))
    if (row.queue !== 'NONE') way.queue = row.queue
    const { member, values, event } = row
    switch (event) {
      case 'ENTERQUEUE':
        if (isSameQueue(way.known?.call?.lastQueue ?? null, row)) return
        // Who waits in a queue is on the line.
        if (way.known && !way.known.up) say(way, 'Newstate', { ChannelStateDesc: 'Up' })
        say(way, 'QueueCallerJoin', { Queue: row.queue })
        return
      case 'RINGNOANSWER': {
        if (hasEnded(way, row)) return
        const leg = ring(way, member, `${row.at - (Number(values[0]) || 0)}`)
        sayLeg(way, 'AgentRingNoAnswer', leg, {})
        endLeg(way, member, 'NOANSWER')
        return
      }
      case 'RINGCANCELED':
        if (hasEnded(way, row)) return
        if (isAbandoned(row)) say(way, 'HangupRequest')
        ring(way, member, `${row.at - (Number(values[0]) || 0)}`)
        endLeg(way, member, 'CANCEL')
        return
      case 'CONNECT':
        connect(way, member, legOf(way, member, values[1] ?? '') ?? `${way.callId}~${row.at}`, Number(values[2]) || 0)
        return
      case 'COMPLETEAGENT':
      case 'COMPLETECALLER':
        complete(way, member, event === 'COMPLETEAGENT')
        return
      case 'BLINDTRANSFER':
      case 'TRANSFER':
        // Who is no longer there has left with the transfer that was heard.
        if (!talkerOf(way, member)) return
        told.push(
          retold('BlindTransfer', way.at, {
            Result: 'Success',
            TransfererUniqueid: talkerOf(way, member) ?? '',
            TransfereeUniqueid: way.callId,
            Extension: values[0] ?? '',
          }),
        )
        leave(way, member)
        return
      case 'ATTENDEDTRANSFER':
        if (!talkerOf(way, member)) return
        told.push(
          retold('AttendedTransfer', way.at, {
            Result: 'Success',
            OrigTransfererUniqueid: talkerOf(way, member) ?? '',
            TransfereeUniqueid: way.callId,
          }),
        )
        leave(way, member)
        return
      case 'ABANDON':
        say(way, 'HangupRequest')
        say(way, 'QueueCallerAbandon', { Queue: row.queue })
        hangUp(way)
        return
      case 'EXITWITHTIMEOUT':
        say(way, 'QueueCallerAbandon', { Queue: row.queue })
        return
      case 'EXITEMPTY':
        say(way, 'UserEvent', { UserEvent: 'CCFlow', Step: 'queue-end', Status: 'LEAVEEMPTY' })
        return
      case 'EXITWITHKEY':
        say(way, 'DTMFEnd', { Digit: values[0] ?? '', Direction: 'Received' })
        say(way, 'QueueCallerLeave', { Queue: row.queue })
        return
    }
  }

  /** In the second in which the connection was lost: was the end of this ring heard? */
  function hasEnded(way: Way, { at, member }: QueueLogRow): boolean {
    const id = idOfName.get(member) ?? member
    const ends = [...(way.known?.call?.ringsEnded ?? [])]
    return ends.some(([agentId, endedAt]) => agentId === id && isSameSecond(endedAt, at))
  }

  function isAbandoned({ callId, at }: QueueLogRow): boolean {
    return rows.some(
      (row) => row.callId === callId && row.event === 'ABANDON' && row.at >= at && row.at <= at + SECOND_MS,
    )
  }

  /** The member's leg; one that nobody knows begins to ring, at `since` if the caller was there then. */
  function ring(way: Way, member: string, since: string, uniqueid?: string): string {
    const known = uniqueid && world.channels.has(uniqueid) ? uniqueid : ringerOf(way, member)
    if (known) return known
    const id = idOfName.get(member) ?? member
    const leg = uniqueid ?? `${way.callId}~${member}~${since}`
    const beganAt = way.at
    way.at = Math.max(Number(since) || way.at, way.earliest)
    way.legs.set(member, leg)
    sayLeg(way, 'Newchannel', leg, { ChannelStateDesc: 'Down', CallerIDNum: id, CallerIDName: member }, '')
    const dialler = { Channel: nameOf(way), Uniqueid: way.callId, Linkedid: way.linkedid }
    const called = { ...dialler, Queue: way.queue, Interface: `Member/${id}`, MemberName: member }
    sayLeg(way, 'AgentCalled', leg, called)
    sayLeg(way, 'DialBegin', leg, dialler)
    way.at = Math.max(way.at, beganAt)
    return leg
  }

  function sayLeg(
    way: Way,
    event: string,
    leg: string,
    fields: Record<string, string>,
    prefix: '' | 'Dest' = 'Dest',
  ): void {
    way.at += TICK_MS
    const name = world.channels.get(leg)?.name ?? gap.present.get(leg) ?? `Member/${leg}`
    const names = { [`${prefix}Channel`]: name, [`${prefix}Uniqueid`]: leg, [`${prefix}Linkedid`]: way.linkedid }
    told.push(retold(event, way.at, { ...fields, ...names }))
  }

  function endLeg(way: Way, member: string, DialStatus: string): void {
    const leg = way.legs.get(member) ?? ringerOf(way, member)
    if (!leg) return
    way.legs.delete(member)
    sayLeg(way, 'DialEnd', leg, { DialStatus })
    sayLeg(way, 'Hangup', leg, { Cause: '0' }, '')
  }

  /** The agent's own channel: queue_log names half of a Local channel where the member is behind one. */
  function legOf(way: Way, member: string, uniqueid: string): string | null {
    const isHalf = world.channels.get(uniqueid)?.kind === 'local'
    return isHalf ? (ringerOf(way, member) ?? phoneOf(way, member)) : uniqueid || null
  }

  function connect(way: Way, member: string, uniqueid: string, ringSeconds: number): void {
    // Who talks behind a Local channel is seen in the snapshot.
    if (gap.present.get(uniqueid)?.startsWith('Local/')) return
    const leg = ring(way, member, String(way.at - ringSeconds * SECOND_MS), uniqueid)
    way.legs.set(member, leg)
    sayLeg(way, 'Newstate', leg, { ChannelStateDesc: 'Up' }, '')
    say(way, 'QueueCallerLeave', { Queue: way.queue })
    const BridgeUniqueid = `queue-log-${way.callId}`
    sayLeg(way, 'BridgeEnter', leg, { BridgeUniqueid }, '')
    say(way, 'BridgeEnter', { BridgeUniqueid })
  }

  function complete(way: Way, member: string, byAgent: boolean): void {
    const leg = talkerOf(way, member)
    if (byAgent && leg) sayLeg(way, 'HangupRequest', leg, {}, '')
    if (!byAgent && !gap.present.has(way.callId)) say(way, 'HangupRequest')
    leave(way, member)
    hangUp(way)
  }

  /** The caller hangs up, unless the PBX still has her: a survey after the talk, another queue. */
  function hangUp(way: Way): void {
    const goesOn = rows.some((row) => row.callId === way.callId && row.at > way.at)
    if (gap.present.has(way.callId) || goesOn) return
    // Nothing of it is left: neither halves of Local channels nor phones that queue_log does not name.
    for (const channel of way.known?.call?.channels ?? []) {
      if (channel === way.known || gap.present.has(channel.uniqueid)) continue
      sayLeg(way, 'Hangup', channel.uniqueid, { Cause: '0' }, '')
    }
    say(way, 'Hangup', { Cause: '16' })
    way.isOver = true
  }

  function leave(way: Way, member: string): void {
    const leg = talkerOf(way, member)
    if (!leg || gap.present.has(leg)) return
    way.legs.delete(member)
    sayLeg(way, 'Hangup', leg, { Cause: '16' }, '')
  }

  function ringerOf(way: Way, member: string): string | null {
    const told = way.legs.get(member)
    if (told) return told
    const rings = [...(way.known?.call?.rings ?? [])]
    const found = rings.find(([, { agent }]) => isMember(agent, member))
    return found?.[0].uniqueid ?? null
  }

  function talkerOf(way: Way, member: string): string | null {
    const told = way.legs.get(member)
    if (told) return told
    const talks = [...(way.known?.call?.talks.values() ?? [])]
    return talks.find(({ agent }) => agent && isMember(agent, member))?.channel.uniqueid ?? null
  }

  /** A phone of this member in the call, whatever it does. */
  function phoneOf(way: Way, member: string): string | null {
    const phones = [...(way.known?.call?.channels ?? [])]
    const found = phones.find((channel) => {
      const agent = channel === way.known ? null : agentAt(world, channel)
      return agent !== null && isMember(agent, member)
    })
    return found?.uniqueid ?? null
  }

  function isMember(agent: NonNullable<ReturnType<typeof agentAt>>, member: string): boolean {
    return agent.name === member || agent.id === (idOfName.get(member) ?? member)
  }
}
