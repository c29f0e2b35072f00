// Tells rows of CEL again as the AMI messages that went by unheard, with the times at which they were made: so there is
// one model of the PBX and one set of rules, and what AMI told of the same call before and after fits on without a seam.
// Pure. Called by backfill.ts, which feeds the messages to the reader before those of the new connection.
//
//   CHAN_START ─▶ Newchannel, DialBegin (AgentCalled)      BRIDGE_ENTER/EXIT ─▶ BridgeEnter/Leave
//   ANSWER ─▶ Newstate Up                                  APP_START/END Queue + queue_log ─▶ QueueCaller…
//   HANGUP ─▶ DialEnd, Hangup; its hangupsource, looked up ahead ─▶ HangupRequest before what it brought about
import type { AmiWorld } from '../ami-world.ts'
import { endpointOf, isMachinery, numberInDialString, otherHalfOf } from '../endpoints.ts'
import { type CelCalls, type CelChannel, celCallsOf } from './cel-calls.ts'
import type { CelRow, QueueLogRow, TimeRange } from './gap-source.ts'
import { findHangupRequests, TOGETHER_MS } from './hangup-requests.ts'
import { queueOutcomeOf, wasLetIn } from './queue-outcomes.ts'
import { type RetoldMessage, retold } from './retold-message.ts'

export interface CelGap extends TimeRange {
  /** May a channel that nobody knows have begun in this row, as far as its call goes? */
  mayBegin(row: CelRow): boolean
}

/** AMI stamps a message up to so long after CEL did; what it stamped before it fell silent has been heard. */
const STAMP_LAG_MS = 2
/** What was heard already may be told again without harm, but for keys: AMI stamps them a little before CEL does. */
const DTMF_LAG_MS = -0.3
const MENU = new Set(['BackGround', 'WaitExten', 'Read'])

