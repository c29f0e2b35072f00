// How the console is built (scripts/build-web.ts) and served while working on it (`npx vite web`, with the API of a
// running server behind it).
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** What a first visit to the list runs. Fetched as few files: each costs a slow computer more than its bytes. */
const FIRST_VISIT = ['/src/main.tsx']
/** Runs before all that, so it stays apart with everything it needs. */
const FIRST_ASKS = '/src/first-asks.ts'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), firstAsks()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 1200,
    // Data: addresses would need a hole in the content security policy.
    assetsInlineLimit: 0,
    // Every browser we serve knows the real thing (Safari since 17).
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: `${import.meta.dirname}/index.html`, 'first-asks': `${import.meta.dirname}${FIRST_ASKS}` },
      output: { codeSplitting: { groups: [{ name: firstVisitChunk, debugName: 'first visit' }] } },
      treeshake: {
        // Selects and date pickers look for a form around them, of which there is none here. The packages of forms do not
        // say that importing them changes nothing, so they would all come along (13 KB compressed).
        moduleSideEffects: (id) => !/@rc-component\/(form|async-validator)\//.test(id),
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})

interface ModuleGraph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null
}

/** Which of the first visit's files a module goes into; null: wherever the bundler sees fit. */
function firstVisitChunk(id: string, graph: ModuleGraph): string | null {
  if (reachedFrom([FIRST_ASKS], graph).has(id)) return 'first'
  if (!reachedFrom(FIRST_VISIT, graph).has(id)) return null
  // Its styles are made in the browser: dear on a slow computer (docs/decisions/0110-own-button-and-field.md).
  if (/node_modules\/(antd|@rc-component|@ant-design\/cssinjs)\//.test(id))
    throw new Error(`the first visit reaches ${id}`)
  return id.includes('/node_modules/') ? 'libraries' : 'list'
}

const reached = new Map<string, ReadonlySet<string>>()

/** Every module that these import, and those import in turn; what is fetched later (`import()`) left out. */
function reachedFrom(entries: readonly string[], graph: ModuleGraph): ReadonlySet<string> {
  const key = entries.join()
  const known = reached.get(key)
  if (known) return known
  const found = new Set<string>()
  const left = entries.map((entry) => `${import.meta.dirname}${entry}`)
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    if (found.has(id)) continue
    found.add(id)
    left.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  reached.set(key, found)
  return found
}

/** Puts first-asks before everything else in the page; it runs as soon as it is there, whatever else is still on its way. */
function firstAsks(): Plugin {
  return {
    name: 'first-asks',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((one) => one.type === 'chunk')
        // The chunk with its code, not the entry, which would only import that: one file less to wait for.
        const first = chunks.find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(FIRST_ASKS)))
        if (!first) throw new Error('the first visit has no first-asks')
        return [{ tag: 'script', attrs: { type: 'module', crossorigin: true, async: true, src: `/${first.fileName}` } }]
      },
    },
  }
}
