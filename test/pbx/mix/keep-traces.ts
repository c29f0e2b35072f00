// Writes what the PBX said about played calls as traces, in the form of test/traces/asterisk: AMI, CEL, CDR, queue_log, and
// what the record should be, in the phones' words. Called by run-mix.ts for plays with a disagreement, or on request.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCelAndCdr } from '../asterisk/pbx.ts'
import type { AmiTape } from './ami-tape.ts'
import type { Compared } from './mix.ts'
import { describeCompared } from './report.ts'
import type { Expected } from './story.ts'

const FOLDER = join(import.meta.dirname, '../../../test-artefacts/pbx')

/** `calls`: of any number of plays. Gives the folder, null when there are none. */
export function keepTraces(calls: readonly Compared[], { seed, tape }: { seed: number; tape: AmiTape }): string | null {
  if (calls.length === 0) return null
  const folder = join(FOLDER, `mix-${seed}`)
  const { cel, cdr } = readCelAndCdr()
  for (const n of new Set(calls.map(({ seen }) => seen.n))) {
    const own = calls.filter(({ seen }) => seen.n === n)
    const play = own[0]?.seen.play ?? ''
    const ids = own.flatMap(({ expected, call }) => (call ? idsOf(call) : tape.idsOf(expected?.number ?? '')))
    const into = join(folder, `${String(n).padStart(3, '0')}-${play.replaceAll(/[^a-z0-9]+/gi, '-')}`)
    mkdirSync(into, { recursive: true })
    const messages = tape.cut(ids)
    writeFileSync(join(into, 'ami.jsonl'), messages)
    writeFileSync(join(into, 'cel.csv'), rowsOf(cel, 4, ids))
    writeFileSync(join(into, 'cdr.csv'), rowsOf(cdr, 2, ids))
    writeFileSync(join(into, 'queue_log'), own.flatMap(({ rows }) => rows.map((row) => `${row.line}\n`)).join(''))
    writeFileSync(join(into, 'story.txt'), own.map((one) => `${describeCompared(one)}\n`).join(''))
    const scenario = {
      scenario: play,
      about: '',
      expect: { calls: own.map(expectOf) },
      events: messages.split('\n').length - 1,
    }
    writeFileSync(join(into, 'scenario.json'), `${JSON.stringify(scenario, null, 1)}\n`)
  }
  return folder
}

function idsOf(call: NonNullable<Compared['call']>): string[] {
  return [...new Set([call.id, ...call.steps.map((step) => step.mergedFrom)])].filter((id) => id !== null)
}

/** The rows of a file of quoted values whose column `column` is one of `ids`. */
function rowsOf(text: string, column: number, ids: readonly string[]): string {
  return text
    .split('\n')
    .filter((line) => ids.includes(line.slice(1, -1).split('","')[column] ?? ''))
    .map((line) => `${line}\n`)
    .join('')
}

const TYPES: Record<string, string> = { 'back-to-back': 'double', 'virtual-number': 'virtual' }
const REASONS: Record<string, string> = {
  'not-connected': 'not_connected',
  'abandoned-in-ivr': 'ivr_abandon',
  'abandoned-in-queue': 'queue_abandon',
  'abandoned-while-ringing': 'ring_abandon',
  'queue-timeout': 'queue_timeout',
  'transferred-external': 'to_external',
}
const CAUSES: Record<string, string> = {
  'no-answer': 'no answer',
  'invalid-number': 'unallocated number',
  network: 'congestion',
  'caller-cancelled': 'cancelled by the agent',
  'agent-unavailable': 'agent did not answer',
}

/** In the words of test/traces/asterisk/README.md. */
function expectOf({ expected }: Compared): Record<string, unknown> {
  if (expected === null) return {}
  const { type, hangupReason, notConnectedCause, skillGroup, skillGroups, keys, customer, dialled } = expected
  const agents = Object.entries(expected.agents).flatMap(([agent, talked]) => (talked ? [agent] : []))
  return {
    type: TYPES[type] ?? type,
    ...(customer === null ? {} : { customer }),
    ...(type === 'inbound' ? { did: dialled } : {}),
    hangup: REASONS[hangupReason] ?? hangupReason,
    ...(notConnectedCause ? { why: CAUSES[notConnectedCause] ?? notConnectedCause } : {}),
    by: expected.releasedBy,
    agent: expected.agentAmong[0] ?? null,
    agents: type === 'internal' ? undefined : agents,
    ...(skillGroup === null ? {} : { skill: skillGroup, skills: skillGroups }),
    ...(keys.length > 0 ? { keys } : {}),
    ...otherOf(expected),
  }
}

function otherOf({ type, dialled }: Expected): Record<string, unknown> {
  return type === 'internal' ? { other: dialled } : {}
}
