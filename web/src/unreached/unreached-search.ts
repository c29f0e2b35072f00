// What is asked of the list of unreached customers, as it stands in the address and as the API is asked. Pure.
export const DAY_CHOICES = [1, 3, 7, 30] as const
const USUAL_DAYS = 7

export interface UnreachedChoice {
  days: number
  skillGroups: string[]
  /** Whoever left in the IVR counts too. */
  withIvr: boolean
  order: 'waiting' | 'latest'
}

export function readChoice(params: URLSearchParams, windowDays: number): UnreachedChoice {
  const days = DAY_CHOICES.find((each) => String(each) === params.get('days')) ?? USUAL_DAYS
  return {
    days: Math.min(days, windowDays),
    skillGroups: [...new Set(params.getAll('skillGroup'))].filter((id) => id !== '').slice(0, 50),
    withIvr: params.get('ivr') === '1',
    order: params.get('order') === 'latest' ? 'latest' : 'waiting',
  }
}

export function writeChoice({ days, skillGroups, withIvr, order }: UnreachedChoice): URLSearchParams {
  const params = new URLSearchParams()
  if (days !== USUAL_DAYS) params.set('days', String(days))
  for (const id of skillGroups) params.append('skillGroup', id)
  if (withIvr) params.set('ivr', '1')
  if (order !== 'waiting') params.set('order', order)
  return params
}

/** The query of GET /unreached. */
export function criteriaOf({ days, skillGroups, withIvr, order }: UnreachedChoice): string {
  const params = new URLSearchParams({ days: String(days), order })
  for (const id of skillGroups) params.append('skillGroup', id)
  if (withIvr) {
    for (const reason of ['abandoned-in-queue', 'abandoned-while-ringing', 'queue-timeout', 'abandoned-in-ivr'])
      params.append('reason', reason)
  }
  return params.toString()
}

/** What the number beside the page's name counts. */
export function usualCriteria(windowDays: number): string {
  return criteriaOf(readChoice(new URLSearchParams(), windowDays))
}
