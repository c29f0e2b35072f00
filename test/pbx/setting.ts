// What every scenario is given: the contact centre to call in, and the Callbook that listens to its PBX.
import type { CallbookServer } from './callbook-server.ts'
import type { ContactCentre } from './contact-centre.ts'

export interface Setting {
  centre: ContactCentre
  callbook: CallbookServer
}

/** Known only once the PBX runs, hence a function. */
export type GiveSetting = () => Setting

/** One scenario takes 5 to 20 s; what takes this long hangs. */
export const SCENARIO_MS = 90_000
