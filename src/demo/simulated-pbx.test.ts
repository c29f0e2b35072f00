import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type Headers, headerOf, readMessage, writeMessage } from './ami-text.ts'
import { type SimulatedPbxOptions, startSimulatedPbx } from './simulated-pbx.ts'

test('a client logs in by challenge, pings and is told the calls that happen', async (t) => {
  const pbx = await startPbx(t, { rate: 4, talkMs: 50, seed: 1, scenarios: ['out_invalid_number'] })
  const client = await logIn(t, pbx)
  assert.equal(headerOf(await client.next('Event', 'FullyBooted'), 'Status'), 'Fully Booted')
  assert.equal(headerOf(await client.ask([['Action', 'Ping']]), 'Ping'), 'Pong')
  const born = await client.next('Event', 'Newchannel')
  const ended = await client.next('Event', 'Hangup')
  assert.match(headerOf(born, 'Channel'), /^PJSIP\/(\d{4}|customers)-[0-9a-f]{8}$/)
  assert.equal(headerOf(ended, 'Linkedid'), headerOf(born, 'Linkedid'))
  assert.ok(Math.abs(Number(headerOf(born, 'Timestamp')) - Date.now() / 1000) < 5, 'it happened just now')
})

test('a plain log-in is taken too', async (t) => {
  const pbx = await startPbx(t, { rate: 0.001, seed: 1 })
  const client = await openClient(t, pbx.port)
  const said = await client.ask([
    ['Action', 'Login'],
    ['Username', pbx.username],
    ['Secret', pbx.secret],
  ])
  assert.equal(headerOf(said, 'Response'), 'Success')
})

test('a wrong secret is refused and the connection ended', async (t) => {
  const pbx = await startPbx(t, { rate: 0.001, seed: 1 })
  const client = await openClient(t, pbx.port)
  const closed = once(client.socket, 'close')
  const said = await client.ask([
    ['Action', 'Login'],
    ['Username', pbx.username],
    ['Secret', 'guess'],
  ])
  assert.equal(headerOf(said, 'Message'), 'Authentication failed')
  await closed
})

test('nothing is told, and nothing answered, before the log-in', async (t) => {
  const pbx = await startPbx(t, { rate: 50, talkMs: 50, seed: 1 })
  const client = await openClient(t, pbx.port)
  const said = await client.ask([['Action', 'CoreShowChannels']])
  assert.equal(headerOf(said, 'Message'), 'Permission denied')
  assert.equal(pbx.stats().clients, 0)
  assert.deepEqual(client.events(), [])
})

test('an unknown action is answered as Asterisk answers it', async (t) => {
  const pbx = await startPbx(t, { rate: 0.001, seed: 1 })
  const client = await logIn(t, pbx)
  assert.equal(headerOf(await client.ask([['Action', 'MakeCoffee']]), 'Response'), 'Error')
})

test('asked at its start, a PBX that was at work shows the calls that are up', async (t) => {
  const pbx = await startPbx(t, { rate: 0.4, seed: 4, atWorkMs: 300_000 })
  const client = await logIn(t, pbx)
  const expected = pbx.inProgress().map(({ callId }) => callId)
  assert.ok(expected.length >= 8, `${expected.length} calls are up`)
  const channels = await client.list('CoreShowChannels', 'CoreShowChannelsComplete')
  const linked = new Set(channels.map((channel) => headerOf(channel, 'Linkedid')))
  for (const callId of expected) assert.ok(linked.has(callId), `${callId} is shown`)
  const talking = channels.filter((channel) => headerOf(channel, 'BridgeId') !== '')
  assert.ok(talking.length > 0)
  assert.ok((await pbx.atWork).length > 0, 'some calls were over before')
})

test('a PBX that waits for its first client tells it everything that begins or ends from then on', async (t) => {
  const pbx = await startPbx(t, { rate: 0.6, seed: 4, atWorkMs: 200_000, fromFirstClient: true })
  assert.equal(pbx.stats().begun, 0)
  const client = await logIn(t, pbx)
  await pbx.atWork
  const up = pbx.inProgress().length
  assert.ok(up > 0)
  const channels = await client.list('CoreShowChannels', 'CoreShowChannelsComplete')
  assert.ok(channels.length >= up)
})

