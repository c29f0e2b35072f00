// Going over to the sample calls and back. Everything on every page belongs to one or the other, so the page begins anew,
// in this tab and in every other.
import { showSample } from '../api/sample.ts'
import { remember } from '../ui/remembered.ts'

/** @throws ApiProblem sample-absent */
export async function lookAtSample(shown: boolean): Promise<void> {
  await showSample(shown)
  beginAnew()
}

export function beginAnew(): void {
  remember('sample', String(Date.now()))
  window.location.assign('/calls')
}
