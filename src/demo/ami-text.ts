// The text form of AMI messages for the simulated PBX's side of the wire: `Key: value` lines and an empty line. The
// connector has its own codec for the other side (connectors/asterisk); the two share nothing on purpose.

export type Headers = [key: string, value: string][]

/** A line break in a value would begin a new header: it becomes a space. */
export function writeMessage(headers: Headers): string {
  return `${headers.map(([key, value]) => `${key}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`).join('')}\r\n`
}

export function readMessage(text: string): Headers {
  const headers: Headers = []
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.push([line.slice(0, colon), line.slice(colon + 1).trimStart()])
  }
  return headers
}

/** The first header of that name, whatever its case; '' when there is none. */
export function headerOf(headers: Headers, name: string): string {
  const wanted = name.toLowerCase()
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1] ?? ''
}
