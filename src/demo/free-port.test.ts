import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { freePort } from './free-port.ts'

test('a port in use is passed over for the next free one', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.after(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const found = await freePort('127.0.0.1', port)
  assert.ok(found > port && found <= port + 50)
})

test('0 means any port and stays so', async () => {
  assert.equal(await freePort('127.0.0.1', 0), 0)
})
