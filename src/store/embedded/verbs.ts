// What the store's threads can do, by name: plain functions over a database. The main thread calls them through
// thread.ts; their arguments and results travel between threads as copies.
import type { RecordingRow } from '../store.ts'
import * as access from './access-sql.ts'
import * as search from './call-search-sql.ts'
import * as calls from './call-sql.ts'
import * as directory from './directory-sql.ts'
import * as exports from './export-sql.ts'
import * as instances from './instance-sql.ts'
import * as loose from './loose-file-sql.ts'
import * as notes from './note-sql.ts'
import * as receipts from './receipt-sql.ts'
import * as recordings from './recording-sql.ts'
import * as rejected from './rejected-sql.ts'
import * as reports from './report-sql.ts'
import * as retention from './retention-sql.ts'
import * as suggestions from './suggestion-sql.ts'
import * as tallies from './tally-sql.ts'
import * as unreached from './unreached-sql.ts'
import * as views from './view-sql.ts'

export const writeVerbs = {
  commit: calls.commit,
  rewrite: calls.rewrite,
  putAside: recordings.putAside,
  forgetAside: recordings.forgetAside,
  noteSound: recordings.noteSound,
  noteVerified: recordings.noteVerified,
  noteUnread: recordings.noteUnread,
  noteMoved: recordings.noteMoved,
  noteArriving: loose.noteArriving,
  noteLoose: loose.noteLoose,
  giveUpArriving: loose.giveUpArriving,
  takeLoose: loose.takeLoose,
  looseRemoved: loose.looseRemoved,
  addNote: notes.addNote,
  changeNote: notes.changeNote,
  removeNote: notes.removeNote,
  saveReport: reports.saveReport,
  saveRetentionPolicy: retention.saveRetentionPolicy,
  forgetInflow: retention.forgetInflow,
  recordingsRemoved: retention.recordingsRemoved,
  appendReceipts: receipts.appendReceipts,
  keepRejected: rejected.keepRejected,
  removeRejected: rejected.removeRejected,
  addExport: exports.addExport,
  changeExport: exports.changeExport,
  removeExport: exports.removeExport,
  addUser: access.addUser,
  updateUser: access.updateUser,
  addSession: access.addSession,
  extendSession: access.extendSession,
  showSample: access.showSample,
  removeSession: access.removeSession,
  removeSessionsOfUser: access.removeSessionsOfUser,
  removeExpiredSessions: access.removeExpiredSessions,
  addKey: access.addKey,
  revokeKey: access.revokeKey,
  touchKey: access.touchKey,
  saveView: views.saveView,
  removeView: views.removeView,
  savePreference: views.savePreference,
  giveName: directory.giveName,
  removeInstance: instances.removeInstance,
} as const

export const readVerbs = {
  histories: calls.histories,
  call: calls.call,
  changesSince: calls.changesSince,
  lastSeq: calls.lastSeq,
  liveCallIds: calls.liveCallIds,
  lastEventAt: calls.lastEventAt,
  places: calls.places,
  agents: calls.agents,
  skillGroups: calls.skillGroups,
  page: search.page,
  count: search.count,
  frequent: suggestions.frequent,
  numbersLike: suggestions.numbersLike,
  tally: tallies.tally,
  liveTally: tallies.liveTally,
  unreachedLines: unreached.unreachedLines,
  countUnreached: unreached.countUnreached,
  skillGroupsOfAgent: unreached.skillGroupsOfAgent,
  recording: recordings.recording,
  recordingOf: calls.recordingOf,
  recordingByOrigin: recordings.recordingByOrigin,
  recordingsOfCall: recordings.recordingsOfCall,
  filesAside: recordings.filesAside,
  recordingsWithoutCall: recordings.recordingsWithoutCall,
  recordingsWithoutSound: recordings.recordingsWithoutSound,
  recordingsFrom: recordings.recordingsFrom,
  recordingsCount: recordings.recordingsCount,
  keysInUse: recordings.keysInUse,
  recordingsToVerify: recordings.recordingsToVerify,
  recordingsInConversion: recordings.recordingsInConversion,
  conversionCounts: recordings.conversionCounts,
  notes: notes.notes,
  tags: notes.tags,
  reports: reports.reports,
  retentionPolicy: retention.retentionPolicy,
  recordingTotals: retention.recordingTotals,
  storedLately: retention.storedLately,
  planDeletions: retention.planDeletions,
  rehearseRetention: retention.rehearseRetention,
  recordingsToRemove: retention.recordingsToRemove,
  filesDue: retention.filesDue,
  knownPaths: retention.knownPaths,
  receiptHead: receipts.receiptHead,
  receiptsAfter: receipts.receiptsAfter,
  receiptsBefore: receipts.receiptsBefore,
  rejected: rejected.rejected,
  rejectedByIds: rejected.rejectedByIds,
  rejectedCounts: rejected.rejectedCounts,
  exportById: exports.exportById,
  exports: exports.exports,
  openExports: exports.openExports,
  exportsOver: exports.exportsOver,
  userByName: access.userByName,
  userById: access.userById,
  users: access.users,
  session: access.session,
  keyBySecretHash: access.keyBySecretHash,
  keys: access.keys,
  views: views.views,
  view: views.view,
  preferences: views.preferences,
  givenNames: directory.givenNames,
  seen: directory.seen,
} as const

export type WriteVerbs = typeof writeVerbs
export type ReadVerbs = typeof readVerbs
export type { RecordingRow }
