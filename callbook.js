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
const { main } = await import('./src/cli/main.ts')
await main(process.argv.slice(2))