/** @param rows in order of time; those before the gap only help to understand */
export function retellCel(
  world: AmiWorld,
  rows: readonly CelRow[],
  queueLog: readonly QueueLogRow[] | null,
  gap: CelGap,
): RetoldMessage[] {
  const calls = celCallsOf(world, rows)
  const told: RetoldMessage[] = []
  const begun = new Set<string>()
  /** Calls whose menu has been told, by linked id. */
  const inMenu = new Set<string>()
  /** Channels of agents who have handed the customer over: what CEL says they run then is what she ran. */
  const handedOver = new Set<string>()
  const requests = findHangupRequests(calls, rows, queueLog)

  function isNews(uniqueid: string, at: number, lagMs = STAMP_LAG_MS): boolean {
    if (world.gone.has(uniqueid)) return false
    const known = world.channels.get(uniqueid)
    return known ? at > known.heardAt - lagMs : begun.has(uniqueid)
  }

  for (const row of rows) {
    const channel = calls.channels.get(row.uniqueid)
    if (!channel || isMachinery(channel.name)) continue
    if (row.event === 'CHAN_START' && gap.mayBegin(row)) begun.add(row.uniqueid)
    if (row.at <= gap.to && isNews(row.uniqueid, row.at, row.event === 'DTMF' ? DTMF_LAG_MS : STAMP_LAG_MS))
      tellRow(row, channel)
    calls.follow(row)
  }
  for (const { channel, at, cause } of requests) {
    if (at > gap.to || !isNews(channel.uniqueid, at)) continue
    told.push(retold('HangupRequest', at, { ...namesOf(channel), Cause: cause }))
  }
  return told.sort((a, b) => a.at - b.at)

  function tellRow(row: CelRow, channel: CelChannel): void {
    const { at } = row
    const say = (event: string, fields: Record<string, string> = {}) =>
      told.push(retold(event, at, { ...namesOf(channel), ...fields }))
    switch (row.event) {
      case 'CHAN_START':
        begin(row, channel)
        return
      case 'ANSWER':
        say('Newstate', { ChannelStateDesc: 'Up' })
        return
      case 'APP_START':
        if (handedOver.has(row.uniqueid)) return
        tellMenu(row, channel)
        if (row.application === 'MixMonitor') say('MixMonitorStart')
        if (row.application === 'Queue') tellQueue(row, channel)
        return
      case 'APP_END':
        if (row.application === 'Queue') tellQueueEnd(row, channel)
        return
      case 'DTMF':
        tellMenu(row, channel)
        if (row.detail !== 'Sent') say('DTMFEnd', { Digit: row.extra['digit'] ?? '', Direction: 'Received' })
        return
      case 'BRIDGE_ENTER':
      case 'BRIDGE_EXIT':
        say(row.event === 'BRIDGE_ENTER' ? 'BridgeEnter' : 'BridgeLeave', {
          BridgeUniqueid: bridgeOf(row),
          BridgeTechnology: row.extra['bridge_technology'] ?? '',
          BridgeCreator: row.application === 'ConfBridge' ? 'ConfBridge' : '',
        })
        return
      case 'STREAM_BEGIN':
      case 'STREAM_END':
        if (row.detail === 'MOH_STREAM_BEGIN' || calls.isHeld(row.uniqueid)) tellHold(row)
        return
      case 'BLINDTRANSFER':
        told.push(
          retold('BlindTransfer', at, {
            Result: 'Success',
            TransfererUniqueid: row.uniqueid,
            TransfereeUniqueid: row.extra['transferee_channel_uniqueid'] ?? '',
            Extension: row.extra['extension'] ?? '',
          }),
        )
        return
      case 'ATTENDEDTRANSFER':
        handedOver.add(row.uniqueid).add(row.extra['channel2_uniqueid'] ?? '')
        told.push(
          retold('AttendedTransfer', at, {
            Result: 'Success',
            OrigTransfererUniqueid: row.uniqueid,
            SecondTransfererUniqueid: row.extra['channel2_uniqueid'] ?? '',
            TransfereeUniqueid: row.extra['transferee_channel_uniqueid'] ?? '',
            TransferTargetUniqueid: row.extra['transfer_target_channel_uniqueid'] ?? '',
          }),
        )
        return
      case 'HANGUP':
        endLeg(row, channel)
        say('Hangup', { Cause: row.extra['hangupcause'] ?? '0' })
        return
    }
  }

  function begin(row: CelRow, channel: CelChannel): void {
    const isDialled = channel.dialled !== null || channel.isOriginated
    told.push(
      retold('Newchannel', row.at, {
        ...namesOf(channel),
        ChannelStateDesc: isDialled ? 'Down' : 'Ring',
        CallerIDNum: row.number,
        CallerIDName: row.name,
        Exten: row.exten,
      }),
    )
    if (!isDialled) return
    const dialler = channel.dialled ? calls.channels.get(channel.dialled.by) : undefined
    const open = dialler?.open
    const dest = {
      DestChannel: channel.name,
      DestUniqueid: channel.uniqueid,
      DestLinkedid: channel.linkedid,
      ...(dialler ? namesOf(dialler) : {}),
    }
    if (open?.application === 'Queue') {
      const connect = queueLog?.find(({ event, values }) => event === 'CONNECT' && values[1] === channel.uniqueid)
      told.push(
        retold('AgentCalled', row.at, {
          ...dest,
          Queue: open.queue,
          Interface: endpointOf(channel.name),
          // To whom a member's phone forwards the call, queue_log gives the member's name.
          MemberName: isForwardedTo(row, dialler) ? '' : (connect?.member ?? ''),
        }),
      )
    }
    told.push(
      retold('DialBegin', row.at, {
        ...dest,
        CallerIDNum: dialler?.number ?? '',
        DialString: dialStringOf(channel, open?.data ?? ''),
      }),
    )
  }

  /** FORWARD, of whoever dials, follows the beginning of the channel that is dialled instead (measured: within 2 ms). */
  function isForwardedTo(start: CelRow, dialler: CelChannel | undefined): boolean {
    const rows = calls.byCall.get(start.linkedid) ?? []
    return rows.some(
      (row) =>
        row.event === 'FORWARD' &&
        row.uniqueid === dialler?.uniqueid &&
        row.extra['forward'] === start.exten &&
        Math.abs(row.at - start.at) < TOGETHER_MS,
    )
  }

  /** The dialplan's mark went by unheard: the customer is in a menu from the first of its applications on. */
  function tellMenu(row: CelRow, channel: CelChannel): void {
    const isMenu = channel.uniqueid === channel.linkedid && !channel.isOriginated && MENU.has(row.application)
    if (!isMenu || inMenu.has(row.linkedid) || world.channels.get(row.uniqueid)?.call?.ivrTold) return
    inMenu.add(row.linkedid)
    told.push(retold('UserEvent', row.at, { ...namesOf(channel), UserEvent: 'CCFlow', Step: 'ivr' }))
  }

  function tellQueue(row: CelRow, channel: CelChannel): void {
    const queue = row.data.split(',', 1)[0] ?? ''
    if (wasLetIn(calls, row, queue, queueLog)) {
      told.push(retold('QueueCallerJoin', row.at, { ...namesOf(channel), Queue: queue }))
      return
    }
    const mark = { UserEvent: 'CCFlow', Step: 'queue-end', Node: queue, Status: 'JOINEMPTY' }
    told.push(retold('UserEvent', row.at, { ...namesOf(channel), ...mark }))
  }

  function tellQueueEnd(row: CelRow, channel: CelChannel): void {
    const queue = row.data.split(',', 1)[0] ?? ''
    const fields = { ...namesOf(channel), Queue: queue }
    const tellMark = (Status: string) =>
      told.push(retold('UserEvent', row.at, { ...fields, UserEvent: 'CCFlow', Step: 'queue-end', Status }))
    switch (queueOutcomeOf(row, queue, queueLog)) {
      case 'left-empty':
        tellMark('LEAVEEMPTY')
        return
      case 'timeout':
        tellMark('TIMEOUT')
        return
      case 'moved':
        told.push(retold('QueueCallerLeave', row.at, fields))
        return
      case 'over':
        // Of a caller who was answered, or never let in, the model knows that she no longer waits.
        told.push(retold('QueueCallerAbandon', row.at, fields))
        return
    }
  }

  /** Who hears music in a bridge is held by the one with whom she shares it. */
  function tellHold(row: CelRow): void {
    const other = calls.partnerOf(row.uniqueid)
    // Music that ends because its hearer leaves is nobody coming back to her.
    if (row.event === 'STREAM_END' && calls.leavesAt(row.uniqueid, row.at)) return
    if (!other || !isNews(other.uniqueid, row.at)) return
    told.push(retold(row.event === 'STREAM_BEGIN' ? 'Hold' : 'Unhold', row.at, namesOf(other)))
  }

  /** A leg that was dialled and never answered: how its dial ended. */
  function endLeg(row: CelRow, channel: CelChannel): void {
    if (!channel.dialled || channel.isUp || world.channels.get(channel.uniqueid)?.up) return
    const DialStatus = dialStatusOf(row, channel)
    const dest = { DestChannel: channel.name, DestUniqueid: channel.uniqueid, DestLinkedid: channel.linkedid }
    told.push(retold('DialEnd', row.at, { ...dest, DialStatus }))
    if (DialStatus === 'NOANSWER') told.push(retold('AgentRingNoAnswer', row.at, dest))
  }

  function dialStatusOf(row: CelRow, channel: CelChannel): string {
    const cause = Number(row.extra['hangupcause'] ?? 0)
    if (cause === 17) return 'BUSY'
    if (cause === 26) return 'CANCEL'
    const dialler = channel.dialled ? calls.channels.get(channel.dialled.by) : undefined
    const gaveUp = requests.some(
      (request) =>
        request.channel !== channel &&
        request.at <= row.at &&
        row.at - request.at < TOGETHER_MS &&
        isCaller(request.channel, channel),
    )
    if (gaveUp) return 'CANCEL'
    // A queue that gives up a member says that she did not answer, also where its own time is over.
    if (dialler?.open?.application === 'Queue') return 'NOANSWER'
    const status = dialler?.dialStatus ?? ''
    return /^(CONGESTION|CHANUNAVAIL|BUSY)$/.test(status) ? status : 'NOANSWER'
  }
}

