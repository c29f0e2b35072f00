// What the random mix is made of: every play with its weight, and the drawing of a mix from them. A play acts at a desk by
// chance; it asserts nothing.
import type { Desk } from '../contact-centre.ts'
import { type Chance, chanceOf } from './chance.ts'
import { inboundPlays } from './plays-inbound.ts'
import { movedPlays } from './plays-moved.ts'
import { outwardPlays } from './plays-outward.ts'
import type { Witness } from './witness.ts'

/** Everything a play has: its desk, its own chance, and who writes down what is done by hand. */
export interface Table {
  desk: Desk
  chance: Chance
  witness: Witness
}

export interface Play {
  name: string
  /** How often in a bag of all plays. */
  weight: number
  play(table: Table): Promise<void>
}

/** Draws from a full bag until it is empty, then from the next: a large mix has every play in it. */
export function drawMix(count: number, seed: number): { play: Play; chance: Chance }[] {
  const chance = chanceOf(seed)
  const all = [...inboundPlays, ...movedPlays, ...outwardPlays]
  const mix: { play: Play; chance: Chance }[] = []
  let bag: Play[] = []
  while (mix.length < count) {
    if (bag.length === 0) bag = all.flatMap((play) => Array<Play>(play.weight).fill(play))
    const [play] = bag.splice(chance.between(0, bag.length - 1), 1)
    if (play) mix.push({ play, chance: chanceOf(seed * 1_000_003 + mix.length) })
  }
  return mix
}
