// Makes the plan of an audio export: goes through the calls of the search, reads each recording once for its checksum, and
// writes the list that goes into the ZIP: which file is which call's, and why a call has no audio.
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { maskCall } from '../access/masked-numbers.ts'
import type { CallRecording, CallSummary } from '../calls/call.ts'
import type { CallCursor } from '../calls/call-search.ts'
import { type Clock, clockIn } from '../calls/instant.ts'
import { AppError } from '../errors.ts'
import { recordingFileName } from '../recordings/download-name.ts'
import type { OpenAudio, StoredAudio } from '../recordings/stored-audio.ts'
import type { CallStore, ExportRow } from '../store/store.ts'
import { endPlan, type PlannedRecording, planEntries } from './audio-plan.ts'
import { BYTE_ORDER_MARK, type CsvFormat, csvFormat, csvLine, quoted, safeInSpreadsheets } from './csv-format.ts'
import { columnsOf } from './export-columns.ts'
import { type ExportWords, wordsIn } from './export-words.ts'
import type { ExportWork } from './exports.ts'
import { zipLayout } from './zip-layout.ts'

export interface AudioNeeds {
  calls: Pick<CallStore, 'page' | 'count'>
  openAudio: OpenAudio
  /** Recordings of one export. */
  mostRecordings: number
}

const PAGE_CALLS = 200

/** @throws AppError export-too-large, exports-full, store-unavailable */
export function audioWork({ calls, openAudio, mostRecordings }: AudioNeeds): ExportWork {
  return async (row, { path, mostBytes }, signal, listener) => {
    const { search } = row
    const recorded = await calls.count({ ...search, recorded: true })
    if (recorded.count > mostRecordings) throw new AppError('export-too-large', { limit: mostRecordings })
    listener.onCount((await calls.count(search)).count)
    const list = new AudioList(row)
    const recordings: PlannedRecording[] = []
    const file = await open(path, 'w', 0o640)
    try {
      await list.write(file, list.head())
      let done = 0
      let bytes = 0
      for (let cursor: CallCursor | null = null; ; ) {
        const page: CallSummary[] = await calls.page(search, cursor, PAGE_CALLS)
        for (const call of page) {
          signal.throwIfAborted()
          let lines = ''
          for (const told of call.recordings) {
            const audio = told.state === 'available' ? await openAudio(row.instance, call.id, told.n) : null
            const planned = audio && (await plan(audio, list.nameOf(call, told.n), list.wallAt(call), signal))
            if (planned) recordings.push(planned)
            bytes += planned?.sizeBytes ?? 0
            lines += list.line(call, told, planned)
          }
          if (recordings.length > mostRecordings) throw new AppError('export-too-large', { limit: mostRecordings })
          await list.write(file, lines === '' ? list.line(call, null, null) : lines)
          if (list.sizeBytes > mostBytes) throw new AppError('exports-full')
          listener.onProgress(++done, bytes)
        }
        const last = page.at(-1)
        if (page.length < PAGE_CALLS || !last) break
        cursor = { startedAt: last.startedAt, id: last.id }
        await nextTurn()
      }
      const plan_ = { list: list.planned(row.createdAt), recordings }
      await endPlan(file, plan_)
      return { calls: done, bytes: zipLayout(planEntries(plan_)).sizeBytes }
    } finally {
      await file.close()
    }
  }
}

async function plan(
  audio: StoredAudio,
  name: string,
  wallAt: number,
  signal: AbortSignal,
): Promise<PlannedRecording | null> {
  try {
    let crc = 0
    let sizeBytes = 0
    for await (const piece of audio.read({ first: 0, last: audio.sizeBytes - 1 }, signal)) {
      crc = crc32(piece, crc)
      sizeBytes += piece.length
    }
    signal.throwIfAborted()
    const { callId, n, sha256 } = audio.row
    if (sizeBytes !== audio.sizeBytes) throw new Error(`recording ${n} of ${callId} has ${sizeBytes} bytes`)
    return { name, callId, n, sha256, sizeBytes, crc32: crc, wallAt }
  } finally {
    await audio.close()
  }
}

/** The CSV inside, and the names of the files beside it. */
class AudioList {
  sizeBytes = 0
  readonly #words: ExportWords
  readonly #clock: Clock
  readonly #csv: CsvFormat
  readonly #names = new Set<string>()
  readonly #shown: (call: CallSummary) => CallSummary
  #crc32 = 0

  constructor(row: ExportRow) {
    this.#shown = row.search.masked ? maskCall : (call) => call
    this.#words = wordsIn(row.language)
    this.#clock = clockIn(row.timeZone)
    this.#csv = csvFormat(columnsOf(row.columns), { clock: this.#clock, words: this.#words, plain: false })
  }

  head(): string {
    const { file, recording, bytes, state } = this.#words.audio
    const own = csvLine([file, recording, bytes, state]).trimEnd()
    return `${BYTE_ORDER_MARK}${own},${this.#csv.head.slice(BYTE_ORDER_MARK.length)}`
  }

  /** One recording of a call; null: it has none. `planned` null: and this is why not. */
  line(call: CallSummary, told: CallRecording | null, planned: PlannedRecording | null): string {
    const own = [
      planned?.name ?? '',
      told ? String(told.n) : '',
      planned ? String(planned.sizeBytes) : '',
      this.#why(told, planned),
    ]
    return `${own.map((text) => quoted(safeUnlessNumber(text))).join(',')},${this.#csv.row(this.#shown(call))}`
  }

  /** `20261123/20261123-101500_呼入_13800138000_张三.wav`, unlike any other, also where capitals do not count. */
  nameOf(call: CallSummary, n: number): string {
    const name = recordingFileName(this.#shown(call), n, this.#clock.write).replace(/\.wav$/, '')
    const folder = this.#clock.dayOf(call.startedAt).replaceAll('-', '')
    for (let again = 1; ; again++) {
      const path = `${folder}/${name}${again > 1 ? `_${again}` : ''}.wav`
      if (this.#names.has(path.toLowerCase())) continue
      this.#names.add(path.toLowerCase())
      return path
    }
  }

  wallAt(call: CallSummary): number {
    return this.#clock.toLocal(call.startedAt)
  }

  async write(file: FileHandle, text: string): Promise<void> {
    const bytes = Buffer.from(text, 'utf8')
    await file.write(bytes, 0, bytes.length, this.sizeBytes)
    this.sizeBytes += bytes.length
    this.#crc32 = crc32(bytes, this.#crc32)
  }

  planned(madeAt: number) {
    const { sizeBytes } = this
    return { name: `${this.#words.audio.list}.csv`, sizeBytes, crc32: this.#crc32, wallAt: this.#clock.toLocal(madeAt) }
  }

  #why(told: CallRecording | null, planned: PlannedRecording | null): string {
    const { audio, recordingState } = this.#words
    if (!told) return audio.none
    if (!planned && told.state === 'available') return audio.unreadable
    const because = told.state === 'deleted' && told.deletedBecause ? ` (${told.deletedBecause})` : ''
    return `${recordingState[told.state]}${because}`
  }
}

/** Counts stay numbers in a spreadsheet. */
function safeUnlessNumber(text: string): string {
  return /^\d*$/.test(text) ? text : safeInSpreadsheets(text)
}
