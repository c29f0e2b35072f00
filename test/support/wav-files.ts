// WAV files for tests, put together chunk by chunk, so that a test can build the odd ones PBXs really write.

export interface WavParts {
  format?: number
  channels?: number
  sampleRate?: number
  bitsPerSample?: number
  blockAlign?: number
  /** The audio; default: a tone of `seconds`. */
  audio?: Uint8Array
  seconds?: number
  /** What the data chunk claims; default: the truth. */
  claims?: number
  riffClaims?: number
  /** Chunks before fmt, between fmt and data, and after data. */
  first?: Uint8Array[]
  between?: Uint8Array[]
  last?: Uint8Array[]
  outer?: string
  extensible?: boolean
}

export function wavFile(parts: WavParts = {}): Buffer {
  const { format = 1, channels = 1, sampleRate = 8_000, bitsPerSample = 16, seconds = 1 } = parts
  const blockAlign = parts.blockAlign ?? channels * (bitsPerSample / 8)
  const audio = parts.audio ?? tone(seconds * sampleRate * channels * (bitsPerSample / 8))
  const fmt = Buffer.alloc(parts.extensible ? 40 : 16)
  fmt.writeUInt16LE(parts.extensible ? 0xfffe : format, 0)
  fmt.writeUInt16LE(channels, 2)
  fmt.writeUInt32LE(sampleRate, 4)
  fmt.writeUInt32LE(sampleRate * blockAlign, 8)
  fmt.writeUInt16LE(blockAlign, 12)
  fmt.writeUInt16LE(bitsPerSample, 14)
  if (parts.extensible) {
    fmt.writeUInt16LE(22, 16)
    fmt.writeUInt16LE(bitsPerSample, 18)
    fmt.writeUInt16LE(format, 24)
    Buffer.from('000000001000800000aa00389b71', 'hex').copy(fmt, 26)
  }
  const data = Buffer.concat([chunk('data', audio, parts.claims)])
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    ...(parts.first ?? []),
    chunk('fmt ', fmt),
    ...(parts.between ?? []),
    data,
    ...(parts.last ?? []),
  ])
  const head = Buffer.alloc(8)
  head.write(parts.outer ?? 'RIFF', 'latin1')
  head.writeUInt32LE(parts.riffClaims ?? body.length, 4)
  return Buffer.concat([head, body])
}

/** One chunk, padded to an even length; `claims`: another size than the true one, and no padding. */
export function chunk(id: string, body: Uint8Array, claims?: number): Buffer {
  const head = Buffer.alloc(8)
  head.write(id, 'latin1')
  head.writeUInt32LE(claims ?? body.length, 4)
  const padding = claims === undefined ? body.length % 2 : 0
  return Buffer.concat([head, body, Buffer.alloc(padding)])
}

/** A `ds64` chunk (EBU Tech 3306) that says how much audio there is. */
export function ds64(riffBytes: number, dataBytes: number): Buffer {
  const body = Buffer.alloc(28)
  body.writeBigUInt64LE(BigInt(riffBytes), 0)
  body.writeBigUInt64LE(BigInt(dataBytes), 8)
  return chunk('ds64', body)
}

/** Bytes that look like loud sound: no run of printable letters, never the same for long. */
export function tone(bytes: number): Buffer {
  const audio = Buffer.alloc(bytes)
  for (let i = 0; i + 1 < bytes; i += 2) audio.writeInt16LE(Math.round(Math.sin(i / 7) * 20_000 + (i % 97)), i)
  return audio
}
