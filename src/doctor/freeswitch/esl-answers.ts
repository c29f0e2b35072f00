// Reads what a FreeSWITCH answers about itself. Pure; called by esl-facts.ts. What cannot be read is null, never a guess.
// Passwords are left out here, so that nothing behind this file ever sees one.

export interface FreeswitchVersion {
  major: number
  minor: number
  /** `1.10.12-release` */
  text: string
}

/** `FreeSWITCH Version 1.10.12-release~64bit (-release 64bit)` */
export function readVersion(answer: string): FreeswitchVersion | null {
  const found = /(\d+)\.(\d+)(?:\.\d+)?[^\s~+(]*/.exec(answer)
  if (!found) return null
  return { major: Number(found[1]), minor: Number(found[2]), text: found[0].slice(0, 60) }
}

/** `callcenter_config agent list`, `list_users`: a line of names, then rows, columns between `|`. Ends with `+OK`. */
export function readTable(answer: string): Map<string, string>[] {
  const lines = answer
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes('|'))
  const names = (lines[0] ?? '').split('|')
  return lines.slice(1).map((line) => new Map(line.split('|').map((value, i) => [names[i] ?? String(i), value])))
}

/** `sofia status`: the names of gateways, without their profile (`external::carrier` → `carrier`). */
export function readGateways(answer: string): string[] {
  return answer.split('\n').flatMap((line) => {
    const name = /^\s*(\S+)\s+gateway\s/.exec(line)?.[1]
    return name ? [name.replace(/^.*::/, '')] : []
  })
}

/** `<param name="…" value="…"/>` of a configuration that `xml_locate` prints. */
export function readParams(xml: string): Map<string, string> {
  const params = new Map<string, string>()
  for (const [tag] of xml.matchAll(/<param\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1]
    const value = /\bvalue="([^"]*)"/.exec(tag)?.[1]
    if (name && value !== undefined && !/passw|secret|cred/i.test(name)) params.set(name, unescapeXml(value))
  }
  return params
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
}
