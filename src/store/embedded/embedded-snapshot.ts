// The calls of an embedded store as they stood when this was opened, read on a connection of its own in the thread that
// asks: long reading (exports) stands in nobody's way. While it is open the write-ahead log cannot be emptied, so it grows.
import type { CallSnapshot } from '../store.ts'
import { count, page } from './call-search-sql.ts'
import { Database } from './database.ts'

/** @throws AppError store-unavailable where the folder's store cannot be opened; it must have been made before. */
export function openEmbeddedSnapshot(folder: string): CallSnapshot {
  const db = new Database(folder, 'read')
  db.holdStill()
  let isOpen = true
  return {
    page: async (search, cursor, limit) => page(db, search, cursor, limit),
    count: async (search) => count(db, search),
    close: () => {
      if (isOpen) db.close()
      isOpen = false
    },
  }
}
