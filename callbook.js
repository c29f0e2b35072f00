#!/usr/bin/env node
// The front door. Plain JavaScript on purpose: an older Node must be able to read it far enough to be told which one is
// needed, instead of failing on the first .ts file.
const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  console.error(
    `Callbook needs Node 26 or newer, and this is Node ${process.versions.node}: run it through npm (npm start, npm run demo, npx callbook …) after npm ci, which brings its own Node.`,
  )
  process.exit(1)
}
// Compiled modules are kept between starts: a command answers in half the time. Threads and child processes know only the
// environment. A folder that cannot be written leaves everything as it was.
const { default: module } = await import('node:module')
process.env.NODE_COMPILE_CACHE ??= `${import.meta.dirname}/node_modules/.cache/compiled`
module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
const { main } = await import('./src/cli/main.ts')
await main(process.argv.slice(2))
