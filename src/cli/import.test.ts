import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { CallEvent } from '../calls/call-event.ts'
import { DEFAULT_INSTANCE, limits } from '../config.ts'
import { Ingest } from '../ingest/ingest.ts'
import { openEmbeddedStore } from '../store/embedded/embedded-store.ts'
import type { Store } from '../store/store.ts'
import type { ImportReport } from './import.ts'

const CALLBOOK = fileURLToPath(new URL('../../callbook.js', import.meta.url))
const TRACES = fileURLToPath(new URL('../../test/traces/asterisk/', import.meta.url))

const connector = {
  name: 'pbx1',
  type: 'asterisk',
  agents: ['PJSIP/1???'],
  trunks: ['PJSIP/customers', 'PJSIP/external'],
}
let folder = ''
let file = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callbook-import-'))
  file = join(folder, 'Master.csv')
  const rows = globSync('*/cdr.csv', { cwd: TRACES })
    .sort()
    .map((one) => readFileSync(join(TRACES, one), 'utf8'))
  await writeFile(file, rows.join(''))
  await writeFile(join(folder, 'connector.json'), JSON.stringify(connector))
})
after(() => rm(folder, { recursive: true, force: true }))

interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

function run(
  data: string,
  args: readonly string[],
  onOutput?: (child: ReturnType<typeof spawn>) => void,
): Promise<Outcome> {
  const env = { ...process.env, CALLBOOK_DATA: join(folder, data), CALLBOOK_LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, [CALLBOOK, 'import', 'cdr', ...args], { env, cwd: folder })
  const outcome: Outcome = { code: null, stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (outcome.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (outcome.stderr += text))
  onOutput?.(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ ...outcome, code }))
  })
}

async function imported(data: string, args: readonly string[]): Promise<ImportReport> {
  const { code, stdout, stderr } = await run(data, [...args, '--json', '--connector', 'connector.json'])
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout) as ImportReport
}

async function withStore<T>(data: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openEmbeddedStore({ folder: join(folder, data), readers: 1 })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const everything = { from: 0, to: Number.MAX_SAFE_INTEGER }
const countOf = (data: string) =>
  withStore(data, async (store) => (await store.calls.places(DEFAULT_INSTANCE, everything, null, 100_000)).length)

test('a dry run says what would be and writes nothing; the run then does just that, and another one adds nothing', async () => {
  const dry = await imported('plain', [file, '--dry-run'])
  assert.deepEqual([dry.rows, dry.unreadable, dry.calls, dry.newCalls], [125, 0, 79, 79])
  assert.equal(await countOf('plain'), 0)

  const first = await imported('plain', [file])
  assert.deepEqual([first.newCalls, first.knownCalls, first.refused, first.stopped], [79, 0, 0, false])
  assert.deepEqual([first.byType, first.byHangupReason], [dry.byType, dry.byHangupReason])
  assert.ok((first.guesses['answer-time'] ?? 0) > 20 && first.neverTold.length > 3)
  assert.equal(await countOf('plain'), 79)

  const second = await imported('plain', [file])
  assert.deepEqual([second.newCalls, second.knownCalls, second.events, second.duplicates], [0, 79, 0, first.events])
  const call = await withStore('plain', (store) => store.calls.call(DEFAULT_INSTANCE, '1795399913.0'))
  assert.deepEqual(
    [call?.source, call?.type, call?.customer, call?.agent?.id, call?.skillGroup?.id, call?.reconstructed],
    ['pbx1-cdr', 'inbound', '13800138000', '1001', 'sales', true],
  )
})

test('for a person it says what was taken in and what such files cannot tell', async () => {
  const { code, stdout, stderr } = await run('told', [file, '--connector', 'connector.json'])
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /125 rows .*79 calls/)
  assert.match(stdout, /Concluded, .*\n[\s\S]*answered at: the PBX/)
  assert.match(stdout, /Never told by such files:\n[\s\S]*hold/)
})

test('a reader who has seen enough ends nothing', async () => {
  const { code, stderr } = await run('piped', [file, '--connector', 'connector.json'], (child) =>
    child.stdout?.destroy(),
  )
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(await countOf('piped'), 79)
})

test('what a live connector told is left as it is; only an end that never came is added', async () => {
  const at = Date.parse('2026-11-23T02:11:53.251Z')
  const told = (callId: string, type: CallEvent['type'], seconds: number, more = {}) =>
    ({ id: `${type}-${seconds}`, callId, at: at + seconds * 1000, type, ...more }) as CallEvent
  const started = (callId: string) => told(callId, 'call-started', 0, { callType: 'inbound', customer: '13800138000' })
  const agent = { id: '1009' }
  await withStore('live', async (store) => {
    const ingest = new Ingest({ calls: store.calls, publish: () => {}, limits })
    await ingest.append({ instance: DEFAULT_INSTANCE, source: 'pbx1' }, [
      started('1795399913.0'),
      told('1795399913.0', 'agent-answered', 4, { agent }),
      told('1795399913.0', 'call-ended', 6, { releasedBy: 'agent' }),
      // Two that never ended: of the second more was heard after what the file holds.
      { ...started('1795398733.21'), at: Date.parse('2026-11-23T01:52:13.500Z') },
      { ...started('1795398742.27'), at: Date.parse('2026-11-23T01:52:22.100Z') },
      {
        ...told('1795398742.27', 'queue-entered', 0, { skillGroup: { id: 'sales' } }),
        at: Date.parse('2026-11-23T01:53:00Z'),
      },
    ])
  })
  const report = await imported('live', [file])
  assert.deepEqual([report.newCalls, report.leftAlone, report.completed], [76, 2, 1])
  await withStore('live', async (store) => {
    const [whole, ended, goesOn] = await Promise.all(
      ['1795399913.0', '1795398733.21', '1795398742.27'].map((id) => store.calls.call(DEFAULT_INSTANCE, id)),
    )
    assert.deepEqual(
      [whole?.source, whole?.agent?.id, whole?.releasedBy, whole?.steps.length],
      ['pbx1', '1009', 'agent', 3],
    )
    assert.deepEqual(
      [ended?.source, ended?.endedAt, ended?.endEstimated],
      ['pbx1', Date.parse('2026-11-23T01:52:17Z'), true],
    )
    assert.deepEqual([goesOn?.endedAt, goesOn?.steps.length], [null, 2])
  })
})

