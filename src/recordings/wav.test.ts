import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunk, ds64, tone, wavFile } from '../../test/support/wav-files.ts'
import { downloadOf, piecesOf } from './download.ts'
import { folderStorage } from './storage/folder-storage.ts'
import { WAV_HEAD_BYTES, type WavLayout, walkWav } from './wav.ts'
import { readWavLayout } from './wav-file.ts'
import { WAV_HEADER_BYTES, wavHeader } from './wav-header.ts'

/** As a reader of files does it: the head first, eight bytes more when asked. */
function walk(file: Buffer): WavLayout | { problem: string } {
  const head = file.subarray(0, WAV_HEAD_BYTES)
  const layout = walkWav(head, file.length)
  if (!('tailOffset' in layout)) return layout
  const again = walkWav(head, file.length, file.subarray(layout.tailOffset, layout.tailOffset + 8))
  assert(!('tailOffset' in again), 'asked for the tail twice')
  return again
}

function layoutOf(file: Buffer): WavLayout {
  const layout = walk(file)
  if ('problem' in layout) assert.fail(layout.problem)
  return layout
}

function problemOf(file: Buffer): string {
  const layout = walk(file)
  assert('problem' in layout, 'was taken for a WAV')
  return layout.problem
}

/** The audio as it would be handed out, which must be the audio that was put in. */
function audioOf(file: Buffer): Buffer {
  const { dataOffset, dataBytes } = layoutOf(file)
  return file.subarray(dataOffset, dataOffset + dataBytes)
}

const FORMATS = [
  { format: 1, bitsPerSample: 8 },
  { format: 1, bitsPerSample: 16 },
  { format: 1, bitsPerSample: 24 },
  { format: 1, bitsPerSample: 32 },
  { format: 3, bitsPerSample: 32 },
  { format: 3, bitsPerSample: 64 },
  { format: 6, bitsPerSample: 8 },
  { format: 7, bitsPerSample: 8 },
]

for (const sampleRate of [8_000, 16_000, 44_100, 48_000])
  for (const channels of [1, 2])
    test(`every encoding with ${channels} channels at ${sampleRate} Hz is read with its true length`, () => {
      for (const { format, bitsPerSample } of FORMATS)
        for (const extensible of [false, true]) {
          const file = wavFile({ format, bitsPerSample, channels, sampleRate, seconds: 2, extensible })
          const layout = layoutOf(file)
          assert.equal(layout.durationMs, 2_000)
          assert.equal(layout.format, format)
          assert.equal(layout.channels, channels)
          assert.equal(layout.sampleRate, sampleRate)
          assert.equal(layout.bitsPerSample, bitsPerSample)
          assert.equal(layout.blockAlign, (channels * bitsPerSample) / 8)
          assert.equal(layout.headerSound, true)
          assert.equal(layout.finished, true)
        }
    })

test('recordings of a real Asterisk are read with the lengths they have', () => {
  const mono = layoutOf(readFileSync(new URL('../../test/recordings/1795399913.0.wav', import.meta.url)))
  assert.equal(mono.durationMs, 4_000)
  assert.deepEqual([mono.channels, mono.sampleRate, mono.dataOffset, mono.headerSound], [1, 8_000, 44, true])
  const stereo = layoutOf(readFileSync(new URL('../../test/recordings/1795398725.18-stereo.wav', import.meta.url)))
  assert.equal(stereo.durationMs, 4_040)
  assert.deepEqual([stereo.channels, stereo.sampleRate, stereo.headerSound], [2, 8_000, true])
})

test('other chunks may stand before, between and after', () => {
  const audio = tone(16_000)
  const list = chunk('LIST', Buffer.from('INFOISFT\x05\0\0\0sox\0\0\0'))
  const odd = chunk('bext', Buffer.alloc(33, 65))
  for (const parts of [
    { first: [list] },
    { first: [odd, list], between: [chunk('fact', Buffer.alloc(4))] },
    { last: [list] },
    { last: [chunk('LIST', Buffer.alloc(9_000, 66)), odd] },
    { first: [list], last: [list, odd] },
  ]) {
    const file = wavFile({ audio, ...parts })
    assert.equal(layoutOf(file).durationMs, 1_000)
    assert.equal(layoutOf(file).headerSound, true)
    assert.deepEqual(audioOf(file), audio)
  }
})

