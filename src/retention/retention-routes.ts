// Retention over HTTP: the policy and how things stand, what a policy would do, and a sweep now. Managers look and
// rehearse, administrators change.
import { clockIn } from '../calls/instant.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import { actorOf } from '../receipts/receipt.ts'
import { checkPolicy } from './policy.ts'
import type { Retention } from './retention.ts'
import { rehearsalToJson, sweepToJson } from './retention-json.ts'
import { changePolicy, rehearsePolicy, retentionState, type StateNeeds } from './retention-state.ts'

export interface RetentionRoutesNeeds extends StateNeeds {
  retention: Pick<Retention, 'sweepNow' | 'lastSweep' | 'note' | 'awayBecause'>
}

/** How long a request waits for its sweep; what is left is done behind it. */
const SWEEP_ANSWER_MS = 60_000
const tags = ['retention']
/** Checked by checkPolicy, whose refusals name field and bounds. */
const body = {
  description: 'A policy: `capacityBytes`, `ageDays`, `minFreeBytes`, `skillGroups`; null or left out: off',
}

export function retentionRoutes(needs: RetentionRoutesNeeds): RouteSet {
  const { retention, timeZone } = needs
  const { write } = clockIn(timeZone)
  const state = (instance: string) =>
    retentionState(needs, instance, {
      lastSweep: retention.lastSweep(instance),
      awayBecause: (storage) => retention.awayBecause(storage),
    })
  return (app) => {
    app.get(
      '/api/v1/retention',
      {
        config: { needs: 'retention:read' },
        schema: { summary: 'How long recordings are kept, what is there, what comes in', tags },
      },
      async (request) => state(principalOf(request).instance),
    )

    app.put(
      '/api/v1/retention',
      {
        config: { needs: 'retention:write' },
        schema: { summary: 'Set the whole policy', tags, ...body },
      },
      async (request) => {
        const principal = principalOf(request)
        const { instance } = principal
        await changePolicy(needs, { instance, policy: checkPolicy(request.body), actor: actorOf(principal) })
        retention.note(instance)
        return state(instance)
      },
    )

    app.post(
      '/api/v1/retention/rehearsal',
      {
        config: { needs: 'retention:read' },
        schema: {
          summary: 'What a policy would delete now and in the next seven days; nothing is done',
          tags,
          ...body,
        },
      },
      async (request) => {
        const policy = checkPolicy(request.body)
        return rehearsalToJson(policy, await rehearsePolicy(needs, principalOf(request).instance, policy), write)
      },
    )

    app.post(
      '/api/v1/retention/sweep',
      {
        config: { needs: 'retention:write' },
        schema: { summary: 'Delete now what the policy says; `complete: false`: the rest follows by itself', tags },
      },
      async (request) => {
        const principal = principalOf(request)
        const until = AbortSignal.timeout(SWEEP_ANSWER_MS)
        const result = await retention.sweepNow(principal.instance, actorOf(principal), until)
        if (!result.complete) retention.note(principal.instance)
        return sweepToJson(result, write)
      },
    )
  }
}
