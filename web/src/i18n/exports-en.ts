// The words of exports in English; the keys are exports-zh-CN.ts's.
import type { exportsZhCN } from './exports-zh-CN.ts'

export const exportsEn: typeof exportsZhCN = {
  open: 'Export',
  title: 'Export calls',
  count_one: 'The {{formatted}} call of this search will be exported.',
  count_other: 'The {{formatted}} calls of this search will be exported.',
  countAtLeast: 'All calls of this search will be exported, {{formatted}} at least.',
  kindLabel: 'What to export',
  kind: { xlsx: 'Excel workbook', csv: 'CSV', audio: 'Recordings (ZIP)' },
  kindHint: {
    xlsx: 'Times and durations to calculate with, numbers in full. For Excel and WPS.',
    csv: 'One line per call; numbers stay whole when Excel opens it.',
    audio: 'Every recording as WAV, with a list. The download can be resumed.',
  },
  plain: 'For programs',
  plainHint: 'Codes instead of words, times in ISO 8601.',
  columns: 'Choose columns',
  columnsAll: 'all',
  columnsSome: '{{n}} columns',
  begin: 'Export',
  tray: 'Exports',
  trayRunning: 'Exports, {{n}} in progress',
  empty:
    'No exports yet. Press “Export” below the list of calls: the file is made in the background and can be fetched here.',
  by: 'by {{name}}',
  state: {
    waiting: 'Waiting',
    counting: 'Counting…',
    running: '{{done}} of {{count}} calls',
    done: '{{count}} calls · {{size}} · until {{until}}',
    cancelled: 'Cancelled',
    expired: 'Expired, the file is gone',
  },
  download: 'Download',
  cancel: 'Cancel',
  remove: 'Remove',
}
