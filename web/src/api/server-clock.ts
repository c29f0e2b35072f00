// The server's clock, as far as its answers tell: a live call's talk time must not depend on a desk computer that is
// minutes off.

let offsetMs = 0

/** Takes the `Date` header of any answer. It counts whole seconds, so small differences mean nothing. */
export function noteServerDate(header: string | null): void {
  const at = header === null ? Number.NaN : Date.parse(header)
  if (Number.isNaN(at)) return
  const difference = at + 500 - Date.now()
  offsetMs = Math.abs(difference) > 1500 ? difference : 0
}

/** Epoch ms by the server's clock. */
export function serverNow(): number {
  return Date.now() + offsetMs
}
