// Mutilated CDR files through the importer's reader: nothing throws but the one refusal of a file whose columns are not
// known, every row is read or said to be unreadable, chunks do not matter, and what is told derives.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import type { CallEvent } from '../../src/calls/call-event.ts'
import { clockIn } from '../../src/calls/instant.ts'
import { createCdrReader } from '../../src/connectors/csv-cdr/cdr-reader.ts'
import { cellsOf } from '../../src/connectors/csv-cdr/csv-rows.ts'
import { AppError } from '../../src/errors.ts'
import { type FuzzFigures, newFigures } from './figures.ts'
import { changeFrames, type Field, type Frame } from './frames.ts'
import { MemoryCurve } from './memory.ts'
import { changeBytes, cut, type Plan, plan } from './plan.ts'
import { assertSameItems, assertTold } from './told-calls.ts'

const ROOT = new URL('../../', import.meta.url)
const clock = clockIn('UTC')
const NOW = Date.parse('2026-11-24T00:00:00Z')

interface Told {
  events: CallEvent[]
  rows: number
  unreadable: string[]
}

export function fuzzCdr(options: {
  frames: number
  seed: number
  onProgress?: (figures: FuzzFigures) => void
}): FuzzFigures {
  const rows = globSync('test/traces/asterisk/*/cdr.csv', { cwd: ROOT })
    .sort()
    .flatMap((file) => readFileSync(new URL(file, ROOT), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => (cellsOf(line) ?? []).map((cell, i): Field => [String(i), cell]))
  const figures = newFigures()
  const curve = new MemoryCurve(options.frames)
  for (let part = 0; figures.frames < options.frames; part++) {
    const one = fc.property(plan, (drawn) => {
      runRound(drawn, rows, figures)
      curve.note(figures.frames)
    })
    fc.assert(one, { seed: options.seed + part, numRuns: 20 })
    options.onProgress?.(figures)
  }
  return { ...figures, peakBytes: curve.peak(), lateGrowthBytes: curve.lateGrowth() }
}

function runRound(drawn: Plan, rows: readonly Field[][], figures: FuzzFigures): void {
  const frames = rows.map((fields): Frame => ({ fields: [...fields], joined: false }))
  changeFrames(frames, drawn.frames, '0')
  const lines = frames.map(({ fields, joined }) => {
    const cells = fields.map(([, cell]) => `"${cell.replaceAll('"', '""')}"`)
    return `${cells.join(',')}${joined ? '' : '\n'}`
  })
  const bytes = changeBytes(Buffer.from(lines.join('')), drawn.bytes)
  const whole = read([bytes])
  figures.rounds++
  figures.frames += frames.length
  figures.bytes += bytes.length
  if (whole === null) return
  const inChunks = read([...cut(bytes, drawn.cuts)])
  assert.deepEqual(inChunks?.unreadable, whole.unreadable)
  assertSameItems(inChunks?.events ?? [], whole.events)
  const told = assertTold(whole.events, NOW)
  figures.readable += whole.rows
  figures.unreadable += whole.unreadable.length
  figures.events += told.events
  figures.refused += told.refused
  figures.calls += told.calls
}

/** null: the columns are not known, which is said once and ends the import. */
function read(chunks: readonly Uint8Array[]): Told | null {
  const unreadable: string[] = []
  const reader = createCdrReader({
    connector: { name: 'fuzz', type: 'asterisk' },
    clock,
    onUnreadable: (text, line, cause) => {
      assert.ok(text.length <= 1_000 && cause !== '')
      unreadable.push(`${line}: ${cause}`)
    },
  })
  try {
    const events = chunks.flatMap((chunk) => reader.push(chunk))
    events.push(...reader.endFile(), ...reader.finish())
    return { events, rows: reader.figures().rows, unreadable }
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'config-invalid', `${error}`)
    return null
  }
}
