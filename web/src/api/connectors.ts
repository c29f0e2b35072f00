// Making, trying out, changing and removing connectors in the console.
import type { ConsoleConnector } from '../../../src/connectors/console-connector.ts'
import { ask } from './client.ts'
import type { Examination } from './operations.ts'

export type ConnectorWish = ConsoleConnector

/** Connects and logs in with what is not saved yet. @throws ApiProblem connector-invalid, connector-secret-needed, too-many-tests */
export function tryConnector(wish: ConnectorWish, signal?: AbortSignal): Promise<Examination> {
  return ask('/connectors/test', { method: 'POST', body: wish, ...(signal ? { signal } : {}) })
}

/** @throws ApiProblem connector-exists, connector-invalid, connector-secret-needed, too-many-connectors */
export async function saveConnector(name: string | null, wish: ConnectorWish): Promise<void> {
  if (name === null) await ask('/connectors', { method: 'POST', body: wish })
  else await ask(`/connectors/${encodeURIComponent(name)}`, { method: 'PUT', body: wish })
}

export async function removeConnector(name: string): Promise<void> {
  await ask(`/connectors/${encodeURIComponent(name)}`, { method: 'DELETE' })
}
