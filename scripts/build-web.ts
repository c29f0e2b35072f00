// Builds the console into web/dist. With --if-stale only when something it is made of is newer than the last build:
// npm start, npm run demo and npm test call it that way. Prints one line when it builds, nothing when it need not.
import { existsSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = resolve(import.meta.dirname, '..')
const built = join(root, 'web/dist/index.html')

/** What goes into a build: the console, the types and words it shares with the server, and its libraries. */
const MADE_OF = ['web', 'src/calls', 'package-lock.json', 'scripts/build-web.ts']

if (!process.argv.includes('--if-stale') || (await isStale())) await buildConsole()

async function buildConsole(): Promise<void> {
  // Loaded only now: most starts need no build, and Vite takes a while to load.
  const { build } = await import('vite')
  const begun = performance.now()
  // Built aside and put in place whole: a server that is running never finds half a console.
  const aside = join(root, `web/dist.${process.pid}`)
  try {
    await build({
      root: join(root, 'web'),
      configFile: join(root, 'web/vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: aside },
    })
    await compressAssets(join(aside, 'assets'))
    await rm(join(root, 'web/dist'), { recursive: true, force: true })
    await rename(aside, join(root, 'web/dist'))
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  console.log(`Built the console into web/dist in ${((performance.now() - begun) / 1000).toFixed(1)} s.`)
}

/** Compressed once here rather than for every visit: a third of the bytes, and nothing to do for the server. */
async function compressAssets(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/\.(js|css|svg)$/.test(name)) continue
    const bytes = await readFile(join(folder, name))
    await writeFile(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }))
    const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    await writeFile(join(folder, `${name}.br`), brotliCompressSync(bytes, { params: quality }))
  }
}

async function isStale(): Promise<boolean> {
  if (!existsSync(built)) return true
  const builtAt = (await stat(built)).mtimeMs
  for (const path of MADE_OF) {
    if ((await newestIn(join(root, path))) > builtAt) return true
  }
  return false
}

/** The latest change below a path, epoch ms. Tests and the build itself do not count. */
async function newestIn(path: string): Promise<number> {
  const found = await stat(path)
  if (!found.isDirectory()) return found.mtimeMs
  // A file taken away shows in its folder's time; web's own changes with every build.
  let newest = path === join(root, 'web') ? 0 : found.mtimeMs
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name.startsWith('dist') || entry.name === 'node_modules' || /\.test\.tsx?$/.test(entry.name)) continue
    newest = Math.max(newest, await newestIn(join(path, entry.name)))
  }
  return newest
}
