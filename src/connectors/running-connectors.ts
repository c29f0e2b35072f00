// The connectors that run: those of the configuration file from the start, those made in the console as they come and go.
// Made by main.ts, which says what running one means; asked by whoever needs to know which there are.
import type { Config } from '../config.ts'
import { DEFAULT_INSTANCE } from '../config.ts'
import type { Connector } from './connector.ts'

export type ConnectorSettings = Config['connectors'][number]

export interface RunningConnector {
  connector: Connector
  instance: string
  settings: ConnectorSettings
  /** Where it is changed. */
  origin: 'file' | 'console'
}

interface Entry {
  running: RunningConnector
  stop: AbortController
  done: Promise<void>
}

export interface RunningConnectorsNeeds {
  create(settings: ConnectorSettings): Promise<Connector>
  /** Runs one until the signal aborts; must not throw. */
  run(one: RunningConnector, signal: AbortSignal): Promise<void>
}

export class RunningConnectors {
  readonly #needs: RunningConnectorsNeeds
  readonly #entries = new Map<string, Entry>()
  #begun = false
  #closed = false

  constructor(needs: RunningConnectorsNeeds) {
    this.#needs = needs
  }

  /** Of an instance, or (null) all; those of the file first, in its order. */
  of(instance: string | null): RunningConnector[] {
    const all = [...this.#entries.values()].map(({ running }) => running)
    return instance === null ? all : all.filter((one) => one.instance === instance)
  }

  find(instance: string, name: string): RunningConnector | null {
    const found = this.#entries.get(name)?.running
    return found?.instance === instance ? found : null
  }

  /** Names are unique over all instances. */
  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /** From now on it runs (or will, once `start` was called). */
  async add(settings: ConnectorSettings, origin: RunningConnector['origin']): Promise<RunningConnector> {
    const connector = await this.#needs.create(settings)
    const running = { connector, instance: settings.instance ?? DEFAULT_INSTANCE, settings, origin }
    const entry: Entry = { running, stop: new AbortController(), done: Promise.resolve() }
    this.#entries.set(settings.name, entry)
    if (this.#begun && !this.#closed) entry.done = this.#needs.run(running, entry.stop.signal)
    return running
  }

  /** Resolves when it has stopped, and what it had begun to tell is told. */
  async remove(name: string): Promise<void> {
    const entry = this.#entries.get(name)
    if (!entry) return
    this.#entries.delete(name)
    entry.stop.abort()
    await entry.done
  }

  start(): void {
    this.#begun = true
    for (const entry of this.#entries.values()) entry.done = this.#needs.run(entry.running, entry.stop.signal)
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { stop } of this.#entries.values()) stop.abort()
    await Promise.all([...this.#entries.values()].map(({ done }) => done))
  }
}
