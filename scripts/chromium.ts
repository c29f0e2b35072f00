// The browser of the journeys: where it is, and how it gets there. Used by scripts/test.ts and test/e2e/support.ts.
import { existsSync } from 'node:fs'
import { ensurePackages } from './debian-packages.ts'

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

export function findChromium(): string | null {
  return PLACES.find((place) => existsSync(place)) ?? null
}

/**
 * Makes sure that there is a browser: installs Debian's where it is missing and we are root. The font is for Chinese,
 * without which screenshots show empty boxes.
 * @throws Error that says how to install it
 */
export async function ensureChromium(): Promise<void> {
  try {
    await ensurePackages(['chromium', 'fonts-noto-cjk'], {
      why: 'The browser journeys need Chromium',
      isThere: () => findChromium() !== null,
    })
  } catch (cause) {
    const elsewhere = 'Elsewhere: install Chromium or Google Chrome. Everything but the journeys: npm run test:unit'
    throw new Error(`${(cause as Error).message}\n${elsewhere}`, { cause })
  }
}
