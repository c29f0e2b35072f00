// A small random mix among the scenarios: another one in every run, so that what nobody thought of is met some day.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type GiveSetting, SCENARIO_MS } from '../setting.ts'
import { runMix } from './mix.ts'
import { describeMix } from './report.ts'

const COUNT = 20

export function randomMix(give: GiveSetting): void {
  // Always the same: `--mix N` looks for what other seeds find, and a run of all tests must not depend on chance.
  const seed = 270_206
  it(`${COUNT} random calls at a time are recorded as the phones saw them (--mix ${COUNT} --seed ${seed})`, {
    timeout: SCENARIO_MS,
  }, async () => {
    const { centre, callbook } = give()
    const result = await runMix(centre, callbook, { count: COUNT, seed })
    assert.deepEqual(result.disagreements, [], describeMix(result, seed))
  })
}
