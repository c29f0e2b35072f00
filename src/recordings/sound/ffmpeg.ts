// Compressed audio (GSM, ADPCM, G.722, G.726, MP3) as 16-bit samples, by the ffmpeg of the system: a process of its own that
// gets the bytes on its standard input and gives samples on its standard output. It sees no file name, no shell and no
// network; it is bounded in time and output, and ends with the one who asked for it. Called by the intake.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** What ffmpeg is to read: a container it recognises by itself, or bare code of a kind. */
export interface CompressedInput {
  /** ffmpeg's name of the input format: `wav`, `gsm`, `g722`. */
  container: string
  /** Code without a header does not say its rate: 8000 for GSM. null: told by the container, or fixed. */
  bareRate: number | null
  channels: number
  sampleRate: number
  /** Bounds of what comes out. */
  limitBytes: number
  /** Bound of the time it takes. */
  limitMs: number
}

export class FfmpegFailed extends Error {}

const KEPT_OF_STDERR = 2_000
/** Said by ffmpeg of itself; how long to wait for that. */
const ASK_MS = 10_000

/** Is there an ffmpeg that runs? Its version, or null. `program`: its name or path. */
export async function ffmpegVersion(program: string): Promise<string | null> {
  try {
    const child = spawn(program, ['-version'], { stdio: ['ignore', 'pipe', 'ignore'], timeout: ASK_MS })
    let said = ''
    child.stdout.on('data', (piece: Buffer) => {
      if (said.length < KEPT_OF_STDERR) said += piece
    })
    const [code] = await once(child, 'close')
    return code === 0 ? (/^ffmpeg version (\S+)/.exec(said)?.[1] ?? 'unknown') : null
  } catch {
    return null
  }
}

/**
 * The samples of compressed audio, little-endian 16 bit, channels interleaved, at `sampleRate`.
 * @throws FfmpegFailed when ffmpeg cannot read it, gives too much or takes too long; what `audio` throws.
 */
export async function* decodeWithFfmpeg(
  program: string,
  audio: AsyncIterable<Uint8Array>,
  input: CompressedInput,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, argumentsOf(input), { stdio: ['pipe', 'pipe', 'pipe'] })
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(input.limitMs)])
  const kill = () => child.kill('SIGKILL')
  inTime.addEventListener('abort', kill)
  if (inTime.aborted) kill()
  const ended = once(child, 'close').then(
    ([code]) => code as number | null,
    (cause: Error) => cause,
  )
  let complaint = ''
  child.stderr.on('data', (piece: Buffer) => {
    if (complaint.length < KEPT_OF_STDERR) complaint += piece
  })
  // ffmpeg may have had enough before the end: a closed pipe is no failure of ours.
  let sourceFailure: unknown = null
  const fed = pipeline(Readable.from(watched(audio, (cause) => (sourceFailure = cause))), child.stdin).catch(
    () => undefined,
  )
  try {
    let bytes = 0
    for await (const piece of child.stdout) {
      bytes += (piece as Buffer).length
      if (bytes > input.limitBytes) throw new FfmpegFailed('it gave more sound than is allowed')
      yield piece as Buffer
    }
    const end = await ended
    await fed
    if (sourceFailure !== null) throw sourceFailure
    signal.throwIfAborted()
    if (inTime.aborted) throw new FfmpegFailed(`it took longer than ${Math.round(input.limitMs / 1000)} s`)
    if (end instanceof Error) throw new FfmpegFailed(`it cannot be started: ${end.message}`)
    if (end !== 0) throw new FfmpegFailed(lastLine(complaint) || `it ended with ${end ?? 'a signal'}`)
  } finally {
    inTime.removeEventListener('abort', kill)
    kill()
    await ended
    child.stdin.destroy()
  }
}

function argumentsOf({ container, bareRate, channels, sampleRate }: CompressedInput): string[] {
  const quiet = ['-nostdin', '-hide_banner', '-loglevel', 'error', '-threads', '1', '-protocol_whitelist', 'pipe']
  const rate = bareRate === null ? [] : ['-ar', String(bareRate)]
  const output = ['-map', '0:a:0', '-ac', String(channels), '-ar', String(sampleRate), '-f', 's16le', 'pipe:1']
  return [...quiet, ...rate, '-f', container, '-i', 'pipe:0', ...output]
}

async function* watched(
  audio: AsyncIterable<Uint8Array>,
  failed: (cause: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* audio
  } catch (cause) {
    failed(cause)
    throw cause
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
}
