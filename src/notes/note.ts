// A note: what somebody wrote to a call, with tags, perhaps at a moment of it. Calls are derived from events and can be
// derived again; notes are people's own words, so they lie beside the call and are never touched by that.

import type { CallSummary } from '../calls/call.ts'

export interface Note {
  instance: string
  id: string
  /** The call it was written to; after a merge it is shown with the call that this one became part of. */
  callId: string
  /** Which moment of the call it speaks of, ms since the call's start; null: of the whole. */
  offsetMs: number | null
  text: string
  tags: string[]
  /** Name of the account that wrote it, as it was then. */
  author: string
  /** User id; only she may change what she wrote. */
  authorId: string
  at: number
  /** When it was changed last; null: never. */
  editedAt: number | null
}

/** A call whose tags have become others. */
export interface TagChange {
  /** With the tags it has now, and a new change number. */
  call: CallSummary
  /** The tags it had. */
  before: string[]
}

export const NOTE_LIMITS = {
  notesOfCall: 200,
  textCharacters: 2_000,
  tagsOfNote: 8,
  tagCharacters: 32,
  /** Tags offered while one is being typed: those used last. */
  tagsOffered: 50,
} as const

/** Tags as they are kept: trimmed, inner white space single, none twice (case aside), none empty. */
export function tidyTags(tags: readonly string[]): string[] {
  const seen = new Map<string, string>()
  for (const tag of tags) {
    const tidy = tag.trim().replace(/\s+/gu, ' ')
    const key = tidy.toLocaleLowerCase('en')
    if (tidy !== '' && !seen.has(key)) seen.set(key, tidy)
  }
  return [...seen.values()]
}
