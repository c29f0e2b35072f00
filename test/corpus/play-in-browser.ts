// Plays recordings of a running server in a real browser, as a listener does: loads the head, plays, jumps. Runs inside the
// page (Chromium over playwright, Firefox over BiDi), which only carries the expression and its answer.

/** What is used of the page's HTMLAudioElement. */
interface PageAudio extends EventTarget {
  src: string
  muted: boolean
  currentTime: number
  readonly duration: number
  readonly readyState: number
  readonly seeking: boolean
  readonly error: { code: number; message: string } | null
  play(): Promise<void>
  pause(): void
  load(): void
  removeAttribute(name: string): void
}
declare const Audio: new () => PageAudio

export interface Heard {
  path: string
  /** What the browser takes for its length, seconds. */
  duration: number
  /** Where it was while playing, and after a jump to three quarters. */
  playedTo: number
  soughtTo: number
  /** Why it could not be played; null: it could. */
  problem: string | null
}

/** Some at a time, as browsers allow only so many connections to one server. */
const AT_ONCE = 5
const EACH_WITHIN_MS = 60_000

/** An expression that plays each path and gives `Heard[]` as JSON. */
export function playAll(paths: readonly string[]): string {
  return `(${inPage.toString()})(${JSON.stringify(paths)}, ${AT_ONCE}, ${EACH_WITHIN_MS})`
}

/** Must stand by itself: its text is what goes into the page. */
async function inPage(paths: string[], atOnce: number, eachWithinMs: number): Promise<string> {
  const heard: Heard[] = []
  const waiting = [...paths]
  const one = async (path: string): Promise<Heard> => {
    const audio = new Audio()
    audio.muted = true
    const result: Heard = { path, duration: 0, playedTo: 0, soughtTo: 0, problem: null }
    const when = (name: string, is: () => boolean) =>
      new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no ${name} at ${audio.currentTime}`)), eachWithinMs)
        const look = () => {
          if (!is()) return
          clearTimeout(late)
          resolve()
        }
        audio.addEventListener(name, look)
        audio.addEventListener('error', () => reject(new Error(audio.error?.message || `error ${audio.error?.code}`)))
        look()
      })
    try {
      audio.src = path
      await when('loadedmetadata', () => audio.readyState >= 1)
      result.duration = audio.duration
      await audio.play()
      await when('timeupdate', () => audio.currentTime > 0.05)
      result.playedTo = audio.currentTime
      audio.pause()
      audio.currentTime = audio.duration * 0.75
      await when('seeked', () => !audio.seeking)
      result.soughtTo = audio.currentTime
    } catch (cause) {
      result.problem = String(cause)
    }
    audio.removeAttribute('src')
    audio.load()
    return result
  }
  const play = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) heard.push(await one(path))
  }
  await Promise.all(Array.from({ length: atOnce }, play))
  return JSON.stringify(heard)
}
