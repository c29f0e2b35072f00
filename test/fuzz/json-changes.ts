// Changes to JSON values: any part replaced by something it should not be, taken away, renamed, repeated or exchanged with
// another part. Used on event batches and on documents of mod_json_cdr.
import fc from 'fast-check'
import { nasty, spelled } from './plan.ts'

export const JSON_CHANGES = ['replace', 'remove', 'rename', 'repeat', 'exchange', 'wrap', 'nest', 'add'] as const

export interface JsonChange {
  change: (typeof JSON_CHANGES)[number]
  a: number
  b: number
  value: unknown
}

const index = fc.nat(0x7fffffff)

/** Anything JSON can say, and numbers at which arithmetic breaks. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: nasty },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -0,
      -1,
      1.5,
      Number.MAX_SAFE_INTEGER,
      1e308,
      -1e308,
      1e-308,
      253402300800000,
      -62135596800001,
      946684800000,
      [],
      {},
      [[]],
      { id: {} },
      '2026-11-23T10:00:00.000+08:00',
      '2026-02-31T10:00:00Z',
      '0000-00-00T00:00:00Z',
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
)

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value }
  return value
}

export const jsonChange: fc.Arbitrary<JsonChange> = fc.record({
  change: fc.constantFrom(...JSON_CHANGES),
  a: index,
  b: index,
  value: anything,
})

interface Place {
  holder: Record<string, unknown> | unknown[]
  key: string | number
}

/** A copy with the changes made, one after the other. */
export function changeJson(given: unknown, changes: readonly JsonChange[]): unknown {
  const root: unknown[] = [structuredClone(given)]
  for (const { change, a, b, value } of changes) {
    const other = typeof value === 'string' ? spelled(value) : value
    const places = placesIn(root)
    const place = places[a % places.length]
    const second = places[b % places.length]
    if (!place || !second) continue
    const had = read(place)
    switch (change) {
      case 'replace':
        write(place, other)
        break
      case 'remove':
        if (Array.isArray(place.holder)) place.holder.splice(Number(place.key), 1)
        else delete place.holder[place.key]
        if (root.length === 0) root.push(null)
        break
      case 'rename':
        if (!Array.isArray(place.holder) && typeof other === 'string') define(place.holder, other, had)
        break
      case 'repeat':
        if (Array.isArray(place.holder) && place.holder !== root) place.holder.push(had)
        break
      case 'exchange': {
        // Exchanging a part with what holds it would make a circle, which JSON cannot say.
        const two = read(second)
        if (typeof had !== 'object' && typeof two !== 'object') {
          write(place, two)
          write(second, had)
        }
        break
      }
      case 'wrap':
        write(place, b % 2 === 0 ? [had] : { at: had })
        break
      case 'nest':
        write(place, nested(b % NESTED_MAX))
        break
      case 'add':
        if (typeof had === 'object' && had !== null && !Array.isArray(had))
          define(
            had as Record<string, unknown>,
            ['extra', '__proto__', 'constructor', 'toJSON', 'length', 'toString', 'valueOf'][b % 7] ?? '',
            other,
          )
        break
      default:
        change satisfies never
    }
  }
  return root[0]
}

/** Deeper than a request may nest; a plan holds the depth alone, for fast-check writes plans recursively. */
const NESTED_MAX = 1_500
const PLACES_MAX = 5_000

function placesIn(root: unknown[]): Place[] {
  const places: Place[] = []
  const open: (Record<string, unknown> | unknown[])[] = [root]
  for (let holder = open.pop(); holder !== undefined && places.length < PLACES_MAX; holder = open.pop()) {
    for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
      places.push({ holder, key })
      const inner = read({ holder, key })
      if (typeof inner === 'object' && inner !== null) open.push(inner as Record<string, unknown>)
    }
  }
  return places
}

function read({ holder, key }: Place): unknown {
  return Array.isArray(holder) ? holder[Number(key)] : Object.getOwnPropertyDescriptor(holder, key)?.value
}

function write({ holder, key }: Place, value: unknown): void {
  if (Array.isArray(holder)) holder[Number(key)] = value
  else define(holder, String(key), value)
}

/** As JSON.parse does: `__proto__` is a name like any other. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true })
}
