// What is done to a stream of a PBX in one round of the fuzzing: drawn by fast-check from a seed, so that a round that fails
// can be made again and made smaller. Used by ami-fuzz.ts, esl-fuzz.ts and event-fuzz.ts.
import fc from 'fast-check'

/** Values at which software breaks: ends of ranges, markers of formats, names of JavaScript's own, half characters. */
const NASTY: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1',
  'NaN',
  'Infinity',
  '1e308',
  '99999999999999999999',
  '1795399913.599987',
  '4102444800.000001',
  '0.0',
  '-1795399913.5',
  '<unknown>',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  'null',
  'undefined',
  'true',
  '{}',
  '[]',
  '"',
  "'; --",
  'a: b',
  '\u0000',
  '\ud83d',
  '\u202e张三\u202c',
  '😀'.repeat(50),
  '\ufeff',
  'Local/1003@ctx-00000001;1',
  'Local/1003@ctx-00000001;2',
  'PJSIP/1001-00000001',
  'PJSIP/',
  '/',
  ';1',
  '&&&&',
  '%00%ff%',
  'ARRAY::a|:b',
  'Event: Hangup',
  'x'.repeat(201),
  '9'.repeat(65),
  '@5000',
]

export const nasty: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NASTY) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom('@60000', '@65535', '@65536', '@70000', '@200000') },
)

/** `@5000` stands for so many characters: counterexamples stay readable. */
export function spelled(value: string): string {
  const length = /^@(\d+)$/.exec(value)
  return length ? 'z'.repeat(Number(length[1])) : value
}

/** What can be done to frames and their fields; `a`, `b`, `c` say to which, by remainder. */
export const FRAME_CHANGES = [
  'drop',
  'repeat',
  'move',
  'swap-values',
  'swap-values-between',
  'copy-value-from',
  'nasty-value',
  'nasty-value-everywhere',
  'nasty-name',
  'drop-field',
  'repeat-field',
  'move-field',
  'many-fields',
  'rename-event',
  'empty-frame',
  'join-with-next',
] as const

export interface FrameChange {
  change: (typeof FRAME_CHANGES)[number]
  a: number
  b: number
  c: number
  value: string
}

export const BYTE_CHANGES = ['flip', 'overwrite', 'cut', 'insert', 'wrong-utf8'] as const

export interface ByteChange {
  change: (typeof BYTE_CHANGES)[number]
  at: number
  length: number
  byte: number
}

/** Where the stream is cut into chunks: `bytes`: at every byte. */
export type Cuts = 'whole' | 'bytes' | readonly number[]

export interface Plan {
  /** Which traces are played, one after the other. */
  traces: number[]
  frames: FrameChange[]
  bytes: ByteChange[]
  cuts: Cuts
}

const index = fc.nat(0x7fffffff)

export const frameChange: fc.Arbitrary<FrameChange> = fc.record({
  change: fc.constantFrom(...FRAME_CHANGES),
  a: index,
  b: index,
  c: index,
  value: nasty,
})

export const byteChange: fc.Arbitrary<ByteChange> = fc.record({
  change: fc.constantFrom(...BYTE_CHANGES),
  at: index,
  length: fc.nat(300),
  byte: fc.nat(255),
})

export const cuts: fc.Arbitrary<Cuts> = fc.oneof(
  { weight: 2, arbitrary: fc.constant('whole' as const) },
  { weight: 1, arbitrary: fc.constant('bytes' as const) },
  { weight: 5, arbitrary: fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 20 }) },
)

export const plan: fc.Arbitrary<Plan> = fc.record({
  traces: fc.array(index, { minLength: 1, maxLength: 4 }),
  frames: fc.array(frameChange, { maxLength: 60 }),
  bytes: fc.array(byteChange, { maxLength: 12 }),
  cuts,
})

/** The bytes with the changes made to them, one after the other. */
export function changeBytes(bytes: Buffer, changes: readonly ByteChange[]): Buffer {
  let changed = bytes
  for (const { change, at, length, byte } of changes) {
    if (changed.length === 0) return changed
    const from = at % changed.length
    switch (change) {
      case 'flip':
        changed[from] = (changed[from] ?? 0) ^ (1 << (byte & 7))
        break
      case 'overwrite':
        changed.fill(byte, from, Math.min(changed.length, from + (length % 8) + 1))
        break
      case 'cut':
        changed = Buffer.concat([changed.subarray(0, from), changed.subarray(from + length)])
        break
      case 'insert':
        changed = Buffer.concat([changed.subarray(0, from), Buffer.alloc(length, byte), changed.subarray(from)])
        break
      case 'wrong-utf8':
        changed = Buffer.concat([
          changed.subarray(0, from),
          WRONG_UTF8[byte % WRONG_UTF8.length] ?? Buffer.alloc(0),
          changed.subarray(from),
        ])
        break
      default:
        change satisfies never
    }
  }
  return changed
}

/** A lone continuation, a character that breaks off, an overlong one, a surrogate, one beyond the last, two that never occur. */
const WRONG_UTF8 = ['80', 'e5bc', 'c0af', 'eda080', 'f5808080', 'fe', 'ff'].map((hex) => Buffer.from(hex, 'hex'))

export function* cut(bytes: Buffer, at: Cuts): Generator<Buffer> {
  if (at === 'whole') {
    yield bytes
    return
  }
  const sizes = at === 'bytes' ? [1] : at
  for (let from = 0, i = 0; from < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1
    yield bytes.subarray(from, from + size)
    from += size
  }
}
