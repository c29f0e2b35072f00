// Holds the arrows between folders that ARCHITECTURE.md draws, and the rules that a machine can check: a table and a loop
// over import lines. When this fails, change the layout or the drawing, not the table alone.
import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** Which folders of src a folder may import from; `(root)` files (config, errors) are free to all but main.ts to none. */
const ARROWS: Record<string, readonly string[]> = {
  calls: ['access', 'http', 'store'],
  board: ['access', 'calls', 'http', 'store'],
  access: ['calls', 'http', 'store'],
  metrics: ['connectors', 'http', 'ingest', 'store'],
  notes: ['access', 'calls', 'http', 'store'],
  receipts: ['access', 'calls', 'http', 'store'],
  retention: ['access', 'calls', 'http', 'receipts', 'recordings', 'store'],
  suggestions: ['access', 'calls', 'http', 'store'],
  unreached: ['access', 'calls', 'http', 'store'],
  store: ['access', 'board', 'calls', 'notes', 'receipts', 'retention', 'suggestions', 'unreached'],
  http: ['access', 'store'],
  connectors: ['access', 'calls', 'http'],
  ingest: ['access', 'calls', 'connectors', 'http', 'receipts', 'store'],
  live: ['access', 'calls', 'http', 'store'],
  reconciliation: ['access', 'calls', 'http', 'ingest', 'store'],
  recordings: ['access', 'calls', 'http', 'receipts', 'store'],
  exports: ['access', 'calls', 'directory', 'http', 'receipts', 'recordings', 'store'],
  views: ['access', 'calls', 'http', 'store'],
  demo: ['access', 'calls', 'cli', 'connectors', 'ingest', 'recordings', 'store', '(main)'],
  directory: ['access', 'calls', 'http', 'store'],
  sample: ['access', 'calls', 'demo', 'http', 'recordings', 'store'],
  doctor: ['access', 'calls', 'connectors', 'http', 'recordings'],
  cli: [
    'access',
    'calls',
    'connectors',
    'demo',
    'directory',
    'doctor',
    'exports',
    'ingest',
    'receipts',
    'reconciliation',
    'recordings',
    'retention',
    'store',
    '(main)',
  ],
  // A thread of its own, which opens the store by itself.
  '(export thread)': ['exports', 'store'],
  '(main)': [
    'access',
    'board',
    'calls',
    'connectors',
    'directory',
    'doctor',
    'exports',
    'http',
    'ingest',
    'live',
    'metrics',
    'notes',
    'receipts',
    'reconciliation',
    'recordings',
    'retention',
    'sample',
    'store',
    'suggestions',
    'unreached',
    'views',
  ],
}

interface Import {
  file: string
  target: string
  typeOnly: boolean
}

const sources = globSync('src/**/*.ts', { cwd: root }).filter(
  (file) => !/\.test\.ts$|fake-ami-server|fake-esl-server/.test(file),
)

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const found: Import[] = []
  for (const match of text.matchAll(/^(import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm)) {
    const target = match[3] ?? match[4] ?? ''
    // A line that imports only types by name says so in braces.
    const typeOnly = match[2] !== undefined || /\{(\s*type\s[^,}]+,?)+\s*\}/.test(match[0])
    found.push({ file, target: relative(root, join(root, dirname(file), target)), typeOnly })
  }
  return found
}

function folderOf(file: string): string {
  if (file === 'src/main.ts') return '(main)'
  if (file === 'src/export-thread.ts') return '(export thread)'
  return file.split('/').length === 2 ? '(root)' : (file.split('/')[1] ?? '')
}

const imports = sources.flatMap(importsOf)

test('every folder imports only from where its arrows point', () => {
  for (const { file, target } of imports) {
    const [from, to] = [folderOf(file), folderOf(target)]
    if (from === to || to === '(root)') continue
    assert.ok(ARROWS[from]?.includes(to), `${file} imports ${target}: no arrow from ${from} to ${to}`)
  }
})

test('every folder of src is in the table, and every row of the table is a folder', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  assert.deepEqual(
    folders.map((entry) => entry.name).sort(),
    Object.keys(ARROWS)
      .filter((name) => !name.startsWith('('))
      .sort(),
  )
})

test('between calls, access, http and store only what is meant to be shared is imported', () => {
  const shared: Record<string, RegExp> = {
    // The port, never an adapter: SQL stays behind it.
    store: /^src\/store\/store\.ts$/,
    http: /^src\/http\/app\.ts$/,
  }
  for (const { file, target } of imports) {
    const [from, to] = [folderOf(file), folderOf(target)]
    if (from === to || ['(main)', '(export thread)', 'cli'].includes(from)) continue
    const only = shared[to]
    if (only) assert.match(target, only, `${file} imports ${target}`)
  }
})

test('connectors know neither the store nor ingest; the store knows nothing that runs', () => {
  for (const { file, target, typeOnly } of imports) {
    if (folderOf(file) === 'connectors')
      assert.ok(!['store', 'ingest'].includes(folderOf(target)), `${file} imports ${target}`)
    if (folderOf(file) === 'ingest' && folderOf(target) === 'connectors')
      assert.ok(typeOnly, `${file} imports ${target}`)
  }
})

test('no file needs itself, over whatever way', () => {
  const graph = new Map<string, string[]>()
  for (const { file, target, typeOnly } of imports) if (!typeOnly) graph.set(file, [...(graph.get(file) ?? []), target])
  const done = new Set<string>()
  const walk = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `circle: ${[...path, file].join(' → ')}`)
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
})

test('SQL stands in the store alone, the environment is read in config.ts alone, calls are written by ingest alone', () => {
  for (const file of sources) {
    const text = readFileSync(join(root, file), 'utf8')
    // The tables in which a PBX keeps its own logs are no store of ours: they are read, in one folder.
    if (!file.startsWith('src/store/') && !file.startsWith('src/connectors/asterisk/backfill/database/')) {
      assert.doesNotMatch(text, /\bSELECT\b .*\bFROM\b|\bINSERT INTO \w+ \(|\bDELETE FROM \w/, `${file} has SQL`)
      assert.doesNotMatch(text, /from 'node:sqlite'|from 'kysely'/, `${file} opens a database`)
    }
    if (file !== 'src/config.ts') assert.doesNotMatch(text, /process\.env/, `${file} reads the environment`)
    if (!/^src\/(store|ingest)\//.test(file)) assert.doesNotMatch(text, /\.commit\(/, `${file} writes calls`)
  }
})

test('the console takes only types and closed lists from the server', () => {
  for (const file of globSync('web/src/**/*.{ts,tsx}', { cwd: root })) {
    if (/\.test\.tsx?$/.test(file)) continue
    for (const { target, typeOnly } of importsOf(file)) {
      if (!target.startsWith('src/')) continue
      assert.ok(typeOnly || target === 'src/calls/vocabulary.ts', `${file} imports ${target}`)
    }
  }
})

test('Ant Design comes into the console through its own folder, in our theme', () => {
  for (const file of globSync('web/src/**/*.{ts,tsx}', { cwd: root })) {
    if (file.startsWith('web/src/ui/antd/')) continue
    const text = readFileSync(join(root, file), 'utf8')
    assert.doesNotMatch(text, /^import (?!type ).*'antd|import\('antd/m, `${file} takes a widget without our theme`)
  }
})

test('files stay small enough to read at once', () => {
  for (const file of sources) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length
    assert.ok(lines <= 450, `${file} has ${lines} lines`)
  }
})
