// One way to ask the server: JSON in, JSON out, ApiProblem for everything else. The session cookie goes along by itself.
import { forgetEarly, takeEarly } from './early.ts'
import { ApiProblem, problemOf } from './problem.ts'
import { noteServerDate } from './server-clock.ts'

export interface AskOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  signal?: AbortSignal
}

/** @throws ApiProblem for every answer but 2xx, and (status 0) when there is none. */
export async function ask<Answer>(path: string, options: AskOptions = {}): Promise<Answer> {
  const init: RequestInit = {
    method: options.method ?? 'GET',
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  }
  let response: Response
  try {
    const url = `/api/v1${path}`
    if (init.method !== 'GET') forgetEarly()
    response = (await takeEarly(url)) ?? (await fetch(url, init))
  } catch (cause) {
    if (options.signal?.aborted) throw cause
    throw new ApiProblem(0, {}, { cause })
  }
  noteServerDate(response.headers.get('date'))
  if (!response.ok) throw await problemOf(response)
  if (response.status === 204) return undefined as Answer
  return (await response.json()) as Answer
}
