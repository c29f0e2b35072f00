// The browser of the journeys: where it is, and how it gets there. Used by scripts/test.ts and test/e2e/support.ts.
import { existsSync } from 'node:fs'
import { ensurePackages } from './debian-packages.ts'

/** Chromium without the windows it would not show anyway: pages open in a third of the time. */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell'
const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Where the browser for the journeys is; null: nowhere. */
export function findChromium(): string | null {
  return existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : findBrowser()
}

/** A browser as people use it, to measure with. */
export function findBrowser(): string | null {
  return BROWSERS.find((place) => existsSync(place)) ?? null
}

/**
 * Makes sure that there is a browser: installs Debian's where we may, and else takes what there is. The font is for Chinese,
 * without which screenshots show empty boxes.
 * @throws Error that says how to install it
 */
export async function ensureChromium(): Promise<void> {
  try {
    await ensurePackages(['chromium-headless-shell', 'fonts-noto-cjk'], {
      why: 'The browser journeys need Chromium',
      isThere: () => existsSync(HEADLESS_SHELL),
    })
  } catch (cause) {
    if (findBrowser() !== null) return
    const elsewhere = 'Elsewhere: install Chromium or Google Chrome. Everything but the journeys: npm run test:unit'
    throw new Error(`${(cause as Error).message}\n${elsewhere}`, { cause })
  }
}
