// A file kept aside is named `<connector>:<file>:<size>:<time>` by the server, so that the same name with other bytes is
// another file. People want the file.

export function fileNameOf(origin: string): string {
  return /^[^:]*:(.+):\d+:\d+$/.exec(origin)?.[1] ?? origin
}
