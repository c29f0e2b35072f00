// The questions the console asks about exports.
import { queryOptions } from '@tanstack/react-query'
import type { ExportJson } from '../../../src/exports/export-json.ts'
import type { Language } from '../i18n/first-language.ts'
import { ask } from './client.ts'

export type { ExportJson }

export interface ExportWanted {
  kind: ExportJson['kind']
  /** As the list is asked: the query without its place. */
  criteria: string
  language: Language
  /** Ids; none: all. */
  columns: string[]
  plain: boolean
}

/** How often the server is asked while something is being made. */
const WHILE_RUNNING_MS = 1_000

export const exportsQuery = queryOptions({
  queryKey: ['exports'],
  queryFn: async ({ signal }) => (await ask<{ items: ExportJson[] }>('/exports', { signal })).items,
  refetchInterval: ({ state }) => (state.data?.some(isUnfinished) ? WHILE_RUNNING_MS : false),
})

export function exportColumnsQuery(language: Language) {
  return queryOptions({
    queryKey: ['export-columns', language],
    queryFn: async ({ signal }) =>
      (await ask<{ items: { id: string; name: string }[] }>(`/exports/columns?language=${language}`, { signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function isUnfinished({ state }: ExportJson): boolean {
  return state === 'waiting' || state === 'running'
}

export function beginExport({ kind, criteria, language, columns, plain }: ExportWanted): Promise<ExportJson> {
  const body = { kind, language, columns, plain: plain && kind === 'csv', search: searchOf(criteria) }
  return ask<ExportJson>('/exports', { method: 'POST', body })
}

/** Cancels one that is being made, removes one that has ended. */
export function endExport(id: string): Promise<void> {
  return ask(`/exports/${id}`, { method: 'DELETE' })
}

export function exportFileUrl(id: string): string {
  return `/api/v1/exports/${id}/file`
}

const LISTS = ['agent', 'skillGroup', 'type', 'hangupReason', 'releasedBy']
const YES_NO = ['recorded', 'live']

/** The query of the list as the body of an export wants it. */
function searchOf(criteria: string): Record<string, unknown> {
  const params = new URLSearchParams(criteria)
  const search: Record<string, unknown> = {}
  for (const name of new Set(params.keys())) {
    const value = params.get(name)
    search[name] = LISTS.includes(name) ? params.getAll(name) : YES_NO.includes(name) ? value === 'true' : value
  }
  return search
}
