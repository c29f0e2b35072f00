// Packs recorded Asterisk traces into traces/calls.jsonl.gz, which the demo replays. Run by hand after the recordings
// change: `node src/demo/pack-traces.ts test/traces/asterisk`. One line per scenario that is one whole call; what is not
// said about that call (log-in, paused agents, answers to actions) is left out.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { RecordedCall, RecordedMessage } from './recorded-calls.ts'

/** Not one whole call: the connection or the PBX was away, the capture stopped before the end, two calls, no call. */
const LEFT_OUT = new Set([
  'agent_states',
  'in_ami_gap_in_queue',
  'in_ami_gap_over_end',
  'in_consult_customer_leaves',
  'in_same_customer_twice',
  'in_still_up',
  'out_pbx_crash',
])
const NOT_ABOUT_THE_CALL = new Set(['FullyBooted', 'QueueMemberPause', 'QueueMemberAdded', 'QueueMemberRemoved'])

interface TraceLine {
  kind: string
  m: Record<string, string | string[]>
}

const [folder] = process.argv.slice(2)
if (!folder) {
  console.error('usage: node src/demo/pack-traces.ts FOLDER')
  process.exit(2)
}
const calls = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !LEFT_OUT.has(entry.name))
  .map((entry) => packScenario(join(folder, entry.name)))
const packed = gzipSync(calls.map((call) => `${JSON.stringify(call)}\n`).join(''), { level: 9 })
writeFileSync(new URL('./traces/calls.jsonl.gz', import.meta.url), packed)
console.log(`${calls.length} calls, ${packed.length} bytes`)

function packScenario(path: string): RecordedCall {
  const { scenario, about, expect } = JSON.parse(readFileSync(join(path, 'scenario.json'), 'utf8'))
  const lines = readFileSync(join(path, 'ami.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as TraceLine)
  const events = lines.filter(
    ({ kind, m }) => kind === 'event' && m.Timestamp !== undefined && !NOT_ABOUT_THE_CALL.has(String(m.Event)),
  )
  const started = events.find(({ m }) => m.Event === 'Newchannel')
  if (!started) throw new Error(`${path}: no channel`)
  const startedUs = microseconds(String(started.m.Timestamp))
  const agents = new Set(events.flatMap(({ m }) => agentOf(String(m.Channel ?? ''))))
  const queues = new Set(events.filter(({ m }) => m.Event === 'QueueCallerJoin').map(({ m }) => m.Queue))
  const messages = events
    .filter(({ m }) => {
      if (m.Event !== 'QueueMemberStatus') return true
      const agent = agentOf(`${String(m.Interface)}-0`)[0]
      return agent !== undefined && agents.has(agent) && queues.has(m.Queue)
    })
    .map(({ m }): RecordedMessage => {
      const headers = Object.entries(m).flatMap(([key, value]) =>
        (Array.isArray(value) ? value : [value]).map((one): [string, string] => [key, one]),
      )
      return [Math.max(0, microseconds(String(m.Timestamp)) - startedUs), headers]
    })
  return { scenario, about, startedUs, expect: expect.calls[0], messages }
}

function agentOf(channel: string): string[] {
  const agent = /^PJSIP\/(\d+)-/.exec(channel)?.[1]
  return agent ? [agent] : []
}

function microseconds(timestamp: string): number {
  const [seconds = '0', fraction = '0'] = timestamp.split('.')
  return Number(seconds) * 1_000_000 + Number(fraction.padEnd(6, '0'))
}
