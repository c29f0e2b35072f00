// The part of the port that keeps saved searches and what people have arranged for themselves.

/** A search that was given a name. */
export interface ViewRow {
  id: string
  instance: string
  /** User id. */
  owner: string
  name: string
  /** The search as it stands in the console's address, without the `?`. */
  query: string
  /** Everybody of the instance sees it. */
  shared: boolean
  createdAt: number
}

export interface ViewLimits {
  /** Views of one owner. */
  own: number
  /** Shared views of the instance. */
  shared: number
}

/** What people have arranged for themselves. */
export interface ViewStore {
  /** Their own and the shared ones, oldest first. */
  views(instance: string, userId: string): Promise<ViewRow[]>
  view(instance: string, id: string): Promise<ViewRow | null>
  /** Adds it, or changes name, search and sharing of the one with its id. */
  saveView(view: ViewRow, limits: ViewLimits): Promise<'saved' | 'too-many'>
  removeView(instance: string, id: string): Promise<boolean>
  /** JSON by name. */
  preferences(instance: string, userId: string): Promise<Record<string, string>>
  savePreference(instance: string, userId: string, name: string, value: string): Promise<void>
}
