// What a benchmark is told on the command line.

export interface BenchOptions {
  /** A short look instead of figures to quote. */
  quick: boolean
  /** Folder for CPU profiles of the server; null: none. */
  profile: string | null
  /** Where the list's million calls lie, filled once and used again; null: a folder of its own that is removed. */
  keep: string | null
}