test('chunks after a long recording, far behind the first bytes, are not taken for sound', () => {
  const file = wavFile({ seconds: 30, last: [chunk('LIST', Buffer.alloc(20_000, 67))] })
  assert.equal(layoutOf(file).durationMs, 30_000)
  assert.equal(layoutOf(file).headerSound, true)
})

test('audio may come before its format', () => {
  const audio = tone(1_600)
  const whole = wavFile({ audio })
  const fmt = whole.subarray(12, 36)
  const file = Buffer.concat([whole.subarray(0, 12), chunk('data', audio), fmt])
  assert.equal(layoutOf(file).durationMs, 100)
  assert.deepEqual(audioOf(file), audio)
})

test('a length of zero, 0xFFFFFFFF or more than there is means: what is there', () => {
  const audio = tone(6 * 16_000)
  for (const claims of [0, 0xffffffff, 0xfffffffe, audio.length + 2, 0x7fffffff]) {
    const file = wavFile({ audio, claims, riffClaims: 8 })
    const layout = layoutOf(file)
    assert.equal(layout.durationMs, 6_000, `claims ${claims}`)
    assert.equal(layout.headerSound, false)
    assert.equal(layout.finished, false)
    assert.deepEqual(audioOf(file), audio)
  }
})

test('a truncated file is as long as what is left of it', () => {
  const file = wavFile({ seconds: 6 }).subarray(0, 44 + 40_001)
  const layout = layoutOf(file)
  assert.equal(layout.durationMs, 2_500)
  assert.equal(layout.dataBytes, 40_000)
  assert.equal(layout.headerSound, false)
})

test('a length that was written too early does not hide the sound after it', () => {
  const audio = tone(6 * 16_000)
  for (const claims of [16_000, 65_536, 90_000]) {
    const layout = layoutOf(wavFile({ audio, claims }))
    assert.equal(layout.durationMs, 6_000, `claims ${claims}`)
    assert.equal(layout.headerSound, false)
  }
})

test('a little litter after the audio is neither sound nor a fault', () => {
  const file = Buffer.concat([wavFile({ seconds: 1 }), Buffer.alloc(128, 0xaa)])
  const layout = layoutOf(file)
  assert.equal(layout.durationMs, 1_000)
  assert.equal(layout.headerSound, true)
})

test('half samples at the end do not count', () => {
  const odd = layoutOf(wavFile({ audio: tone(16_001) }))
  assert.equal(odd.dataBytes, 16_000)
  const stereo24 = layoutOf(wavFile({ channels: 2, bitsPerSample: 24, audio: tone(6 * 8_000 + 5) }))
  assert.equal(stereo24.dataBytes, 48_000)
  assert.equal(stereo24.durationMs, 1_000)
  const mono8 = layoutOf(wavFile({ bitsPerSample: 8, audio: tone(8_001) }))
  assert.equal(mono8.dataBytes, 8_001)
})

test('the outer length is never believed, but one that ends before the audio is mended', () => {
  assert.equal(layoutOf(wavFile({ riffClaims: 0xffffffff })).headerSound, true)
  for (const riffClaims of [0, 8, 100]) {
    const layout = layoutOf(wavFile({ riffClaims }))
    assert.equal(layout.durationMs, 1_000)
    assert.equal(layout.headerSound, false)
  }
})