function isCaller(caller: CelChannel, leg: CelChannel): boolean {
  return caller.uniqueid === leg.dialled?.by || caller.uniqueid === leg.linkedid
}

function namesOf(channel: CelChannel): Record<string, string> {
  return { Channel: channel.name, Uniqueid: channel.uniqueid, Linkedid: channel.linkedid }
}

/** A CEL without its `extra` column knows no bridges: those of a call who are in one are in the same. */
function bridgeOf(row: CelRow): string {
  return row.extra['bridge_id'] ?? `cel-${row.linkedid}`
}

/** The part of Dial's list that reaches this channel: `PJSIP/13800138000@customers&PJSIP/1001,30` → the first for PJSIP/customers-… */
function dialStringOf(channel: CelChannel, data: string): string {
  const endpoint = endpointOf(channel.name)
  const resource = endpoint.slice(endpoint.indexOf('/') + 1)
  const all = (data.split(',', 1)[0] ?? '').split('&')
  const own = all.find((one) => one === endpoint || one.endsWith(`@${resource}`) || one.startsWith(`${endpoint}/`))
  const dialled = own ?? (all.length === 1 ? (all[0] ?? '') : '')
  if (otherHalfOf(channel.name) !== null) return endpoint
  const number = dialled === '' ? null : numberInDialString(dialled)
  return number ?? channel.reachedNumber
}

export type { CelCalls }
