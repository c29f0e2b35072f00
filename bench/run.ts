// `npm run bench -- [console] [ingest] [live] [list] [board] [serve] [retention] [export] [sound] [pbx]`: measures the real server and
// prints tables. Without names:
// all of them but `pbx`, which builds and starts a real Asterisk.
//   --quick           a short look, not figures to quote
//   --keep FOLDER     list, board: leave the million calls in FOLDER and use them again next time
//   --profile FOLDER  write CPU profiles of the server there
import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import type { BenchOptions } from './bench-options.ts'
import { benchBoard } from './board.ts'
import { benchConsole } from './console.ts'
import { benchExport } from './export.ts'
import { benchIngest } from './ingest.ts'
import { benchList } from './list.ts'
import { benchLive } from './live.ts'
import { describeMachine } from './machine.ts'
import { benchPbx } from './pbx.ts'
import { benchRetention } from './retention.ts'
import { benchServe } from './serve.ts'
import { benchSound } from './sound.ts'

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  console: benchConsole,
  ingest: benchIngest,
  live: benchLive,
  list: benchList,
  board: benchBoard,
  serve: benchServe,
  export: benchExport,
  retention: benchRetention,
  sound: benchSound,
  pbx: benchPbx,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, keep: { type: 'string' }, profile: { type: 'string' } },
})
const names = positionals.length > 0 ? positionals : Object.keys(benches).filter((name) => name !== 'pbx')
const unknown = names.filter((name) => !benches[name])
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}
console.log(describeMachine(values.keep ?? tmpdir()))
for (const name of names) {
  await benches[name]?.({ quick: values.quick ?? false, keep: values.keep ?? null, profile: values.profile ?? null })
}
