// The words of pages that are not the call list, in Chinese: fetched with the first of those pages (language.ts).
// pages-en.ts has the same keys.
import { boardZhCN } from './board-zh-CN.ts'
import { connectZhCN } from './connect-zh-CN.ts'
import { operationsZhCN } from './operations-zh-CN.ts'
import { receiptsZhCN } from './receipts-zh-CN.ts'
import { settingsZhCN } from './settings-zh-CN.ts'
import { unreachedZhCN } from './unreached-zh-CN.ts'

export const pagesZhCN = {
  board: boardZhCN,
  connect: connectZhCN,
  operations: operationsZhCN,
  receipts: receiptsZhCN,
  settings: settingsZhCN,
  unreached: unreachedZhCN,
}

export type PageMessages = typeof pagesZhCN
