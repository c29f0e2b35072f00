import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { errors } from './errors.ts'

test('docs/errors.md has every error with its status and sentence, and no other', async () => {
  const text = await readFile(new URL('../docs/errors.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^\| `([a-z-]+)` \| (\d{3}) \| (.*?) \|/gm)].map(
    ([, code, status, sentence]) => [code, Number(status), sentence],
  )
  const actual = Object.entries(errors).map(([code, [status, sentence]]) => [code, status, sentence])
  const byCode = (a: unknown[], b: unknown[]) => String(a[0]).localeCompare(String(b[0]))
  assert.deepEqual(documented.sort(byCode), actual.sort(byCode))
})
