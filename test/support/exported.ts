// Asks a server for an export and waits until it has ended; its file, fetched.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { ExportJson } from '../../src/exports/export-json.ts'

export type Api = (path: string, init?: RequestInit) => Promise<Response>

const PATIENCE_MS = 120_000

export async function askForExport(api: Api, body: object, headers: Record<string, string>): Promise<ExportJson> {
  const answer = await api('/exports', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(answer.status, 202, await answer.clone().text())
  return (await answer.json()) as ExportJson
}

export async function exportEnded(api: Api, id: string, headers: Record<string, string>): Promise<ExportJson> {
  for (const end = Date.now() + PATIENCE_MS; ; await delay(50)) {
    const one = await oneExport(api, id, headers)
    if (one.state !== 'waiting' && one.state !== 'running') return one
    assert.ok(Date.now() < end, `the export did not end: ${JSON.stringify(one)}`)
  }
}

export async function oneExport(api: Api, id: string, headers: Record<string, string>): Promise<ExportJson> {
  const answer = await api(`/exports/${id}`, { headers })
  assert.equal(answer.status, 200, await answer.clone().text())
  return (await answer.json()) as ExportJson
}

export async function exportedFile(api: Api, id: string, headers: Record<string, string>): Promise<Buffer> {
  const answer = await api(`/exports/${id}/file`, { headers })
  assert.equal(answer.status, 200, await answer.clone().text())
  return Buffer.from(await answer.arrayBuffer())
}
