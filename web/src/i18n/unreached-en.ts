// The words of the page of unreached customers in English; the same keys as unreached-zh-CN.ts.
import type { unreachedZhCN } from './unreached-zh-CN.ts'

export const unreachedEn: typeof unreachedZhCN = {
  title: 'Unreached callers',
  hint: 'Customers whose call was missed and whom nobody has talked with since. One line a number; any call that reaches them clears it.',
  ownGroups: 'You see the customers of the skill groups you have served.',
  days: 'Days',
  lastDays: 'Last {{days}} days',
  order: 'Order',
  orderWaiting: 'Waiting longest first',
  orderLatest: 'Latest caller first',
  withIvr: 'Include those who left in the IVR',
  zone: 'Time zone {{zone}}',
  empty: 'Nobody is waiting to be called back',
  emptyHint:
    'Customers who gave up while they waited are listed here by themselves, and leave once they are called back or call again and are answered.',
  allGroups: 'All skill groups',
  emptyGroupsHint: 'None of these skill groups has a customer to call back.',
  more: 'Show more',
  number: 'Customer',
  since: 'Waiting for',
  missed: 'Missed calls',
  last: 'Last one',
  longestWait: 'Longest wait',
  callbacks: 'Called back',
  tried: '{{count}} × without answer, {{at}}',
  comma: ', ',
  live: { talking: 'Talking now', waiting: 'Calling in now', dialling: 'Being called' },
}
