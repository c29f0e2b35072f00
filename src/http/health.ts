// Is the process there (health), and can it do its work (ready)? For load balancers and container platforms; without
// login, and therefore without any detail.
import { Type } from 'typebox'
import { AppError } from '../errors.ts'
import type { AccessStore } from '../store/store.ts'
import type { RouteSet } from './app.ts'

const READY_WITHIN_MS = 5_000

const Status = Type.Object({ status: Type.String() })

export function healthRoutes(access: AccessStore, now: () => number): RouteSet {
  return (app) => {
    const config = { needs: 'public' } as const
    app.get(
      '/api/v1/health',
      { config, schema: { summary: 'The process answers', tags: ['operation'], response: { 200: Status } } },
      async () => ({ status: 'ok' }),
    )
    app.get(
      '/api/v1/ready',
      { config, schema: { summary: 'The store answers', tags: ['operation'], response: { 200: Status } } },
      async () => {
        await storeAnswers(access, now())
        return { status: 'ok' }
      },
    )
  }
}

async function storeAnswers(access: AccessStore, now: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS)
  })
  try {
    await Promise.race([access.session('', now), late])
  } catch (cause) {
    throw new AppError('store-unavailable', { detail: 'it does not answer' }, { cause })
  } finally {
    clearTimeout(timer)
  }
}
