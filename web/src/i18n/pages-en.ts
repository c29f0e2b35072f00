// The words of pages that are not the call list, in English; pages-zh-CN.ts has the same keys.
import { boardEn } from './board-en.ts'
import { connectEn } from './connect-en.ts'
import { operationsEn } from './operations-en.ts'
import type { PageMessages } from './pages-zh-CN.ts'
import { receiptsEn } from './receipts-en.ts'
import { settingsEn } from './settings-en.ts'
import { unreachedEn } from './unreached-en.ts'

export const pagesEn: PageMessages = {
  board: boardEn,
  connect: connectEn,
  operations: operationsEn,
  receipts: receiptsEn,
  settings: settingsEn,
  unreached: unreachedEn,
}
