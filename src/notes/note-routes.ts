// Notes over HTTP: read by whoever may see the call, written under one's own name, changed by the writer alone, removed
// by the writer or an administrator.
import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { maySeeCall, type Principal } from '../access/permissions.ts'
import type { Clock } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { principalOf, type RouteSet } from '../http/app.ts'
import type { Store } from '../store/store.ts'
import { NOTE_LIMITS, type Note, type TagChange, tidyTags } from './note.ts'

export interface NoteRoutesNeeds {
  /** Calls whose tags have become others, after that is on disk. */
  tagsChanged?(instance: string, change: TagChange): void
  store: Pick<Store, 'calls' | 'notes'>
  clock: Clock
  now(): number
}

export interface NoteJson extends Omit<Note, 'instance' | 'authorId' | 'at' | 'editedAt'> {
  at: string
  editedAt: string | null
  /** Whether who asks wrote it, and so may change it. */
  isMine: boolean
}

const OfCall = Type.Object({ callId: Type.String({ minLength: 1, maxLength: 256 }) })
const OneNote = Type.Object({ ...OfCall.properties, noteId: Type.String({ minLength: 1, maxLength: 64 }) })
const Written = Type.Object({
  text: Type.String({ maxLength: NOTE_LIMITS.textCharacters, default: '' }),
  tags: Type.Array(Type.String({ maxLength: NOTE_LIMITS.tagCharacters }), {
    maxItems: NOTE_LIMITS.tagsOfNote,
    default: [],
  }),
  offsetMs: Type.Union([Type.Integer({ minimum: 0, maximum: 30 * 86_400_000 }), Type.Null()], { default: null }),
})
const Answer = Type.Object({
  id: Type.String(),
  callId: Type.String(),
  offsetMs: Type.Union([Type.Integer(), Type.Null()]),
  text: Type.String(),
  tags: Type.Array(Type.String()),
  author: Type.String(),
  at: Type.String(),
  editedAt: Type.Union([Type.String(), Type.Null()]),
  isMine: Type.Boolean(),
})
const NOTES_URL = '/api/v1/calls/:callId/notes'
const tags = ['notes']

export function noteRoutes({ store, clock, now, tagsChanged }: NoteRoutesNeeds): RouteSet {
  function tell(instance: string, change: TagChange | null): void {
    if (change !== null) tagsChanged?.(instance, change)
  }

  /** The id the call goes by. @throws AppError call-not-found, also for a call that this principal may not know of. */
  async function visibleCall(request: FastifyRequest, callId: string): Promise<string> {
    const principal = principalOf(request)
    const call = await store.calls.call(principal.instance, callId)
    if (!call || !maySeeCall(principal, call)) throw new AppError('call-not-found', { callId })
    return call.id
  }

  /** @throws AppError note-not-found */
  async function noteOf(request: FastifyRequest, callId: string, noteId: string): Promise<Note> {
    const id = await visibleCall(request, callId)
    const notes = await store.notes.notes(principalOf(request).instance, id)
    const note = notes.find((one) => one.id === noteId)
    if (!note) throw new AppError('note-not-found', { callId, noteId })
    return note
  }

  const toJson = ({ instance: _, authorId, at, editedAt, ...rest }: Note, principal: Principal): NoteJson => ({
    ...rest,
    at: clock.write(at),
    editedAt: editedAt === null ? null : clock.write(editedAt),
    isMine: authorId === principal.id,
  })

  return (app) => {
    app.get(
      NOTES_URL,
      {
        config: { needs: 'calls:read' },
        schema: {
          summary: 'Notes on a call, oldest first',
          tags,
          params: OfCall,
          response: { 200: Type.Object({ items: Type.Array(Answer) }) },
        },
      },
      async (request) => {
        const principal = principalOf(request)
        const callId = await visibleCall(request, request.params.callId)
        const notes = await store.notes.notes(principal.instance, callId)
        return { items: notes.map((note) => toJson(note, principal)) }
      },
    )

    app.post(
      NOTES_URL,
      {
        config: { needs: 'notes:write' },
        schema: {
          summary: 'Write a note to a call: a text, tags, or both; `offsetMs`: the moment of the call it speaks of',
          tags,
          params: OfCall,
          body: Written,
          response: { 201: Answer },
        },
      },
      async (request, reply) => {
        const principal = principalOf(request)
        const callId = await visibleCall(request, request.params.callId)
        const note: Note = {
          instance: principal.instance,
          id: randomUUID(),
          callId,
          offsetMs: request.body.offsetMs,
          ...wordsOf(request.body),
          author: principal.name,
          authorId: principal.id,
          at: now(),
          editedAt: null,
        }
        const change = await store.notes.addNote(note, NOTE_LIMITS.notesOfCall)
        if (change === 'too-many') throw new AppError('too-many-notes', { limit: NOTE_LIMITS.notesOfCall })
        tell(note.instance, change)
        reply.code(201)
        return toJson(note, principal)
      },
    )

    app.put(
      `${NOTES_URL}/:noteId`,
      {
        config: { needs: 'notes:write' },
        schema: {
          summary: 'Change a note of one’s own',
          tags,
          params: OneNote,
          body: Written,
          response: { 200: Answer },
        },
      },
      async (request) => {
        const principal = principalOf(request)
        const note = await noteOf(request, request.params.callId, request.params.noteId)
        if (note.authorId !== principal.id) throw new AppError('not-allowed', { needs: 'to have written the note' })
        const changed = { ...note, ...wordsOf(request.body), offsetMs: request.body.offsetMs, editedAt: now() }
        tell(note.instance, await store.notes.changeNote(changed))
        return toJson(changed, principal)
      },
    )

    app.delete(
      `${NOTES_URL}/:noteId`,
      {
        config: { needs: 'notes:write' },
        schema: { summary: 'Remove a note: one’s own, or as an administrator', tags, params: OneNote },
      },
      async (request, reply) => {
        const principal = principalOf(request)
        const note = await noteOf(request, request.params.callId, request.params.noteId)
        if (note.authorId !== principal.id && principal.role !== 'admin')
          throw new AppError('not-allowed', { needs: 'to have written the note, or the role admin' })
        tell(note.instance, await store.notes.removeNote(note.instance, note.id))
        return reply.code(204).send()
      },
    )

    app.get(
      '/api/v1/note-tags',
      {
        config: { needs: 'calls:read' },
        schema: {
          summary: 'Tags in use, those used last first',
          tags,
          response: { 200: Type.Object({ items: Type.Array(Type.String()) }) },
        },
      },
      async (request) => ({ items: await store.notes.tags(principalOf(request).instance, NOTE_LIMITS.tagsOffered) }),
    )
  }
}

/** @throws AppError note-empty */
function wordsOf({ text, tags: given }: { text: string; tags: string[] }): Pick<Note, 'text' | 'tags'> {
  const words = { text: text.trim(), tags: tidyTags(given) }
  if (words.text === '' && words.tags.length === 0) throw new AppError('note-empty')
  return words
}
