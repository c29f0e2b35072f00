// The console: the files that `npm run build` puts into web/dist, and index.html for every other address, since the
// console's pages live in the browser (a call's own URL must open that call). Each page gets a fresh nonce for its styles.
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../errors.ts'
import type { RouteSet } from './app.ts'
import { consolePolicy } from './security-headers.ts'

const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Callbook</title>
<p>The console is not built yet: run <code>npm run build</code> and load this page again. The API is there, below /api/v1.</p>
<p lang="zh-CN">控制台尚未构建：请运行 <code>npm run build</code>，然后刷新本页。API 已可用，地址以 /api/v1 开头。</p></html>
`

export function consoleRoutes(webRoot: string | null): RouteSet {
  return async (app) => {
    const config = { needs: 'public' } as const
    if (webRoot !== null) {
      // The build leaves a .br and a .gz beside each script and style.
      await app.register(fastifyStatic, {
        root: webRoot,
        serve: false,
        index: false,
        dotfiles: 'ignore',
        preCompressed: true,
      })
      // Vite puts a hash of the content into these names, so they never change.
      app.get('/assets/*', { config }, async (request, reply) =>
        reply.sendFile(pathOf(request).slice(1), { immutable: true, maxAge: '365d' }),
      )
      for (const name of filesBesideIndex(webRoot))
        app.get(`/${name}`, { config }, async (_request, reply) => reply.sendFile(name, { maxAge: 0 }))
    }
    app.get('/*', { config }, async (request, reply) => {
      if (/^\/api(\/|$)/.test(pathOf(request))) throw new AppError('not-found')
      return sendIndex(reply, webRoot)
    })
  }
}

async function sendIndex(reply: FastifyReply, webRoot: string | null): Promise<FastifyReply> {
  const html = webRoot === null ? null : await readIndex(webRoot)
  reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache')
  if (html === null) return reply.code(503).send(NOT_BUILT)
  const nonce = randomBytes(16).toString('base64')
  return reply.header('content-security-policy', consolePolicy(nonce)).send(withNonce(html, nonce))
}

/**
 * The console reads the nonce from `<meta name="csp-nonce">` and gives it to whatever writes styles; the one script that stands in the
 * page itself (the theme, before anything is painted) carries it.
 */
function withNonce(html: string, nonce: string): string {
  const meta = `<meta name="csp-nonce" content="${nonce}" />`
  const placed = html
    .replace(/<meta name="csp-nonce"[^>]*>/, meta)
    .replaceAll('nonce="__CSP_NONCE__"', `nonce="${nonce}"`)
  return placed.includes(meta) ? placed : html.replace(/<head[^>]*>/, (head) => `${head}${meta}`)
}

/** Read anew each time: small, and a new build is served without a restart. null: not built. */
async function readIndex(webRoot: string): Promise<string | null> {
  try {
    return await readFile(join(webRoot, 'index.html'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function filesBesideIndex(webRoot: string): string[] {
  try {
    return readdirSync(webRoot, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^[\w-][\w.-]*$/.test(entry.name) && entry.name !== 'index.html')
      .map((entry) => entry.name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/'
}
