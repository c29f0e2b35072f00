// Draws the sound of one channel as bars on a canvas, whatever part of it is on show. Never called for what is out of sight.

/** Px of the screen: a bar and the gap behind it. */
const BAR = 2
const GAP = 1

export interface WaveToDraw {
  /** Largest swing of each stretch of the recording, 0–1. */
  swings: Float32Array
  /** Which part of the recording is on show, 0–1. */
  from: number
  to: number
  /** What is drawn as the full height. */
  loudest: number
  colour: string
}

export function drawWave(canvas: HTMLCanvasElement, { swings, from, to, loudest, colour }: WaveToDraw): void {
  const ratio = window.devicePixelRatio || 1
  const { clientWidth: width, clientHeight: height } = canvas
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const pen = canvas.getContext('2d')
  if (pen === null || width === 0) return
  pen.scale(ratio, ratio)
  pen.fillStyle = colour
  const pointOf = (x: number) => (from + (x / width) * (to - from)) * swings.length
  for (let x = 0; x < width; x += BAR + GAP) {
    const first = Math.floor(pointOf(x))
    const end = Math.max(first + 1, Math.ceil(pointOf(x + BAR + GAP)))
    let swing = 0
    for (let i = first; i < end; i++) swing = Math.max(swing, swings[i] ?? 0)
    const bar = Math.max(1, (swing / loudest) * (height - 2))
    pen.fillRect(x, (height - bar) / 2, BAR, bar)
  }
}

/** So that a quiet recording fills its lane, and one that is silent does not become a storm. */
export function loudestOf(channels: readonly Float32Array[]): number {
  let loudest = 0.08
  for (const channel of channels) for (const swing of channel) loudest = Math.max(loudest, swing)
  return loudest
}
