// `callbook retention`: how long recordings are kept, straight in the store, beside a running server or without one.
import { clockIn } from '../calls/instant.ts'
import { DEFAULT_INSTANCE, limits, readConfig } from '../config.ts'
import { AppError } from '../errors.ts'
import { Ingest } from '../ingest/ingest.ts'
import { openStorages } from '../recordings/storage/storages.ts'
import { checkPolicy, KEEP_EVERYTHING, type RetentionPolicy } from '../retention/policy.ts'
import type { Rehearsal, RetentionWarning } from '../retention/rehearsal.ts'
import { type RetentionJson, rehearsalToJson, sweepToJson } from '../retention/retention-json.ts'
import { changePolicy, rehearsePolicy, retentionState } from '../retention/retention-state.ts'
import { sweep } from '../retention/sweep.ts'
import { takeTurns } from '../retention/turns.ts'
import type { Store } from '../store/store.ts'
import { readBytes, writeBytes } from './amounts.ts'
import { moveSpool } from './moving.ts'
import { printJson, printLine, printTable, say } from './print.ts'
import { startProgress } from './progress.ts'
import { withStore } from './with-store.ts'

/** How the command line acts, as receipts name it. */
const ACTOR = 'command-line'

interface Options {
  instance?: string
  json?: boolean
}

export interface PolicyOptions extends Options {
  capacity?: string
  days?: string
  minFree?: string
  /** `sales:days=90,capacity=100GB`, each. */
  skillGroup?: string[]
}

export async function runRetentionShow({ instance = DEFAULT_INSTANCE, json }: Options): Promise<void> {
  await withRetention(async (needs) => {
    const state = await retentionState(needs, instance)
    if (json) printJson(state)
    else printState(state)
  })
}

/** Changes the limits that are named and leaves the others. */
export async function runRetentionSet({ instance = DEFAULT_INSTANCE, json, ...options }: PolicyOptions): Promise<void> {
  await withRetention(async (needs) => {
    const policy = changedPolicy(await policyOf(needs.store, instance), options)
    await changePolicy(needs, { instance, policy, actor: ACTOR })
    const state = await retentionState(needs, instance)
    if (json) printJson(state)
    else {
      printState(state)
      say('A running server keeps to it within a minute; `callbook retention sweep` does it now.')
    }
  })
}

/** What the policy, with the limits named here in place of its own, would do. */
export async function runRetentionRehearse({
  instance = DEFAULT_INSTANCE,
  json,
  ...options
}: PolicyOptions): Promise<void> {
  await withRetention(async (needs) => {
    const policy = changedPolicy(await policyOf(needs.store, instance), options)
    const rehearsal = await rehearsePolicy(needs, instance, policy)
    const { write } = clockIn(needs.timeZone)
    if (json) printJson(rehearsalToJson(policy, rehearsal, write))
    else printRehearsal(rehearsal, (at) => write(at).slice(0, 16))
  })
}

export async function runRetentionSweep({ instance = DEFAULT_INSTANCE, json }: Options): Promise<void> {
  await withRetention(async (needs) => {
    const { write } = clockIn(needs.timeZone)
    const ingest = new Ingest({ calls: needs.store.calls, publish: () => {}, limits })
    const { now: due } = await rehearsePolicy(needs, instance, await policyOf(needs.store, instance))
    let removed = 0
    const progress = startProgress(() => ({
      part: due.recordings === 0 ? 1 : removed / due.recordings,
      text: `${removed} of ${due.recordings} recordings`,
    }))
    const stop = new AbortController()
    const onSignal = () => stop.abort()
    process.once('SIGINT', onSignal)
    try {
      const marked = (n: number) => {
        removed += n
      }
      const result = await sweep({ ...needs, ingest, inTurn: takeTurns(), marked }, instance, {
        actor: ACTOR,
        signal: stop.signal,
      })
      progress.end()
      if (json) return printJson(sweepToJson(result, write))
      for (const { rule, recordings, bytes } of result.byRule)
        printLine(`${rule}: ${recordings} recordings, ${writeBytes(bytes)}`)
      say(`${result.recordings} recordings deleted, ${writeBytes(result.bytes)}.`)
      if (!result.complete) say('Stopped; run it again, or let the server go on.')
    } finally {
      progress.end()
      process.off('SIGINT', onSignal)
    }
  })
}

function withRetention(
  work: (needs: {
    store: Store
    storages: ReturnType<typeof openStorages>
    timeZone: string
    now(): number
  }) => Promise<void>,
): Promise<void> {
  const config = readConfig()
  // Nothing is put: files are only removed.
  const storages = openStorages(config, moveSpool(config))
  return withStore((store, { timeZone }) => work({ store, storages, timeZone, now: Date.now }))
}

async function policyOf(store: Store, instance: string): Promise<RetentionPolicy> {
  return (await store.retention.retentionPolicy(instance))?.policy ?? KEEP_EVERYTHING
}

