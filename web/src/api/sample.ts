// Sample calls: filling them in, looking at them, removing them.
import { queryOptions } from '@tanstack/react-query'
import type { SampleJson } from '../../../src/sample/sample-routes.ts'
import type { Language } from '../i18n/first-language.ts'
import { ask } from './client.ts'

const WHILE_BUSY_MS = 700

export const sampleQuery = queryOptions({
  queryKey: ['sample'],
  queryFn: ({ signal }) => ask<SampleJson>('/sample', { signal }),
  refetchInterval: ({ state: { data } }) =>
    data?.state === 'filling' || data?.state === 'removing' ? WHILE_BUSY_MS : false,
})

/** @throws ApiProblem sample-busy */
export async function fillSample(language: Language): Promise<void> {
  await ask('/sample', { method: 'POST', body: { language } })
}

/** Everything is gone when it resolves. */
export async function removeSample(): Promise<void> {
  await ask('/sample', { method: 'DELETE' })
}

/** From here on this session looks at sample calls, or at its own. @throws ApiProblem sample-absent */
export async function showSample(shown: boolean): Promise<void> {
  await ask('/session/sample', { method: 'PUT', body: { shown } })
}
