// What the server says no with (problem+json), as an error the pages can translate by its code.

export interface ProblemJson {
  status?: number
  code?: string
  detail?: string
  [detail: string]: unknown
}

/** An answer that is not 2xx, or no answer at all (`status` 0, code `unreachable`). */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  /** The server's own sentence, English. */
  readonly detail: string
  /** Everything the answer carried, for the numbers in a translated sentence. */
  readonly fields: Readonly<ProblemJson>

  constructor(status: number, fields: ProblemJson, options?: ErrorOptions) {
    const code = typeof fields.code === 'string' ? fields.code : status === 0 ? 'unreachable' : `http-${status}`
    const detail = typeof fields.detail === 'string' ? fields.detail : ''
    super(detail || code, options)
    this.name = 'ApiProblem'
    this.status = status
    this.code = code
    this.detail = detail
    this.fields = fields
  }

  /** Nobody is logged in (any more): the page to show is the login. */
  get isSignedOut(): boolean {
    return this.status === 401 && this.code !== 'login-refused'
  }
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiProblem && error.isSignedOut
}

/** Reads the problem out of an answer that is not 2xx, whatever its body is. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const fields = await response.json().catch(() => ({}))
  return new ApiProblem(response.status, typeof fields === 'object' && fields !== null ? fields : {})
}