test('RF64 has its length in ds64, and is mended since not every browser plays it', () => {
  const audio = tone(16_000)
  const file = wavFile({
    outer: 'RF64',
    riffClaims: 0xffffffff,
    claims: 0xffffffff,
    audio,
    first: [ds64(16_072, 16_000)],
    last: [chunk('LIST', Buffer.alloc(20_000, 65))],
  })
  const layout = layoutOf(file)
  assert.equal(layout.durationMs, 1_000)
  assert.equal(layout.headerSound, false)
  assert.equal(layout.finished, true)
  const broken = wavFile({ outer: 'RF64', claims: 0xffffffff, audio, first: [ds64(0, 0)] })
  assert.equal(layoutOf(broken).durationMs, 1_000)
})

test('a recording of more than 4 GiB, whose length wrapped, is as long as it is', () => {
  const head = wavFile({ claims: 1_000_000 }).subarray(0, WAV_HEAD_BYTES)
  const fileBytes = 2 ** 32 + 1_000_000 + 44
  const asked = walkWav(head, fileBytes)
  assert('tailOffset' in asked)
  const layout = walkWav(head, fileBytes, tone(64).subarray(50, 58))
  assert(!('problem' in layout) && !('tailOffset' in layout))
  assert.equal(layout.dataBytes, 2 ** 32 + 1_000_000)
})

test('what is no WAV is named', () => {
  assert.match(problemOf(Buffer.alloc(0)), /empty/)
  assert.match(problemOf(Buffer.from('this is a text file, whatever its name says\n'.repeat(10))), /RIFF/)
  assert.match(problemOf(Buffer.from('RI')), /RIFF/)
  assert.match(problemOf(Buffer.from('RIFF\x04\0\0\0AVI ')), /not a WAVE/)
  assert.match(problemOf(Buffer.from('RIFX\0\0\0\x04WAVE')), /big-endian/)
  assert.match(problemOf(wavFile().subarray(0, 12)), /ends inside/)
  assert.match(problemOf(wavFile().subarray(0, 30)), /beyond the end/)
  assert.match(problemOf(wavFile().subarray(0, 40)), /no data chunk/)
  assert.match(problemOf(Buffer.concat([wavFile().subarray(0, 12), chunk('data', tone(100))])), /no fmt/)
  assert.match(problemOf(wavFile({ first: [chunk('LIST', Buffer.alloc(70_000))] })), /beyond the first/)
  assert.match(problemOf(wavFile({ first: [chunk('LIST', Buffer.alloc(4), 0x7fffffff)] })), /beyond the end/)
  assert.match(
    problemOf(wavFile({ first: Array.from({ length: 64 }, () => chunk('JUNK', Buffer.alloc(2))) })),
    /64 chunks/,
  )
  assert.match(problemOf(wavFile({ channels: 0, blockAlign: 2, audio: tone(10) })), /0 channels/)
  assert.match(problemOf(wavFile({ sampleRate: 0, audio: tone(10) })), /0 samples/)
  assert.match(problemOf(wavFile({ bitsPerSample: 12, blockAlign: 2 })), /12 bits/)
})

test('compressed audio is measured by its blocks, and by what it says of its last one', () => {
  const gsm = (last: Buffer[] = []) =>
    wavFile({ format: 0x31, bitsPerSample: 0, blockAlign: 65, audio: tone(6_500), between: last })
  assert.equal(layoutOf(gsm()).durationMs, 4_000)
  assert.equal(layoutOf(gsm()).compressed, true)
  const fact = (frames: number) => {
    const body = Buffer.alloc(4)
    body.writeUInt32LE(frames)
    return chunk('fact', body)
  }
  assert.equal(layoutOf(gsm([fact(31_900)])).durationMs, 3_988)
  assert.equal(layoutOf(gsm([fact(8_000)])).durationMs, 4_000, 'a length that cannot be is not believed')
  const ima = wavFile({ format: 0x11, bitsPerSample: 4, blockAlign: 256, audio: tone(2_560) })
  assert.equal(layoutOf(ima).frames, 10 * 505)
  assert.equal(
    layoutOf(wavFile({ format: 0x28f, bitsPerSample: 4, sampleRate: 16_000, blockAlign: 1, audio: tone(8_000) }))
      .durationMs,
    1_000,
  )
})

