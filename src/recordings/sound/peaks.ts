// The shape of a recording's sound: for every twentieth of a second the lowest and the highest sample of each channel, as
// the waveform data format of BBC audiowaveform (.dat version 2, 8 bit), which other tools read too. Pure: gets samples in
// pieces, keeps the peaks alone.
//
//   int32 version 2 │ uint32 flags 1 = 8 bit │ int32 rate │ int32 samples a point │ uint32 points │ int32 channels
//   then for each point, for each channel: int8 lowest, int8 highest

const HEADER_BYTES = 24
const POINTS_A_SECOND = 20
/** Of all channels together; beyond, a point spans more samples. Two hours in stereo fit without that. */
const MAX_POINTS = 400_000

export interface PeaksGatherer {
  /** Whole frames: a sample of each channel in turn. */
  add(samples: Int16Array): void
  finish(): Uint8Array
}

/** `frames`: how many there will be, about; more or fewer do no harm. */
export function gatherPeaks({
  channels,
  sampleRate,
  frames,
}: {
  channels: number
  sampleRate: number
  frames: number
}): PeaksGatherer {
  const usual = Math.max(1, Math.round(sampleRate / POINTS_A_SECOND))
  const perPoint = Math.max(usual, Math.ceil((frames * channels) / MAX_POINTS))
  let points = new Int8Array(2 * channels * (Math.ceil(frames / perPoint) + 1))
  let length = 0
  let inPoint = 0
  const lowest = new Int16Array(channels).fill(32_767)
  const highest = new Int16Array(channels).fill(-32_768)

  function closePoint(): void {
    const at = 2 * channels * length
    if (at + 2 * channels > points.length) {
      const larger = new Int8Array(points.length * 2)
      larger.set(points)
      points = larger
    }
    for (let channel = 0; channel < channels; channel++) {
      points[at + 2 * channel] = (lowest[channel] ?? 0) >> 8
      points[at + 2 * channel + 1] = (highest[channel] ?? 0) >> 8
    }
    lowest.fill(32_767)
    highest.fill(-32_768)
    inPoint = 0
    length++
  }

  return {
    add(samples) {
      const count = samples.length / channels
      for (let frame = 0; frame < count; ) {
        const end = Math.min(count, frame + perPoint - inPoint)
        for (let channel = 0; channel < channels; channel++) {
          let low = lowest[channel] ?? 0
          let high = highest[channel] ?? 0
          for (let i = frame * channels + channel; i < end * channels; i += channels) {
            const sample = samples[i] ?? 0
            if (sample < low) low = sample
            if (sample > high) high = sample
          }
          lowest[channel] = low
          highest[channel] = high
        }
        inPoint += end - frame
        frame = end
        if (inPoint === perPoint) closePoint()
      }
    },
    finish() {
      if (inPoint > 0) closePoint()
      return writeDat({
        channels,
        sampleRate,
        samplesPerPoint: perPoint,
        points: points.subarray(0, 2 * channels * length),
      })
    },
  }
}

export interface Peaks {
  channels: number
  sampleRate: number
  samplesPerPoint: number
  /** Lowest and highest of each channel in turn, -128 to 127. */
  points: Int8Array
}

function writeDat({ channels, sampleRate, samplesPerPoint, points }: Peaks): Uint8Array {
  const dat = new Uint8Array(HEADER_BYTES + points.length)
  const view = new DataView(dat.buffer)
  const length = points.length / (2 * channels)
  const fields = [2, 1, sampleRate, samplesPerPoint, length, channels]
  for (const [i, value] of fields.entries()) view.setInt32(4 * i, value, true)
  dat.set(new Uint8Array(points.buffer, points.byteOffset, points.length), HEADER_BYTES)
  return dat
}

/** Reads what `gatherPeaks` wrote; `bytes`: how much of the beginning it takes. null: it is none. */
export function readDat(dat: Uint8Array): { peaks: Peaks; bytes: number } | null {
  if (dat.length < HEADER_BYTES) return null
  const view = new DataView(dat.buffer, dat.byteOffset, dat.byteLength)
  const [version, flags, sampleRate, samplesPerPoint, length, channels] = [0, 4, 8, 12, 16, 20].map((at) =>
    view.getInt32(at, true),
  ) as [number, number, number, number, number, number]
  const bytes = HEADER_BYTES + 2 * channels * length
  if (version !== 2 || flags !== 1 || channels < 1 || length < 0 || bytes > dat.length) return null
  const points = new Int8Array(dat.buffer, dat.byteOffset + HEADER_BYTES, 2 * channels * length)
  return { peaks: { channels, sampleRate, samplesPerPoint, points }, bytes }
}

/** At most `most` points: each spans as many whole points of before. For a picture that is so wide. */
export function coarser({ channels, sampleRate, samplesPerPoint, points }: Peaks, most: number): Peaks {
  const width = 2 * channels
  const length = points.length / width
  const step = Math.ceil(length / most)
  if (step <= 1) return { channels, sampleRate, samplesPerPoint, points }
  const fewer = new Int8Array(width * Math.ceil(length / step))
  for (let at = 0; at < fewer.length; at++) {
    const isLowest = at % 2 === 0
    const first = Math.floor(at / width) * step
    let peak = isLowest ? 127 : -128
    for (let point = first; point < Math.min(length, first + step); point++) {
      const value = points[point * width + (at % width)] ?? 0
      if (isLowest ? value < peak : value > peak) peak = value
    }
    fewer[at] = peak
  }
  return { channels, sampleRate, samplesPerPoint: samplesPerPoint * step, points: fewer }
}

export function peaksToDat(peaks: Peaks): Uint8Array {
  return writeDat(peaks)
}

/** The same as audiowaveform's JSON, version 2. */
export function peaksToJson({ channels, sampleRate, samplesPerPoint, points }: Peaks) {
  return {
    version: 2,
    channels,
    sample_rate: sampleRate,
    samples_per_pixel: samplesPerPoint,
    bits: 8,
    length: points.length / (2 * channels),
    data: [...points],
  }
}
