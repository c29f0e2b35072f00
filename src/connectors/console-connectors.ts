// Making, changing and removing connectors in the console: one at a time, first on disk, then running. Called by
// connector-routes.ts; what the configuration file says is never touched.
import type { Limits } from '../config.ts'
import { AppError } from '../errors.ts'
import { type ConsoleConnector, checkConsoleConnector } from './console-connector.ts'
import { type KeptConnector, readKeptConnectors, settingsOf, writeKeptConnectors } from './kept-connectors.ts'
import type { ConnectorSettings, RunningConnector, RunningConnectors } from './running-connectors.ts'

export interface ConsoleConnectorsNeeds {
  running: RunningConnectors
  config: { dataFolder: string; connectorsInConsole: boolean; limits: Limits }
  /** What else must be right; throws connector-invalid. */
  check(connector: ConsoleConnector): void
}

export class ConsoleConnectors {
  readonly #needs: ConsoleConnectorsNeeds
  #turn: Promise<unknown> = Promise.resolve()

  constructor(needs: ConsoleConnectorsNeeds) {
    this.#needs = needs
  }

  get isAllowed(): boolean {
    return this.#needs.config.connectorsInConsole
  }

  /** Adds what was kept to those that run; one whose name the file has taken stays kept and does not run. */
  async load(): Promise<{ shadowed: string[] }> {
    const kept = await readKeptConnectors(this.#needs.config.dataFolder)
    const shadowed = kept.filter(({ name }) => this.#needs.running.has(name)).map(({ name }) => name)
    for (const one of kept) if (!shadowed.includes(one.name)) await this.#needs.running.add(settingsOf(one), 'console')
    return { shadowed }
  }

  /**
   * It runs when this resolves.
   * @throws AppError connector-invalid, connector-exists, connector-secret-needed, too-many-connectors, connectors-in-console-off
   */
  add(instance: string, wanted: unknown): Promise<RunningConnector> {
    const connector = this.#checked(wanted)
    return this.#inTurn(async (kept) => {
      const { running, config } = this.#needs
      const { name } = connector
      if (running.has(name) || kept.some((one) => one.name === name)) throw new AppError('connector-exists', { name })
      const limit = config.limits.consoleConnectors
      if (kept.length >= limit) throw new AppError('too-many-connectors', { limit })
      if (connector.secret === undefined) throw new AppError('connector-secret-needed')
      const one: KeptConnector = { ...connector, instance }
      await writeKeptConnectors(config.dataFolder, [...kept, one])
      return running.add(settingsOf(one), 'console')
    })
  }

  /**
   * The changed one runs when this resolves. Without a secret the one that is kept goes on, for the same host alone.
   * @throws AppError as add, connector-not-found, connector-in-file
   */
  change(instance: string, name: string, wanted: unknown): Promise<RunningConnector> {
    const connector = this.#checked(wanted)
    return this.#inTurn(async (kept) => {
      const { running, config } = this.#needs
      const before = this.#own(kept, instance, name)
      if (connector.name !== name)
        throw new AppError('connector-invalid', { detail: 'the name stays: calls are kept under it' })
      const one: KeptConnector = { ...this.withSecret(instance, connector), instance }
      await writeKeptConnectors(
        config.dataFolder,
        kept.map((other) => (other === before ? one : other)),
      )
      await running.remove(name)
      return running.add(settingsOf(one), 'console')
    })
  }

  /** Its calls and recordings stay. @throws AppError connector-not-found, connector-in-file, connectors-in-console-off */
  remove(instance: string, name: string): Promise<void> {
    return this.#inTurn(async (kept) => {
      const own = this.#own(kept, instance, name)
      await writeKeptConnectors(
        this.#needs.config.dataFolder,
        kept.filter((other) => other !== own),
      )
      await this.#needs.running.remove(name)
    })
  }

  /**
   * The connector with its secret: the given one, or the kept one of the same name. A kept secret is never sent to another
   * host than it was given for.
   * @throws AppError connector-secret-needed
   */
  withSecret(instance: string, wanted: ConsoleConnector): ConsoleConnector {
    if (wanted.secret !== undefined) return wanted
    const known = this.#needs.running.find(instance, wanted.name)
    const before = known?.origin === 'console' ? known.settings : null
    if (!before?.secret || !goesToTheSame(before, wanted)) throw new AppError('connector-secret-needed')
    return { ...wanted, secret: before.secret }
  }

  #checked(wanted: unknown): ConsoleConnector {
    const connector = checkConsoleConnector(wanted)
    this.#needs.check(connector)
    return connector
  }

  #own(kept: readonly KeptConnector[], instance: string, name: string): KeptConnector {
    if (this.#needs.running.find(instance, name)?.origin === 'file') throw new AppError('connector-in-file', { name })
    const found = kept.find((one) => one.name === name && one.instance === instance)
    if (!found) throw new AppError('connector-not-found', { name })
    return found
  }

  #inTurn<T>(work: (kept: KeptConnector[]) => Promise<T>): Promise<T> {
    if (!this.isAllowed) throw new AppError('connectors-in-console-off')
    const mine = this.#turn.then(async () => work(await readKeptConnectors(this.#needs.config.dataFolder)))
    this.#turn = mine.catch(() => {})
    return mine
  }
}

function goesToTheSame(before: ConnectorSettings, wanted: ConsoleConnector): boolean {
  const places = [before, wanted].map(({ type, host, port, username, login }) =>
    JSON.stringify([type, host, port, username, login]),
  )
  return places[0] === places[1]
}
