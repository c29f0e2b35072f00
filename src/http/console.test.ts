import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startTestServer, type TestServer } from '../../test/support/test-server.ts'

describe('the console', () => {
  let server: TestServer
  let webRoot: string
  before(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'callbook-web-'))
    await mkdir(join(webRoot, 'assets'))
    await writeFile(
      join(webRoot, 'index.html'),
      '<!doctype html><html><head><meta name="csp-nonce" content="__CSP_NONCE__" /><title>Callbook</title>' +
        '<script nonce="__CSP_NONCE__">theme()</script></head></html>',
    )
    await writeFile(join(webRoot, 'assets', 'index-abc123.js'), 'console.log(1)')
    await writeFile(join(webRoot, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    await writeFile(join(webRoot, '.env'), 'SECRET=1')
    server = await startTestServer({ webRoot })
  })
  after(async () => {
    await server.close()
    await rm(webRoot, { recursive: true, force: true })
  })

  test('answers every address of its own with index.html, also one that ends like a file', async () => {
    for (const url of ['/', '/calls', '/calls/pbx1-1700000000.12?from=2026-11-23', '/login', '/apiary']) {
      const answer = await server.app.inject(url)
      assert.equal(answer.statusCode, 200, url)
      assert.match(answer.body, /<title>Callbook/)
      assert.equal(answer.headers['cache-control'], 'no-cache')
    }
  })

  test('gets a fresh nonce with every page, in the page and in the policy', async () => {
    const nonces = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const answer = await server.app.inject('/')
      const nonce = /<meta name="csp-nonce" content="([^"]+)"/.exec(answer.body)?.[1] ?? ''
      assert.match(nonce, /^[\w+/=]{24}$/)
      const policy = String(answer.headers['content-security-policy'])
      assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`))
      assert.ok(policy.includes(`script-src 'self' 'nonce-${nonce}'`))
      assert.ok(answer.body.includes(`<script nonce="${nonce}">theme()`))
      assert.match(policy, /frame-ancestors 'none'/)
      assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline/)
      nonces.add(nonce)
    }
    assert.equal(nonces.size, 3)
  })

  test('has the nonce also where the page does not leave a place for it', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'callbook-web-'))
    await writeFile(join(bare, 'index.html'), '<html><head lang="en"><title>x</title></head></html>')
    const other = await startTestServer({ webRoot: bare })
    assert.match((await other.app.inject('/')).body, /<head lang="en"><meta name="csp-nonce" content="[^"]+" \/>/)
    await other.close()
    await rm(bare, { recursive: true })
  })

  test('serves hashed files for ever and the others to be asked for again', async () => {
    const script = await server.app.inject('/assets/index-abc123.js')
    assert.equal(script.statusCode, 200)
    assert.match(String(script.headers['cache-control']), /max-age=31536000, immutable/)
    assert.match(String(script.headers['content-type']), /javascript/)
    const icon = await server.app.inject('/favicon.svg')
    assert.deepEqual([icon.statusCode, icon.headers['cache-control']], [200, 'public, max-age=0'])
    const again = await server.app.inject({
      url: '/favicon.svg',
      headers: { 'if-none-match': String(icon.headers.etag) },
    })
    assert.equal(again.statusCode, 304)
  })

  test('has no file but its own: not a missing one, a hidden one, or one above its folder', async () => {
    assert.equal((await server.app.inject('/assets/index-old.js')).statusCode, 404)
    for (const url of [
      '/.env',
      '/assets/../.env',
      '/assets/%2e%2e/.env',
      '/assets/..%2f.env',
      '/assets/%2e%2e%2f%2e%2e%2fetc/passwd',
    ])
      assert.doesNotMatch((await server.app.inject(url)).body, /SECRET|root:/, url)
  })

  test('does not answer for the API', async () => {
    assert.equal((await server.app.inject('/api/v1/nothing')).json().code, 'not-found')
    assert.equal((await server.app.inject('/api')).json().code, 'not-found')
  })

  test('that is not built says how to build it', async () => {
    for (const folder of [null, join(webRoot, 'nowhere')]) {
      const unbuilt = await startTestServer({ webRoot: folder })
      const answer = await unbuilt.app.inject('/calls')
      assert.equal(answer.statusCode, 503)
      assert.match(answer.body, /npm run build/)
      await unbuilt.close()
    }
  })
})
