// Makes speech-like sound from nothing: a pulse train at a voice's pitch through three resonators that glide from vowel
// to vowel, in syllables and phrases. Nobody can be understood, everybody can be heard, and no two voices sound alike.
// conversation.ts lets two of them take turns.
import { type Random, randomFrom } from './random.ts'

export const SAMPLE_RATE = 8_000

export interface Voice {
  /** Middle of the pitch: 110 is a man's voice, 210 a woman's. */
  pitchHz: number
  /** Longer throats (0.95) sound darker than shorter ones (1.15). */
  formantScale: number
  syllablesPerSecond: number
  seed: number
}

/** Formants in Hz, and how loud the vowel is. */
const VOWELS = [
  { formants: [800, 1250, 2550], loudness: 1 },
  { formants: [320, 2200, 2950], loudness: 0.72 },
  { formants: [340, 760, 2400], loudness: 0.7 },
  { formants: [520, 1800, 2500], loudness: 0.9 },
  { formants: [540, 930, 2450], loudness: 0.9 },
  { formants: [480, 1400, 2450], loudness: 0.8 },
] as const
type Vowel = (typeof VOWELS)[number]
const BANDWIDTHS = [85, 115, 190] as const
/** Root mean square of a phrase, and what no sample goes beyond. */
const LOUDNESS = 2_600
const PEAK = 12_000

interface Syllable {
  vowel: Vowel
  samples: number
  /** Pitch at its beginning and end, relative to the voice's. */
  pitch: [from: number, to: number]
  /** Noise before it: `s`, `t`, `h`… */
  consonant: { samples: number; loudness: number; brightness: number }
}

/** One phrase of about one to four seconds; `n` chooses which, the same one every time. */
export function speakPhrase(voice: Voice, n: number): Int16Array {
  const random = randomFrom(voice.seed * 7_919 + n * 104_729)
  const syllables = makeSyllables(voice, random)
  const samples = new Float32Array(syllables.reduce((sum, s) => sum + s.samples + s.consonant.samples, 0) + 400)
  const throat = BANDWIDTHS.map((bandwidth) => makeResonator(bandwidth))
  let at = 0
  let phase = 0
  for (const [i, syllable] of syllables.entries()) {
    tuneTo(throat, voice, syllable.vowel, syllable.vowel, 0)
    for (let s = 0; s < syllable.consonant.samples; s++) {
      const swell = Math.sin((Math.PI * s) / syllable.consonant.samples)
      const noise = (random.next() * 2 - 1) * syllable.consonant.loudness * swell
      samples[at++] = shape(throat, noise * syllable.consonant.brightness)
    }
    const next = syllables[i + 1]?.vowel ?? syllable.vowel
    for (let s = 0; s < syllable.samples; s++) {
      const share = s / syllable.samples
      if (s % 40 === 0) {
        // Vowels hold for the first half and then lean towards the next one.
        const lean = Math.max(0, share - 0.5) * 1.4
        tuneTo(throat, voice, syllable.vowel, next, lean)
      }
      const pitch = voice.pitchHz * (syllable.pitch[0] + (syllable.pitch[1] - syllable.pitch[0]) * share)
      phase += pitch / SAMPLE_RATE
      if (phase >= 1) phase -= 1
      const swell = Math.min(1, share * 8, (1 - share) * 5) * syllable.vowel.loudness
      const breath = (random.next() * 2 - 1) * 0.03
      samples[at++] = shape(throat, (glottalFlow(phase) + breath) * swell)
    }
  }
  while (at < samples.length) samples[at++] = shape(throat, 0)
  return toPcm(samples)
}

function tuneTo(throat: readonly Resonator[], voice: Voice, from: Vowel, to: Vowel, lean: number): void {
  throat.forEach((resonator, f) => {
    const here = from.formants[f] ?? 500
    resonator.tune((here + ((to.formants[f] ?? here) - here) * lean) * voice.formantScale)
  })
}

/** The slope of the air's flow through the vocal folds: open for 60 % of a period, closing sharply. */
function glottalFlow(phase: number): number {
  if (phase < 0.48) return Math.sin((Math.PI * phase) / 0.48) * 0.5
  if (phase < 0.6) return -Math.sin((Math.PI * (phase - 0.48)) / 0.12) * 2
  return 0
}

function makeSyllables(voice: Voice, random: Random): Syllable[] {
  const count = random.whole(5, 15)
  const asks = random.chance(0.25)
  return Array.from({ length: count }, (_, i) => {
    const share = i / count
    // A sentence sinks; a question rises at its end. Each syllable has a tone of its own.
    const line = 1.12 - 0.22 * share + (asks && share > 0.75 ? 0.3 : 0)
    const tone = random.pick([
      [1.05, 1.05],
      [0.92, 1.1],
      [0.98, 0.88],
      [1.15, 0.88],
    ] as const)
    const length = (SAMPLE_RATE / voice.syllablesPerSecond) * random.between(0.6, 1.05) * (i === count - 1 ? 1.5 : 1)
    const spoken = random.chance(0.85)
    return {
      vowel: random.pick(VOWELS),
      samples: Math.round(length),
      pitch: [line * tone[0], line * tone[1]],
      consonant: {
        samples: spoken ? random.whole(160, 520) : 0,
        loudness: random.between(0.08, 0.35),
        brightness: random.between(0.4, 1),
      },
    }
  })
}

interface Resonator {
  tune(hz: number): void
  step(x: number): number
}

/** A two-pole resonance with unit gain at 0 Hz. */
function makeResonator(bandwidthHz: number): Resonator {
  const radius = Math.exp((-Math.PI * bandwidthHz) / SAMPLE_RATE)
  const c = -radius * radius
  let b = 0
  let a = 1 - c
  let y1 = 0
  let y2 = 0
  return {
    tune(hz) {
      b = 2 * radius * Math.cos((2 * Math.PI * Math.min(hz, SAMPLE_RATE * 0.46)) / SAMPLE_RATE)
      a = 1 - b - c
    },
    step(x) {
      const y = a * x + b * y1 + c * y2
      y2 = y1
      y1 = y
      return y
    },
  }
}

function shape(throat: readonly Resonator[], x: number): number {
  let y = x
  for (const resonator of throat) y = resonator.step(y)
  return y
}

/** Brought to one loudness; what sticks out is bent rather than cut. */
function toPcm(samples: Float32Array): Int16Array {
  // Lips radiate high tones better than low ones.
  for (let i = samples.length - 1; i > 0; i--) samples[i] = (samples[i] ?? 0) - 0.92 * (samples[i - 1] ?? 0)
  let energy = 0
  for (const sample of samples) energy += sample * sample
  const gain = LOUDNESS / (Math.sqrt(energy / samples.length) + 1e-9)
  return Int16Array.from(samples, (sample) => Math.round(Math.tanh((sample * gain) / PEAK) * PEAK))
}
