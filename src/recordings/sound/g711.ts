// A-law and µ-law as 16-bit samples: two tables of 256 (ITU-T G.711), made once. Equal to sox on every code.

export const ALAW = tableOf(alawSample)
export const ULAW = tableOf(ulawSample)
/** The codes that mean silence. */
export const ALAW_SILENCE = 0xd5
export const ULAW_SILENCE = 0xff

function tableOf(sample: (code: number) => number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, code) => sample(code))
}

function alawSample(code: number): number {
  const flipped = code ^ 0x55
  const segment = (flipped >> 4) & 7
  const step = ((flipped & 15) << 4) + 8
  const size = segment === 0 ? step : (step + 0x100) << (segment - 1)
  return flipped & 0x80 ? size : -size
}

function ulawSample(code: number): number {
  const flipped = ~code & 0xff
  const size = ((((flipped & 15) << 3) + 0x84) << ((flipped >> 4) & 7)) - 0x84
  return flipped & 0x80 ? -size : size
}
