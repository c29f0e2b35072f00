// Tables that are asked for names a PBX sends: a Map, for an object also has what JavaScript gives every object, and an
// event called `constructor` would find that.

export function byName<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries))
}