test('the queues show their members, who is busy, and who waits', async (t) => {
  const pbx = await startPbx(t, { rate: 0.6, seed: 4, atWorkMs: 300_000, scenarios: ['in_queue_abandon_paused'] })
  const client = await logIn(t, pbx)
  const answers = await client.list('QueueStatus', 'QueueStatusComplete')
  const events = (name: string) => answers.filter((answer) => headerOf(answer, 'Event') === name)
  assert.deepEqual(
    events('QueueParams').map((queue) => headerOf(queue, 'Queue')),
    ['销售', '售后', '技术支持', '投诉', 'VIP专线'],
  )
  assert.ok(events('QueueMember').some((member) => headerOf(member, 'Name') === '张三'))
  assert.ok(events('QueueEntry').length > 0)
})

test('a client that does not read is cut off, the others are served', async (t) => {
  const pbx = await startPbx(t, { rate: 400, talkMs: 50, seed: 1, scenarios: ['out_invalid_number'] })
  const reader = await logIn(t, pbx)
  const sleeper = await logIn(t, pbx)
  sleeper.socket.pause()
  while (pbx.stats().cutOff === 0) await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(headerOf(await reader.ask([['Action', 'Ping']]), 'Ping'), 'Pong')
  assert.equal(pbx.stats().clients, 1)
})

async function startPbx(t: TestContext, options: SimulatedPbxOptions) {
  const pbx = await startSimulatedPbx(options)
  t.after(() => pbx.close())
  return pbx
}

interface Client {
  socket: Socket
  ask(headers: Headers): Promise<Headers>
  /** The next message with that header; what came before it is let go. */
  next(key: string, value: string): Promise<Headers>
  list(action: string, complete: string): Promise<Headers[]>
  events(): Headers[]
}

async function openClient(t: TestContext, port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1')
  t.after(() => socket.destroy())
  socket.setEncoding('utf8')
  const messages: Headers[] = []
  let pending = ''
  let wake = () => {}
  socket.on('data', (text: string) => {
    pending += text
    if (pending.startsWith('Asterisk Call Manager/')) pending = pending.slice(pending.indexOf('\r\n') + 2)
    for (let end = pending.indexOf('\r\n\r\n'); end >= 0; end = pending.indexOf('\r\n\r\n')) {
      messages.push(readMessage(pending.slice(0, end)))
      pending = pending.slice(end + 4)
    }
    wake()
  })
  await once(socket, 'connect')
  let asked = 0
  const client: Client = {
    socket,
    events: () => messages.filter((message) => headerOf(message, 'Event') !== ''),
    async next(key, value) {
      for (;;) {
        const found = messages.findIndex((message) => headerOf(message, key) === value)
        if (found >= 0) return messages.splice(0, found + 1)[found] ?? []
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    ask(headers) {
      const id = `t${++asked}`
      socket.write(writeMessage([...headers, ['ActionID', id]]))
      return client.next('ActionID', id)
    },
    async list(action, complete) {
      const answer = await client.ask([['Action', action]])
      const id = headerOf(answer, 'ActionID')
      for (;;) {
        const items = messages.filter((message) => headerOf(message, 'ActionID') === id)
        const last = items.at(-1)
        if (last && headerOf(last, 'Event') === complete) {
          assert.equal(headerOf(last, 'ListItems'), String(items.length - 1))
          return items.slice(0, -1)
        }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
  return client
}

async function logIn(t: TestContext, pbx: { port: number; username: string; secret: string }): Promise<Client> {
  const client = await openClient(t, pbx.port)
  const asked = await client.ask([
    ['Action', 'Challenge'],
    ['AuthType', 'MD5'],
  ])
  const key = createHash('md5')
    .update(headerOf(asked, 'Challenge') + pbx.secret)
    .digest('hex')
  const said = await client.ask([
    ['Action', 'Login'],
    ['AuthType', 'MD5'],
    ['Username', pbx.username],
    ['Key', key],
  ])
  assert.equal(headerOf(said, 'Message'), 'Authentication accepted')
  return client
}
