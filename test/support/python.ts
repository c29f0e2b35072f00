// Reads exported files with other people's readers (Python's csv and zipfile, openpyxl), to see what a user's program sees.
import { spawnSync } from 'node:child_process'
import { ensurePackages } from '../../scripts/debian-packages.ts'

/** Debian's own first: a Python from elsewhere does not see Debian's packages. */
const PYTHONS = ['/usr/bin/python3', 'python3']

function pythonWith(module: string): string | undefined {
  return PYTHONS.find((path) => spawnSync(path, ['-c', `import ${module}`]).status === 0)
}

/** null: everything is there; else the sentence to leave a test out with. */
export async function pythonMissing(module: 'csv' | 'zipfile' | 'openpyxl'): Promise<string | null> {
  const packages = module === 'openpyxl' ? ['python3-openpyxl'] : ['python3-minimal', 'libpython3-stdlib']
  const isThere = () => pythonWith(module) !== undefined
  try {
    await ensurePackages(packages, { why: `Reading exports with another reader needs Python and ${module}`, isThere })
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** What a script that imports `module` prints, as JSON. */
export function python<T>(module: string, script: string, ...args: string[]): T {
  const { status, stdout, stderr } = spawnSync(pythonWith(module) ?? 'python3', ['-c', script, ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`python3 failed: ${stderr.slice(-2_000)}`)
  return JSON.parse(stdout) as T
}
