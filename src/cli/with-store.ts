// Opens the data folder's store for one command and closes it again. Works beside a running server (SQLite lets several
// processes share a database) and before its first start.
import { readConfig } from '../config.ts'
import type { Store } from '../store/store.ts'

/** @throws AppError config-invalid, data-folder-unwritable */
export async function withStore<T>(work: (store: Store, settings: { timeZone: string }) => Promise<T>): Promise<T> {
  const config = readConfig()
  const { openEmbeddedStore } = await import('../store/embedded/embedded-store.ts')
  const store = await openEmbeddedStore({ folder: config.dataFolder, readers: 1 })
  try {
    return await work(store, config)
  } finally {
    await store.close()
  }
}
