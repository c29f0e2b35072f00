// The store's calls as readers are to see them: with the names that were given by hand. Ingest and whatever derives records
// keeps to the store itself.
import type { CallStore } from '../store/store.ts'
import type { Directory } from './directory.ts'
import { namedCall } from './names.ts'

export function namedCalls(calls: CallStore, directory: Directory): CallStore {
  return {
    ...calls,
    call: async (instance, id) => {
      const call = await calls.call(instance, id)
      return call && namedCall(call, directory.names(instance))
    },
    page: async (search, cursor, limit) => {
      const names = directory.names(search.instance)
      return (await calls.page(search, cursor, limit)).map((call) => namedCall(call, names))
    },
    agents: (instance) => directory.agents(instance),
    skillGroups: (instance) => directory.skillGroups(instance),
  }
}
