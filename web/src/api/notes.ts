// The questions the console asks about notes on calls.
import { queryOptions } from '@tanstack/react-query'
import type { NoteJson } from '../../../src/notes/note-routes.ts'
import { ask } from './client.ts'

export type { NoteJson }

export interface WrittenNote {
  text: string
  tags: string[]
  /** Which moment of the call it speaks of, ms since its start; null: of the whole. */
  offsetMs: number | null
}

export function notesQuery(callId: string) {
  return queryOptions({
    queryKey: ['notes', callId],
    queryFn: ({ signal }) => ask<{ items: NoteJson[] }>(notesPath(callId), { signal }),
    staleTime: 0,
    gcTime: 60_000,
  })
}

export const noteTagsQuery = queryOptions({
  queryKey: ['note-tags'],
  queryFn: ({ signal }) => ask<{ items: string[] }>('/note-tags', { signal }),
  staleTime: 60_000,
})

export function addNote(callId: string, note: WrittenNote): Promise<NoteJson> {
  return ask(notesPath(callId), { method: 'POST', body: note })
}

export function changeNote(note: NoteJson, written: WrittenNote): Promise<NoteJson> {
  return ask(`${notesPath(note.callId)}/${note.id}`, { method: 'PUT', body: written })
}

export function removeNote(note: NoteJson): Promise<void> {
  return ask(`${notesPath(note.callId)}/${note.id}`, { method: 'DELETE' })
}

function notesPath(callId: string): string {
  return `/calls/${encodeURIComponent(callId)}/notes`
}