test('rotated and compressed files are read as one, whatever is between them', async () => {
  const lines = readFileSync(file, 'utf8').split('\n')
  const [old, now] = [join(folder, 'Master.csv.1.gz'), join(folder, 'Master.csv.0')]
  await writeFile(old, gzipSync(lines.slice(0, 60).join('\n')))
  await writeFile(now, `${lines.slice(60).join('\n')}\nnonsense\n"broken,"x\n`)
  const report = await imported('rotated', [old, now])
  assert.deepEqual([report.rows, report.calls, report.newCalls, report.unreadable], [125, 79, 79, 2])
  assert.match(report.examples.unreadable[0] ?? '', /Master\.csv\.0:\d+: The row has 1 columns/)
})

test('two imports of one file at once, beside a store that is open, tell every call once', async () => {
  await withStore('twice', async (store) => {
    await Promise.all([imported('twice', [file]), imported('twice', [file])])
    const places = await store.calls.places(DEFAULT_INSTANCE, everything, null, 1_000)
    assert.equal(places.length, 79)
    const histories = await store.calls.histories(
      DEFAULT_INSTANCE,
      places.map(({ id }) => id),
    )
    const alone = await imported('alone', [file])
    assert.equal(
      [...histories.values()].reduce((sum, { events }) => sum + events.length, 0),
      alone.events,
    )
  })
})

test('an import that is stopped leaves whole calls, and is finished by running it again', async () => {
  const large = join(folder, 'large.csv')
  const rows: string[] = []
  for (let n = 0; n < 12_000; n++) {
    const time = new Date(Date.UTC(2026, 9, 1) + n * 2_000).toISOString().slice(0, 19).replace('T', ' ')
    const id = `${Date.UTC(2026, 9, 1) / 1000 + n * 2}.${n}`
    rows.push(
      `"","13800138000","s","ivr","13800138000","PJSIP/customers-${n}","","WaitExten","4","${time}","${time}","${time}",0,0,"ANSWERED","DOCUMENTATION","${id}",""\n`,
    )
  }
  await writeFile(large, rows.join(''))
  const args = [large, '--timezone', 'UTC', '--connector', 'connector.json']
  const stopped = await withStore('stopped', async (store) => {
    const running = { child: null as ReturnType<typeof spawn> | null, isOver: false }
    const outcome = run('stopped', args, (child) => {
      running.child = child
      child.on('close', () => {
        running.isOver = true
      })
    })
    while (!running.isOver && (await store.calls.places(DEFAULT_INSTANCE, everything, null, 1_000)).length < 1_000)
      await delay(50)
    running.child?.kill('SIGINT')
    return outcome
  })
  assert.equal(stopped.code, 1, stopped.stderr)
  assert.match(stopped.stderr, /Run the same command again/)
  const before = await countOf('stopped')
  assert.ok(before >= 1_000 && before < 12_000, `${before} calls`)
  const report = await imported('stopped', [large, '--timezone', 'UTC'])
  assert.equal(report.newCalls + report.knownCalls, 12_000)
  assert.equal(report.knownCalls, before)
  assert.equal(await countOf('stopped'), 12_000)
})

test('what cannot be imported is said in one sentence', async () => {
  const local = join(folder, 'local.csv')
  await writeFile(
    local,
    readFileSync(file, 'utf8')
      .replaceAll('+0000', '')
      .replaceAll(/"(2026-\d\d-\d\d)T/g, '"$1 '),
  )
  const other = join(folder, 'other.csv')
  await writeFile(other, '1,2,3\n4,5,6\n')
  const failures: [string[], RegExp][] = [
    [[local, '--timezone', 'Asia/Shanghai'], /8 h before what their unique ids say: give the zone .* with --timezone/],
    [[other], /name them with --columns/],
    [[file, '--columns', 'a,b'], /--columns needs at least/],
    [[file, '--timezone', 'Mars/Olympus'], /is not a time zone/],
    [[join(folder, 'none.csv')], /There is no file/],
  ]
  for (const [args, sentence] of failures) {
    const { code, stdout, stderr } = await run('failed', args)
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.match(stderr, sentence)
    assert.match(stderr, /^callbook: [^\n]+\n$/)
  }
})
