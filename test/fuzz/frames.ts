// Frames of a PBX's stream as lists of fields, and the changes of a plan made to them: the same for AMI and ESL, whose
// frames differ only in how they are written.
import { type FrameChange, spelled } from './plan.ts'

export type Field = readonly [name: string, value: string]
/** `raw`: bytes that are no frame any more. */
export interface Frame {
  fields: Field[]
  /** Written without the end that parts it from the next. */
  joined: boolean
}

const FRAMES_MAX = 2_000
const FIELDS_MAX = 3_000

/** Changes the list of frames in place. `eventField`: the field that names what a frame tells. */
export function changeFrames(frames: Frame[], changes: readonly FrameChange[], eventField: string): void {
  for (const { change, a, b, c, value: short } of changes) {
    const value = spelled(short)
    const at = frames.length === 0 ? -1 : a % frames.length
    const frame = frames[at]
    const other = frames[b % Math.max(1, frames.length)]
    if (!frame || !other) return
    const field = c % Math.max(1, frame.fields.length)
    const otherField = b % Math.max(1, frame.fields.length)
    switch (change) {
      case 'drop':
        frames.splice(at, 1 + (b % 3))
        break
      case 'repeat':
        if (frames.length < FRAMES_MAX) frames.splice(b % frames.length, 0, { ...frame, fields: [...frame.fields] })
        break
      case 'move':
        frames.splice(at, 1)
        frames.splice(b % (frames.length + 1), 0, frame)
        break
      case 'swap-values':
        swap(frame, field, frame, otherField)
        break
      case 'swap-values-between':
        swap(frame, field, other, b % Math.max(1, other.fields.length))
        break
      case 'copy-value-from': {
        // The value that another frame has for the same field: one channel's words under another one's name.
        const [name] = frame.fields[field] ?? ['']
        const copied = other.fields.find(([one]) => one === name)
        if (copied) frame.fields[field] = copied
        break
      }
      case 'nasty-value':
        put(frame, field, frame.fields[field]?.[0] ?? 'X', value)
        break
      case 'nasty-value-everywhere': {
        // One channel, call, agent or queue is called something odd from beginning to end.
        const before = frame.fields[field]?.[1]
        if (before !== undefined && before !== '' && value.length < 10_000)
          for (const one of frames) one.fields = one.fields.map(([name, had]) => [name, had === before ? value : had])
        break
      }
      case 'nasty-name':
        put(frame, field, value, frame.fields[field]?.[1] ?? '')
        break
      case 'drop-field':
        frame.fields.splice(field, 1)
        break
      case 'repeat-field': {
        const repeated = frame.fields[field]
        const times = 1 + (b % 20)
        if (repeated && frame.fields.length + times < FIELDS_MAX)
          frame.fields.splice(otherField, 0, ...Array.from({ length: times }, () => repeated))
        break
      }
      case 'move-field': {
        const [moved] = frame.fields.splice(field, 1)
        if (moved) frame.fields.splice(otherField, 0, moved)
        break
      }
      case 'many-fields':
        if (frame.fields.length < FIELDS_MAX)
          for (let i = 0; i < 1 + (b % 1_200); i++)
            frame.fields.push([`ChanVariable${i % 3 === 0 ? '' : i}`, `CC_${i}=${i}`])
        break
      case 'rename-event': {
        const name = other.fields.find(([one]) => one === eventField)
        const own = frame.fields.findIndex(([one]) => one === eventField)
        if (name && own >= 0) frame.fields[own] = name
        break
      }
      case 'empty-frame':
        frames.splice(at, 0, { fields: [], joined: false })
        break
      case 'join-with-next':
        frame.joined = true
        break
      default:
        change satisfies never
    }
  }
}

function put(frame: Frame, at: number, name: string, value: string): void {
  frame.fields[Math.min(at, frame.fields.length)] = [name, value]
}

function swap(frame: Frame, at: number, other: Frame, otherAt: number): void {
  const one = frame.fields[at]
  const two = other.fields[otherAt]
  if (!one || !two) return
  frame.fields[at] = [one[0], two[1]]
  other.fields[otherAt] = [two[0], one[1]]
}