test('what is not known is refused by name', () => {
  assert.match(problemOf(wavFile({ format: 0x83, bitsPerSample: 0, blockAlign: 10, audio: tone(650) })), /G\.729/)
  assert.match(problemOf(wavFile({ format: 0x11, bitsPerSample: 4, blockAlign: 2, audio: tone(650) })), /IMA ADPCM/)
  assert.match(problemOf(wavFile({ format: 0x4242 })), /0x4242/)
})

test('a recorder that heard nobody leaves a WAV without audio', () => {
  const layout = layoutOf(wavFile({ audio: Buffer.alloc(0) }))
  assert.equal(layout.dataBytes, 0)
  assert.equal(layout.finished, false)
})

test('no bytes whatever make the walker fail, and what it finds lies inside the file', () => {
  const base = wavFile({
    seconds: 0.02,
    first: [chunk('LIST', Buffer.alloc(10))],
    last: [chunk('LIST', Buffer.alloc(4))],
  })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 8 }),
      fc.nat(base.length),
      (changes, length) => {
        const file = Buffer.from(base)
        for (const [at, byte] of changes) file[at] = byte
        const layout = walk(file.subarray(0, length))
        if ('problem' in layout) return layout.problem.length > 0
        return layout.dataOffset + layout.dataBytes <= length && layout.dataBytes % layout.blockAlign === 0
      },
    ),
    { numRuns: 2_000 },
  )
})

test('a header made anew is read back as it was meant', () => {
  for (const { format, bitsPerSample } of FORMATS)
    for (const channels of [1, 2]) {
      const blockAlign = (channels * bitsPerSample) / 8
      const dataBytes = blockAlign * 801
      const header = wavHeader({ format, channels, sampleRate: 8_000, bitsPerSample, blockAlign, dataBytes })
      assert.equal(header.length, WAV_HEADER_BYTES)
      const file = Buffer.concat([header, tone(dataBytes), Buffer.alloc(dataBytes % 2)])
      const layout = layoutOf(file)
      assert.equal(layout.dataBytes, dataBytes)
      assert.equal(layout.format, format)
      assert.equal(layout.headerSound, true)
      assert.equal(file.readUInt32LE(4) + 8, file.length)
    }
})

test('a recording of more than 4 GiB is handed out by ranges from behind the end of 32 bits', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'callbook-large-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'large.wav')
  const audioBytes = 2 ** 32 + 1_000_000
  const file = await open(path, 'w+')
  t.after(() => file.close())
  // Sparse: only its ends are written. Its length has wrapped, as recorders leave it.
  await file.write(wavFile({ claims: audioBytes % 2 ** 32, seconds: 1 }).subarray(0, 44))
  const end = tone(4_000)
  await file.write(end, 0, end.length, 44 + audioBytes - end.length)
  // Where the header says that it ends there is sound, which no chunk begins with.
  await file.write(tone(64), 50, 8, 44 + (audioBytes % 2 ** 32))
  const layout = await readWavLayout(file, 44 + audioBytes)
  assert('dataBytes' in layout)
  assert.equal(layout.dataBytes, audioBytes)
  assert.equal(layout.durationMs, audioBytes / 16)
  assert.equal(layout.headerSound, false)
  const download = downloadOf({ ...layout, sizeBytes: 44 + audioBytes, conversion: null })
  assert.equal(download.sizeBytes, 44 + audioBytes)
  const opened = await folderStorage(folder).open('large.wav')
  assert(opened)
  const { signal } = new AbortController()
  const range = { first: download.sizeBytes - 4_000, last: download.sizeBytes - 1 }
  assert.deepEqual(Buffer.concat(await Array.fromAsync(piecesOf(opened, download, { range, signal }))), end)
  const head = Buffer.from(download.before)
  assert.equal(head.readUInt32LE(40), 0xffffffff, 'players read that as: to the end')
})
