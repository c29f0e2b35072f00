// The words of the receipts page in English; the keys are receipts-zh-CN.ts's.
import type { receiptsZhCN } from './receipts-zh-CN.ts'

export const receiptsEn: typeof receiptsZhCN = {
  hint: 'What was done to recordings for good, and when they were handed out. Each receipt holds the hash of the one before: none can be changed, taken out or put in unseen.',
  callId: 'Call ID',
  find: 'Find',
  more: 'Earlier receipts',
  empty: 'There are no receipts yet',
  emptyHint:
    'Recordings that are deleted, held, silenced or exported leave one, and so does every change of the limits.',
  emptyOfCall: 'This call has no receipts',
  emptyOfCallHint:
    'Check the call ID. Receipts of a call that was merged into another may stand under the ID it had before.',
  openCall: 'Open the call',
  ofCall: 'Only receipts of this call',
  said: 'What it says',
  hash: 'Hash',
  previous: 'Hash of the one before',
  kind: {
    'recording-deleted': 'Deleted',
    'hold-placed': 'Held',
    'hold-released': 'Released',
    'range-silenced': 'Silenced',
    'retention-changed': 'Limits changed',
    'audio-exported': 'Exported',
    'audio-downloaded': 'Downloaded',
  },
  text: {
    deleted: 'Recording {{n}}, {{size}}, {{why}}',
    hold: 'Recording {{n}}: {{reason}}',
    silenced: 'Recording {{n}}, {{from}} to {{to}}: {{reason}}',
    policy: '{{before}} → {{after}}',
    none: 'no limits',
    days: '{{n}} days',
    free: '{{size}} free',
    groups: '{{n}} skill groups of their own',
    exported: 'Audio of {{n}} calls, {{size}}',
    downloaded: '{{size}} of an export',
  },
  actor: { system: 'System', key: 'key {{name}}' },
  chain: {
    title: 'The chain',
    hint: 'Reads every receipt from the first to the last and checks each',
    verify: 'Verify the chain',
    head: 'Hash of the newest (number {{n}})',
    whole: '{{n}} receipts, the chain is whole.',
    endProven: 'The hash you kept is in it: nothing was cut off the end.',
    endOpen: 'Receipts cut off its end would not show: verify against a hash you kept earlier.',
    broken: 'The chain is broken ({{n}} receipts read):',
    more: 'Prove the end, and check without the server',
    headHint:
      'Now and then, write the hash of the newest receipt down elsewhere. Given here later, it proves that nothing was cut off since.',
    known: 'A hash kept earlier (64 hexadecimal digits)',
    knownWrong: 'These are not 64 hexadecimal digits.',
    offline:
      'Without the server: export the receipts and check the file wherever Callbook is installed, or take the SHA-256 in any language.',
  },
  problem: {
    unreadable: 'Receipt {{seq}} cannot be read.',
    changed: 'Receipt {{seq}} was changed: its hash does not cover what it says.',
    'removed-before': 'Receipts before {{seq}} were removed.',
    'out-of-order': 'Receipt {{seq}} stands where it does not belong: it was put in, or moved.',
    'wrong-previous': 'Receipt {{seq}} does not follow the one before it: that one was put in the place of another.',
    'head-missing':
      'The hash you kept is nowhere: the end was cut off, or all of it was written anew. It now ends with receipt {{seq}}.',
  },
}
