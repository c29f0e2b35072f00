// Answers that were asked for before the console itself had been fetched (first-asks.ts): whoever asks the same first takes
// that answer. Kept for a moment only, so that nothing old is ever taken for new.

/** Longer than a slow computer takes to start the console. */
const KEPT_MS = 20_000

const early = new Map<string, Promise<Response>>()

export function askEarly(url: string): Promise<Response> {
  const answer = fetch(url, { credentials: 'same-origin', headers: { accept: 'application/json' } })
  early.set(url, answer)
  // Failed or not wanted: the console asks by itself.
  answer.catch(() => early.delete(url))
  setTimeout(() => early.delete(url), KEPT_MS)
  return answer
}

/** The answer under way or there, once; null: nobody asked, or it is none to go by. */
export async function takeEarly(url: string): Promise<Response | null> {
  const answer = await early.get(url)?.catch(() => null)
  early.delete(url)
  return answer?.ok ? answer : null
}

/** Something is being changed, perhaps who is logged in: what was asked before is old. */
export function forgetEarly(): void {
  early.clear()
}
