// The mix's result for people: figures, and every disagreement with both stories side by side. Called by run-mix.ts and
// scenarios.ts.
import type { CallDetailJson } from '../../../src/calls/call-json.ts'
import type { Interruption } from './interruptions.ts'
import type { Compared, MixResult, Seen } from './mix.ts'
import { describeRow } from './queue-log.ts'
import type { Leg } from './witness.ts'

export function describeMix(result: MixResult, seed: number): string {
  const { played, compared, disagreements, explained, phonesLateMs } = result
  const names = new Map<string, number>()
  for (const { play } of played) names.set(play, (names.get(play) ?? 0) + 1)
  const troubled = played.filter((seen) => seen.trouble !== null)
  return [
    ...[...names].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${String(count).padStart(5)} × ${name}`),
    `${played.length} plays, ${compared.filter(({ expected }) => expected !== null).length} calls seen by the phones, ${compared.filter(({ call }) => call !== null).length} records, seed ${seed}:`,
    `${disagreements.length} disagreements, and ${explained.length} that lateness of the phones (at most ${phonesLateMs} ms) or of the PBX explains`,
    ...troubled.map((seen) => `#${seen.n} ${seen.play}: the play did not go on: ${seen.trouble}`),
    ...explained.map(describeCompared),
    ...disagreements.map(describeCompared),
  ].join('\n')
}

export function describeCompared({ seen, expected, call, rows, differences }: Compared): string {
  const title = call === null ? 'no record of it' : seen.n < 0 ? 'a record of a call that no phone saw' : ''
  const lines = [
    `#${seen.n} ${seen.play} ${expected?.number ?? call?.caller ?? ''} ${call?.id ?? ''} ${title}`,
    ...differences.map(
      ({ field, seen: phones, recorded, explanation }) =>
        `   ✗ ${field}: seen ${JSON.stringify(phones)}, recorded ${JSON.stringify(recorded)}${explanation === null ? '' : ` (${explanation})`}`,
    ),
    ...storyLines(seen).map((line) => `   phones    ${line}`),
    ...rows.map((row) => `   queue_log ${describeRow(row)}`),
    ...(call ? recordLines(call).map((line) => `   record    ${line}`) : []),
  ]
  return `\n${lines.join('\n')}`
}

function storyLines({ legs, notes, trouble }: Seen): string[] {
  const said: [number, string][] = []
  for (const leg of legs) {
    const who = `${leg.side} ${leg.number}`
    said.push([leg.beganAt, leg.direction === 'out' ? `${who} calls ${leg.other}` : `${who} is called by ${leg.other}`])
    if (leg.rangAt !== null) said.push([leg.rangAt, `${who} rings`])
    if (leg.answeredAt !== null)
      said.push([leg.answeredAt, `${who} ${leg.direction === 'in' ? 'answers' : 'is answered'}`])
    for (const { at, act, to } of leg.acts) said.push([at, `${who}: ${act} ${to ?? ''}`])
    if (leg.endedAt !== null) said.push([leg.endedAt, `${who} ${endOf(leg)}`])
  }
  for (const note of notes) {
    said.push([note.at, [note.what, 'by' in note ? note.by : '', 'to' in note ? `→ ${note.to}` : ''].join(' ')])
    if (note.what === 'consultation' && note.joinedAt !== null) said.push([note.joinedAt, 'handed over'])
  }
  const lines = said.sort((a, b) => a[0] - b[0]).map(([at, text]) => `${clockOf(at)} ${text}`)
  return trouble === null ? lines : [...lines, `(${trouble})`]
}

function endOf(leg: Leg): string {
  if (leg.refusedWith !== null)
    return leg.direction === 'in' ? `refuses: ${leg.refusedWith}` : `is told ${leg.refusedWith}`
  return leg.endedBy === 'us' ? 'hangs up' : 'is hung up'
}

function recordLines(call: CallDetailJson): string[] {
  const { type, hangupReason, notConnectedCause, releasedBy, caller, callee, answeredAt } = call
  return [
    JSON.stringify({
      type,
      hangupReason,
      notConnectedCause,
      releasedBy,
      caller,
      callee,
      answeredAt,
      rule: call.reasonBecause?.rule,
    }),
    ...call.steps.map((step) => {
      const { agent, skillGroup, number, key, outcome, by, transfer, mergedFrom, remark } = step
      const said = [
        agent?.id,
        skillGroup?.id,
        number,
        key,
        outcome,
        by,
        transfer && JSON.stringify(transfer),
        mergedFrom,
        remark,
      ]
      return `${clockOf(Date.parse(step.at))} ${step.type} ${said.filter(Boolean).join(' ')}`
    }),
  ]
}

export function describeInterruption({ kind, from, until, to }: Interruption): string {
  return `${kind} from ${clockOf(from)} to ${clockOf(until)}, listening again by ${clockOf(to)}`
}

function clockOf(ms: number): string {
  return new Date(ms).toISOString().slice(14, 23)
}
