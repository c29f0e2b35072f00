// Small file systems for tests of disks that are full or cannot be written. Needs root (in CI and containers often there,
// on a desk rarely): null means that the test is to be left out by name.
import { execFileSync } from 'node:child_process'

export interface Mounted {
  /** Safe to call twice. */
  unmount(): void
}

export function mountReadOnly(path: string): Mounted | null {
  return mount(path, ['-t', 'tmpfs', '-o', 'ro,size=1m', 'tmpfs', path])
}

/** An empty file system of so many bytes at `path`. */
export function mountSmall(path: string, bytes: number): Mounted | null {
  return mount(path, ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path])
}

const mounted = new Set<string>()
process.once('exit', () => {
  for (const path of mounted) unmountNow(path)
})

function mount(path: string, args: string[]): Mounted | null {
  if (process.getuid?.() !== 0) return null
  try {
    execFileSync('mount', args, { stdio: 'ignore' })
  } catch {
    return null
  }
  mounted.add(path)
  return { unmount: () => unmountNow(path) }
}

function unmountNow(path: string): void {
  if (!mounted.delete(path)) return
  // Lazily: a process that is just ending may still have a file open.
  execFileSync('umount', ['-l', path], { stdio: 'ignore' })
}
