// What every refusal must look like, whoever refuses: problem+json with a stable code and a sentence, and nothing of our insides.
import assert from 'node:assert/strict'
import { type ErrorCode, errors } from '../../src/errors.ts'

/** Reads the answer and holds it against the catalogue of errors. Gives back the sentence. */
export async function assertRefused(answer: Response, code: ErrorCode, about = ''): Promise<string> {
  const text = await answer.text()
  assert.match(
    answer.headers.get('content-type') ?? '',
    /^application\/problem\+json/,
    `${about} ${answer.status} ${text}`,
  )
  const problem = JSON.parse(text) as Record<string, unknown>
  assert.equal(problem['code'], code, `${about} ${text}`)
  assert.equal(answer.status, errors[code][0], about)
  assert.equal(problem['status'], answer.status, about)
  assert.equal(problem['type'], `urn:callbook:error:${code}`)
  const sentence = String(problem['detail'])
  assert.ok(sentence.length > 10 && !/undefined|\[object|\?\?/.test(sentence), sentence)
  assert.doesNotMatch(text, /node_modules|\.ts:\d+|SQLITE|at Object\./)
  return sentence
}

export interface EventsAnswer {
  accepted: number
  duplicates: number
  rejected: { index: number; code: string; detail: string }[]
}

/** Index and code of each refused event. */
export function refusedEvents({ rejected }: EventsAnswer): [number, string][] {
  for (const { detail } of rejected) assert.ok(detail.length > 10 && detail.length < 400, detail)
  return rejected.map(({ index, code }) => [index, code])
}
