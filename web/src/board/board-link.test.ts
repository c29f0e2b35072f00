// Every figure of the board against the list behind it, over a real server: the link is opened as the console opens it,
// and the list's exact count is the figure.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { BoardJson } from '../../../src/board/board-json.ts'
import { FIGURE_IDS, GROUP_FIGURES, HOUR_FIGURES } from '../../../src/board/figures.ts'
import { HANGUP_REASONS, PHASES } from '../../../src/calls/vocabulary.ts'
import { startCallbook, type TestCallbook } from '../../../test/support/callbook.ts'
import { callStory } from '../../../test/support/stories.ts'
import { criteriaOf, readSearch } from '../calls/list-search.ts'
import { figureLink, liveLink, reasonLink, waitingLink } from './board-link.ts'

const HOUR_MS = 3_600_000
const NOW = Date.parse('2026-11-23T15:20:00+08:00')
const clock = { now: NOW }
let server: TestCallbook

before(async () => {
  server = await startCallbook({}, () => clock.now)
})
after(() => server.close())

/** Calls spread over last Monday, whole, and today until now. */
async function tellCalls(prefix: string, seed: number): Promise<void> {
  const starts = [
    ...Array.from({ length: 130 }, (_, i) => NOW - 168 * HOUR_MS - 15 * HOUR_MS + i * 11 * 60_000),
    ...Array.from({ length: 130 }, (_, i) => NOW - i * 7 * 60_000),
  ]
  const stories = fc.sample(fc.tuple(...starts.map((at, i) => callStory(`${prefix}-${i}`, at))), { numRuns: 1, seed })
  const events = (stories[0] ?? []).flat().filter(({ at, type }) => at <= NOW && type !== 'recording-stored')
  const answer = (await (await server.post('/events', events)).json()) as { rejected: unknown[] }
  assert.deepEqual(answer.rejected, [])
}

async function board(): Promise<BoardJson> {
  clock.now += 1_000
  const answer = await server.api('/board')
  assert.equal(answer.status, 200, await answer.clone().text())
  return (await answer.json()) as BoardJson
}

/** What the list that a link opens says it has. */
async function listed(link: string): Promise<number> {
  const search = readSearch(new URL(link, 'http://callbook').searchParams)
  const answer = await server.api(`/calls/count?${criteriaOf(search, '2026-11-23', 30)}`)
  const { count, exact } = (await answer.json()) as { count: number; exact: boolean }
  assert.equal(exact, true)
  return count
}

function figuresOf(found: BoardJson): [what: string, figure: number, link: string][] {
  const { today, before, live, hours, groups } = found
  assert.ok(before)
  return [
    ...FIGURE_IDS.flatMap((id): [string, number, string][] => [
      [`${id} today`, today.figures[id], figureLink(found, id)],
      [`${id} last week`, before.figures[id], figureLink(found, id, before)],
    ]),
    ...HANGUP_REASONS.flatMap((reason): [string, number, string][] => [
      [`${reason} today`, today.reasons[reason], reasonLink(reason)],
      [`${reason} last week`, before.reasons[reason], reasonLink(reason, before)],
    ]),
    ...hours.flatMap((hour) =>
      HOUR_FIGURES.flatMap((id): [string, number, string][] => [
        [`${id} from ${hour.from}`, hour.counts[id], figureLink(found, id, hour)],
        [`${id} before ${hour.from}`, hour.before?.counts[id] ?? -1, figureLink(found, id, hour.before ?? hour)],
      ]),
    ),
    ...groups.flatMap((group) => [
      ...GROUP_FIGURES.flatMap((id): [string, number, string][] => [
        [`${id} of ${group.id}`, group.counts[id], figureLink(found, id, 'today', group.id)],
        [`${id} of ${group.id} last week`, group.before?.counts[id] ?? -1, figureLink(found, id, before, group.id)],
      ]),
      [`waiting in ${group.id}`, group.waiting.calls, waitingLink(found, group.id)] as [string, number, string],
    ]),
    ...PHASES.map((phase): [string, number, string] => [phase, live.phases[phase], liveLink(phase)]),
    ['live', live.calls, liveLink(null)],
    ['waiting', live.waiting.calls, waitingLink(found)],
  ]
}

test('every figure is the number of calls in the list that it leads to, also after more calls have come', async () => {
  for (const [prefix, seed] of [
    ['first', 5],
    ['second', 6],
  ] as const) {
    await tellCalls(prefix, seed)
    const figures = figuresOf(await board())
    const wrong: string[] = []
    for (const [what, figure, link] of figures) {
      const count = await listed(link)
      if (count !== figure) wrong.push(`${what}: ${figure}, listed ${count} (${link})`)
    }
    assert.deepEqual(wrong, [])
    const zeroes = figures.filter(([what, figure]) => figure === 0 && / today$| last week$|^waiting$|^live$/.test(what))
    assert.deepEqual(
      zeroes.map(([what]) => what).filter((what) => !/unknown|external|timeout|ivr/i.test(what)),
      [],
    )
  }
})
