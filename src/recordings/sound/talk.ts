// Who talked when, heard from a recording with a channel for each party: for every 20 ms and channel, is it louder than the
// noise of the line? Pure: gets samples in pieces, keeps the ranges alone.
//
//   level     of 20 ms, in dB of full scale
//   noise     the quietest 20 ms of the last six seconds (everybody breathes), between -75 and -42 dB
//   loud      10 dB above the noise and above -52 dB; and not 26 dB below the other channel: that is an echo of it
//   a talk    begins with the first loud 20 ms, goes on over pauses up to 300 ms (between words), and counts if at
//             least 100 ms of it were loud (a click is no word)

const FRAME_MS = 20
const WINDOWS = 12
const FRAMES_A_WINDOW = 500 / FRAME_MS
const NOISE_DB = { lowest: -75, highest: -42 }
const ABOVE_NOISE_DB = 10
const QUIETEST_VOICE_DB = -52
const ECHO_DB = 26
const PAUSE_FRAMES = 300 / FRAME_MS
const LEAST_LOUD_FRAMES = 100 / FRAME_MS
/** Of each kind; beyond, the shortest pauses are closed, the shortest silences and overlaps left out. */
const MAX_RANGES = 1_000

/** From, to: milliseconds of the recording. */
export type Range = [fromMs: number, toMs: number]

export interface Party {
  talkMs: number
  ranges: Range[]
}

/** Who talked when. The times are exact; the lists of ranges have a bound. */
export interface Talk {
  /** By channel. */
  channels: [Party, Party]
  /** Both at once. */
  overlap: Party
  /** Neither. */
  silence: Party
}

export interface TalkListener {
  /** Whole frames of two channels in turn. */
  add(samples: Int16Array): void
  finish(): Talk
}

export function listenForTalk(sampleRate: number): TalkListener {
  const perFrame = Math.max(1, Math.round((sampleRate * FRAME_MS) / 1000))
  const voices = [voice(), voice()] as const
  const energy = [0, 0]
  let inFrame = 0
  let frames = 0
  let heard = 0

  function closeFrame(): void {
    const levels = energy.map((sum) => 10 * Math.log10(sum / inFrame / 32_768 ** 2 + 1e-12)) as [number, number]
    voices[0].hear(frames, levels[0], levels[1])
    voices[1].hear(frames, levels[1], levels[0])
    energy.fill(0)
    inFrame = 0
    frames++
  }

  return {
    add(samples) {
      heard += samples.length / 2
      for (let i = 0; i < samples.length; ) {
        const end = Math.min(samples.length, i + 2 * (perFrame - inFrame))
        inFrame += (end - i) / 2
        let left = 0
        let right = 0
        for (; i < end; i += 2) {
          const [a, b] = [samples[i] ?? 0, samples[i + 1] ?? 0]
          left += a * a
          right += b * b
        }
        energy[0] = (energy[0] ?? 0) + left
        energy[1] = (energy[1] ?? 0) + right
        if (inFrame === perFrame) closeFrame()
      }
    },
    finish() {
      if (inFrame > perFrame / 2) closeFrame()
      const msOf = (perFrame / sampleRate) * 1000
      const durationMs = Math.round((heard / sampleRate) * 1000)
      const [first, second] = voices.map((one) => one.finish().map(([from, to]) => toMs(from, to, msOf, durationMs)))
      return talkOf(first ?? [], second ?? [], durationMs)
    },
  }
}

function toMs(from: number, to: number, msOf: number, durationMs: number): Range {
  return [Math.round(from * msOf), Math.min(durationMs, Math.round(to * msOf))]
}

/** One channel: its noise, and its talks as ranges of 20 ms frames. */
function voice() {
  const quietest: number[] = []
  let quietestNow = 0
  let inWindow = 0
  const talks: Range[] = []
  let open: { from: number; lastLoud: number; loud: number } | null = null

  function noise(): number {
    let lowest = inWindow > 0 ? quietestNow : 0
    for (const level of quietest) if (level < lowest) lowest = level
    return Math.min(NOISE_DB.highest, Math.max(NOISE_DB.lowest, lowest))
  }

  function close(): void {
    if (open && open.loud >= LEAST_LOUD_FRAMES) talks.push([open.from, open.lastLoud + 1])
    open = null
  }

  return {
    hear(frame: number, level: number, other: number): void {
      quietestNow = inWindow === 0 ? level : Math.min(quietestNow, level)
      if (++inWindow === FRAMES_A_WINDOW) {
        quietest.push(quietestNow)
        if (quietest.length > WINDOWS) quietest.shift()
        inWindow = 0
      }
      const isLoud = level > QUIETEST_VOICE_DB && level > noise() + ABOVE_NOISE_DB && level > other - ECHO_DB
      if (isLoud) {
        open ??= { from: frame, lastLoud: frame, loud: 0 }
        open.lastLoud = frame
        open.loud++
      } else if (open && frame - open.lastLoud > PAUSE_FRAMES) close()
    },
    finish(): Range[] {
      close()
      return talks
    },
  }
}

function talkOf(first: Range[], second: Range[], durationMs: number): Talk {
  const overlap = both(first, second)
  const silence = neither(first, second, durationMs)
  const talking = (ranges: Range[]): Party => ({ talkMs: sum(ranges), ranges: closePauses(ranges) })
  const longest = (ranges: Range[]): Party => ({ talkMs: sum(ranges), ranges: keepLongest(ranges) })
  return { channels: [talking(first), talking(second)], overlap: longest(overlap), silence: longest(silence) }
}

function both(first: readonly Range[], second: readonly Range[]): Range[] {
  const found: Range[] = []
  for (let i = 0, k = 0; i < first.length && k < second.length; ) {
    const [a, b] = [first[i] as Range, second[k] as Range]
    const [from, to] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])]
    if (from < to) found.push([from, to])
    if (a[1] < b[1]) i++
    else k++
  }
  return found
}

function neither(first: readonly Range[], second: readonly Range[], durationMs: number): Range[] {
  const found: Range[] = []
  let quietSince = 0
  for (const [from, to] of [...first, ...second].sort((a, b) => a[0] - b[0])) {
    if (from > quietSince) found.push([quietSince, from])
    quietSince = Math.max(quietSince, to)
  }
  if (durationMs > quietSince) found.push([quietSince, durationMs])
  return found
}

function sum(ranges: readonly Range[]): number {
  return ranges.reduce((total, [from, to]) => total + to - from, 0)
}

function closePauses(ranges: readonly Range[]): Range[] {
  if (ranges.length <= MAX_RANGES) return [...ranges]
  const pauses = ranges.slice(1).map(([from], i) => from - (ranges[i]?.[1] ?? 0))
  const shortest = [...pauses].sort((a, b) => a - b)[ranges.length - MAX_RANGES] ?? 0
  const closed: Range[] = []
  for (const [from, to] of ranges) {
    const last = closed.at(-1)
    if (last && from - last[1] <= shortest) last[1] = to
    else closed.push([from, to])
  }
  return closed
}

function keepLongest(ranges: readonly Range[]): Range[] {
  if (ranges.length <= MAX_RANGES) return [...ranges]
  const enough = ranges.map(([from, to]) => to - from).sort((a, b) => b - a)[MAX_RANGES] ?? 0
  return ranges.filter(([from, to]) => to - from > enough)
}