/** @throws AppError retention-invalid */
function changedPolicy(
  before: RetentionPolicy,
  { capacity, days, minFree, skillGroup = [] }: PolicyOptions,
): RetentionPolicy {
  const groups = new Map(before.skillGroups.map((group) => [group.id, group]))
  for (const text of skillGroup) {
    const [, id = '', limitsText = ''] = /^(.+?)(?::([^:]*))?$/.exec(text) ?? []
    if (limitsText === '') {
      groups.delete(id)
      continue
    }
    const limits = new Map(limitsText.split(',').map((one) => one.split('=', 2) as [string, string | undefined]))
    for (const name of limits.keys())
      if (name !== 'days' && name !== 'capacity') throw refused(`--skill-group ${text}`, 'has days= and capacity=')
    const [ageText, sizeText] = [limits.get('days'), limits.get('capacity')]
    groups.set(id, {
      id,
      ...(ageText !== undefined && { ageDays: daysOf(`--skill-group ${text}`, ageText) }),
      ...(sizeText !== undefined && { capacityBytes: bytesOf(`--skill-group ${text}`, sizeText) }),
    })
  }
  return checkPolicy({
    capacityBytes: capacity === undefined ? before.capacityBytes : bytesOf('--capacity', capacity),
    ageDays: days === undefined ? before.ageDays : daysOf('--days', days),
    minFreeBytes: minFree === undefined ? before.minFreeBytes : bytesOf('--min-free', minFree),
    skillGroups: [...groups.values()],
  })
}

function bytesOf(field: string, text: string): number | null {
  const bytes = readBytes(text)
  if (bytes === undefined) throw refused(field, 'is a size such as 500GB or 1.5TB, or off')
  return bytes
}

function daysOf(field: string, text: string): number | null {
  if (text === 'off') return null
  if (!/^\d{1,6}$/.test(text)) throw refused(field, 'is a whole number of days, or off')
  return Number(text)
}

function refused(field: string, said: string): AppError {
  return new AppError('retention-invalid', { field, detail: `${field} ${said}` })
}

function printState(state: RetentionJson): void {
  const { use, inflow } = state
  printTable(
    ['limit', 'set to', 'now'],
    [
      ['capacity', writeBytes(state.capacityBytes), writeBytes(use.bytes)],
      ['age', state.ageDays === null ? 'off' : `${state.ageDays} days`, ''],
      ['free disk', writeBytes(state.minFreeBytes), use.freeBytes === null ? 'not known' : writeBytes(use.freeBytes)],
      ...state.skillGroups.map(({ id, ageDays, capacityBytes }) => [
        `group ${id}`,
        [
          ageDays === undefined ? '' : ageDays === null ? 'no age' : `${ageDays} days`,
          capacityBytes === undefined || capacityBytes === null ? '' : writeBytes(capacityBytes),
        ]
          .filter((text) => text !== '')
          .join(', '),
        writeBytes(use.skillGroups.find(({ skillGroup }) => skillGroup === id)?.bytes ?? 0),
      ]),
    ],
  )
  say(`${use.recordings} recordings, ${use.heldRecordings} of them held (${writeBytes(use.heldBytes)}).`)
  if (inflow) say(`${writeBytes(inflow.bytesPerDay)} a day come in, by the last ${inflow.days.toFixed(1)} days.`)
  for (const { storage, recordings, bytes } of state.filesDue)
    say(
      `! The files of ${recordings} deleted recordings (${writeBytes(bytes)}) lie in ${storage}, which is not configured.`,
    )
  if (state.fullAt) say(`At this inflow the capacity is used up at ${state.fullAt.slice(0, 16)}.`)
}

function printRehearsal(rehearsal: Rehearsal, write: (at: number) => string): void {
  const { now, held, days, warnings, complete } = rehearsal
  const least = complete ? '' : 'at least '
  printTable(
    ['rule', 'limit', 'recordings', 'bytes'],
    now.byRule.map(({ rule, limit, skillGroup, recordings, bytes }) => [
      skillGroup === null ? rule : `${rule} (${skillGroup})`,
      rule === 'age' ? `${limit} days` : writeBytes(limit),
      String(recordings),
      writeBytes(bytes),
    ]),
  )
  say(`Now: ${least}${now.recordings} recordings, ${writeBytes(now.bytes)}.`)
  if (now.oldest && now.newest)
    say(`From ${write(now.oldest.recording.callStartedAt)} to ${write(now.newest.recording.callStartedAt)}.`)
  if (held.recordings > 0)
    say(
      `${held.recordings} held (${writeBytes(held.bytes)}) stay; ${held.insteadRecordings} (${writeBytes(held.insteadBytes)}) go in their place.`,
    )
  printTable(
    ['day', 'recordings', 'bytes', 'kept'],
    days.map(({ day, recordings, bytes, comingBytes, keptBytes }) => [
      day,
      String(recordings),
      writeBytes(bytes + comingBytes),
      writeBytes(keptBytes),
    ]),
  )
  for (const warning of warnings) say(`! ${warningText(warning)}`)
}

function warningText(warning: RetentionWarning): string {
  switch (warning.code) {
    case 'holds-exceed-capacity': {
      const of = warning.skillGroup === null ? '' : ` of skill group ${warning.skillGroup}`
      return `held recordings${of} alone (${writeBytes(warning.heldBytes)}) are more than ${writeBytes(warning.limit)}: the limit cannot be kept`
    }
    case 'free-space-unreachable':
      return `even without every recording that may go, ${writeBytes(warning.missingBytes)} are missing to the free disk asked for`
    case 'free-space-unknown':
      return 'how much of the disk is free is not known: this limit does nothing'
    case 'capacity-is-short':
      return `the capacity holds ${warning.days.toFixed(1)} days of what comes in`
    default:
      return warning satisfies never
  }
}
