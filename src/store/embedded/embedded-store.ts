// The embedded store: SQLite in threads of its own, one that writes and some that read, behind the port of ../store.ts.
import { limits } from '../../config.ts'
import type { Store } from '../store.ts'
import { toCallRow } from './call-row.ts'
import { makeDataFolder } from './database.ts'
import { StoreThread } from './thread.ts'
import type { ReadVerbs, WriteVerbs } from './verbs.ts'

export interface EmbeddedStoreOptions {
  /** The data folder; made if absent. */
  folder: string
  /** Reader threads. */
  readers?: number
  now?: () => number
}

/**
 * Opens (and on first use makes) the store in a folder. Several processes may have it open; each has its own threads.
 * @throws AppError data-folder-unwritable, store-unavailable, config-invalid (made by a newer Callbook)
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<Store> {
  const { folder, readers = 2, now = Date.now } = options
  makeDataFolder(folder)
  const writer = await StoreThread.start<WriteVerbs>({ folder, mode: 'write' }, limits.storeRequests)
  // Readers open read-only, so only once the writer has made the file.
  const reading = await Promise.all(
    Array.from({ length: readers }, () => StoreThread.start<ReadVerbs>({ folder, mode: 'read' }, limits.storeRequests)),
  )

  const read: StoreThread<ReadVerbs>['call'] = (verb, ...args) => {
    const [first, ...others] = reading
    if (!first) throw new Error('the store was opened without readers')
    const idlest = others.reduce((best, thread) => (thread.pending < best.pending ? thread : best), first)
    return idlest.call(verb, ...args)
  }

  return {
    calls: {
      histories: (instance, callIds) => read('histories', instance, callIds),
      commit: async (writes, recordings = [], receipts = []) => {
        const rows = writes.map(toCallRow)
        const kept = await writer.call('commit', { rows, recordings, receipts }, now())
        return writes.map(({ instance, call }, i) => ({ instance, call: { ...call, ...(kept[i] ?? { seq: 0 }) } }))
      },
      call: (instance, id) => read('call', instance, id),
      page: (search, cursor, limit) => read('page', search, cursor, limit),
      count: (search) => read('count', search),
      changesSince: (instance, seq, limit) => read('changesSince', instance, seq, limit),
      lastSeq: (instance) => read('lastSeq', instance),
      liveCallIds: (instance, source) => read('liveCallIds', instance, source),
      lastEventAt: (instance, source) => read('lastEventAt', instance, source),
      places: (instance, range, after, limit) => read('places', instance, range, after, limit),
      rewrite: (instance, calls) => {
        const rows = calls.map(({ call, seq }) => toCallRow({ instance, call, seq, events: [] }))
        return writer.call('rewrite', rows, now())
      },
      tally: (instance, range, inTimeMs) => read('tally', instance, range, inTimeMs),
      liveTally: (instance, from, waiting) => read('liveTally', instance, from, waiting),
      agents: (instance) => read('agents', instance),
      skillGroups: (instance) => read('skillGroups', instance),
    },
    recordings: {
      recording: (instance, callId, n) => read('recording', instance, callId, n),
      recordingOf: (instance, callId, n) => read('recordingOf', instance, callId, n),
      recordingByOrigin: (instance, origin) => read('recordingByOrigin', instance, origin),
      recordingsOfCall: (instance, callId) => read('recordingsOfCall', instance, callId),
      recordingsWithoutCall: (instance, limit) => read('recordingsWithoutCall', instance, limit),
      recordingsWithoutSound: (instance, limit) => read('recordingsWithoutSound', instance, limit),
      conversionCounts: (instance) => read('conversionCounts', instance),
      recordingsInConversion: (instance, conversion, limit) =>
        read('recordingsInConversion', instance, conversion, limit),
      noteSound: (instance, heard) => writer.call('noteSound', instance, heard),
      recordingsFrom: (instance, choice, after, limit) => read('recordingsFrom', instance, choice, after, limit),
      recordingsCount: (instance, choice) => read('recordingsCount', instance, choice),
      keysInUse: (instance) => read('keysInUse', instance),
      recordingsToVerify: (instance, of, before, limit) => read('recordingsToVerify', instance, of, before, limit),
      noteVerified: (row, at) => writer.call('noteVerified', row, at),
      noteUnread: (row, as) => writer.call('noteUnread', row, as),
      noteMoved: (row, to, now) => writer.call('noteMoved', row, to, now),
      noteArriving: (file, dueAt) => writer.call('noteArriving', file, dueAt),
      noteLoose: (file) => writer.call('noteLoose', file),
      giveUpArriving: (instance) => writer.call('giveUpArriving', instance),
      takeLoose: (of, now, limit) => writer.call('takeLoose', of, now, limit),
      looseRemoved: (files) => writer.call('looseRemoved', files),
      putAside: (instance, file) => writer.call('putAside', instance, file),
      filesAside: (instance) => read('filesAside', instance),
      forgetAside: (instance, origin) => writer.call('forgetAside', instance, origin),
    },
    retention: {
      retentionPolicy: (instance) => read('retentionPolicy', instance),
      saveRetentionPolicy: (instance, policy, receipts) =>
        writer.call('saveRetentionPolicy', instance, policy, receipts),
      recordingTotals: (instance) => read('recordingTotals', instance),
      storedLately: (instance, at) => read('storedLately', instance, at),
      forgetInflow: (instance, at) => writer.call('forgetInflow', instance, at),
      planDeletions: (instance, policy, moment, limit) => read('planDeletions', instance, policy, moment, limit),
      rehearseRetention: (instance, policy, moment) => read('rehearseRetention', instance, policy, moment),
      recordingsToRemove: (instance, storage, after, limit) =>
        read('recordingsToRemove', instance, storage, after, limit),
      filesDue: (instance) => read('filesDue', instance),
      recordingsRemoved: (instance, removed) => writer.call('recordingsRemoved', instance, removed),
      knownPaths: (instance, storage, paths) => read('knownPaths', instance, storage, paths),
    },
    notes: {
      addNote: (note, most) => writer.call('addNote', note, most),
      changeNote: (note) => writer.call('changeNote', note),
      removeNote: (instance, id) => writer.call('removeNote', instance, id),
      notes: (instance, callId) => read('notes', instance, callId),
      tags: (instance, limit) => read('tags', instance, limit),
    },
    unreached: {
      lines: (search, cursor, limit) => read('unreachedLines', search, cursor, limit),
      count: (search) => read('countUnreached', search),
      skillGroupsOfAgent: (instance, agentId, from) => read('skillGroupsOfAgent', instance, agentId, from),
    },
    suggestions: {
      frequent: (looked) => read('frequent', looked),
      numbersLike: (looked, field, digits) => read('numbersLike', looked, field, digits),
    },
    reports: {
      saveReport: (instance, row) => writer.call('saveReport', instance, row),
      reports: (instance, limit) => read('reports', instance, limit),
    },
    exports: {
      addExport: (row, most) => writer.call('addExport', row, most),
      exportById: (instance, id) => read('exportById', instance, id),
      exports: (instance, ownerId, limit) => read('exports', instance, ownerId, limit),
      openExports: (limit) => read('openExports', limit),
      exportsOver: (at, limit) => read('exportsOver', at, limit),
      changeExport: (instance, id, from, change) => writer.call('changeExport', instance, id, from, change),
      removeExport: (instance, id) => writer.call('removeExport', instance, id),
    },
    rejected: {
      keepRejected: (instance, rows) => writer.call('keepRejected', instance, rows),
      rejected: (instance, page) => read('rejected', instance, page),
      rejectedByIds: (instance, ids) => read('rejectedByIds', instance, ids),
      removeRejected: (instance, ids) => writer.call('removeRejected', instance, ids),
      rejectedCounts: (instance) => read('rejectedCounts', instance),
    },
    receipts: {
      appendReceipts: (receipts) => writer.call('appendReceipts', receipts),
      receiptHead: (instance) => read('receiptHead', instance),
      receiptsAfter: (instance, after, limit) => read('receiptsAfter', instance, after, limit),
      receiptsBefore: (instance, choice, limit) => read('receiptsBefore', instance, choice, limit),
    },
    access: {
      addUser: (user) => writer.call('addUser', user),
      userByName: (name) => read('userByName', name),
      userById: (id) => read('userById', id),
      users: (instance) => read('users', instance),
      updateUser: (user) => writer.call('updateUser', user),
      addSession: (session) => writer.call('addSession', session),
      session: (tokenHash, at) => read('session', tokenHash, at),
      extendSession: (tokenHash, expiresAt) => writer.call('extendSession', tokenHash, expiresAt),
      showSample: (tokenHash, shown) => writer.call('showSample', tokenHash, shown),
      removeSession: (tokenHash) => writer.call('removeSession', tokenHash),
      removeSessionsOfUser: (userId, except) => writer.call('removeSessionsOfUser', userId, except),
      removeExpiredSessions: (at) => writer.call('removeExpiredSessions', at),
      addKey: (key) => writer.call('addKey', key),
      keyBySecretHash: (secretHash) => read('keyBySecretHash', secretHash),
      keys: (instance) => read('keys', instance),
      revokeKey: (instance, id, at) => writer.call('revokeKey', instance, id, at),
      touchKey: (id, at) => writer.call('touchKey', id, at),
    },
    views: {
      views: (instance, userId) => read('views', instance, userId),
      view: (instance, id) => read('view', instance, id),
      saveView: (view, limits) => writer.call('saveView', view, limits),
      removeView: (instance, id) => writer.call('removeView', instance, id),
      preferences: (instance, userId) => read('preferences', instance, userId),
      savePreference: (instance, userId, name, value) => writer.call('savePreference', instance, userId, name, value),
    },
    directory: {
      givenNames: () => read('givenNames'),
      giveName: (name, most) => writer.call('giveName', name, most),
      seen: (instance, kind, ids, asked) => read('seen', instance, kind, ids, asked),
    },
    removeInstance: (instance, home) => writer.call('removeInstance', instance, home),
    close: async () => {
      await Promise.all(reading.map((thread) => thread.close()))
      await writer.close()
    },
  }
}
