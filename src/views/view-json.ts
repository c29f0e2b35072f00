// The JSON of saved searches and of what a user has arranged for herself. The browser imports these types.

export interface ViewJson {
  id: string
  name: string
  /** The search as in the address of the list, without the `?`. */
  query: string
  shared: boolean
  /** May this user change and delete it? */
  mayChange: boolean
  own: boolean
}

export interface PreferencesJson {
  /** null: never chosen. */
  columns: { key: string; width: number | null }[] | null
  views: { order: string[]; default: string | null } | null
  /** What she searched for last, newest first. */
  recent: { numbers: string[]; agents: string[]; skillGroups: string[]; tags: string[] } | null
}
