// What commands share that put stored files anew: one at a time, and a spool of their own.
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { type Spool, spoolIn } from '../recordings/storage/spool.ts'
import { spoolFolder } from '../recordings/storage/storages.ts'
import { onlyOne } from './one-at-a-time.ts'

/** @throws AppError already-running */
export function alone(config: Config, what: string): Promise<() => Promise<void>> {
  return onlyOne(join(spoolFolder(config, 'move'), 'running'), what)
}

/** Whoever is alone clears it first of what an earlier run left. */
export function moveSpool(config: Config): Spool {
  return spoolIn(join(spoolFolder(config, 'move'), 'files'))
}
