import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { spoolIn } from './spool.ts'

test('what an earlier run left half-written is removed, what this run writes is not', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-spool-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const earlier = await spoolIn(folder).newFile()
  await earlier.file.write('half')
  await writeFile(join(folder, 'whatever'), '')
  const spool = spoolIn(folder)
  const ours = await spool.newFile()
  assert.equal(await spool.clear(), 2)
  assert.equal((await readdir(folder)).length, 1)
  await ours.discard()
  await ours.discard()
  await earlier.discard()
  assert.deepEqual(await readdir(folder), [])
})

test('its folder is made when it is needed, and again when it went away', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-spool-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const spool = spoolIn(join(folder, 'a', 'b'))
  assert.equal(await spool.clear(), 0)
  await rm(join(folder, 'a'), { recursive: true })
  const file = await spool.newFile()
  assert.equal((await readdir(join(folder, 'a', 'b'))).length, 1)
  await file.discard()
})
