// First letters of Chinese names as they are spoken (张三 → zs), for finding people by them. The browser's own collation
// by pinyin knows how characters sound; surnames that are read in another way than the same character elsewhere stand here.

/** The first character of each letter in the order of pinyin (GB 18030 has none under i, u and v). */
const FIRST_OF_LETTER = [...'阿八嚓咑妸发旮哈丌咔垃妈拏噢妑七呥仨他屲夕丫帀']
const LETTERS = [...'abcdefghjklmnopqrstwxyz']

/** Surnames whose usual reading begins with another letter than the character's. */
const SURNAMES: Readonly<Record<string, string>> = {
  曾: 'z',
  单: 's',
  解: 'x',
  查: 'z',
  仇: 'q',
  区: 'o',
  朴: 'p',
  翟: 'z',
  覃: 'q',
}

/** Made when it is first needed: that takes a browser longer than drawing some rows. */
let byPinyin: Intl.Collator | null = null
const known = new Map<string, string>()
/** Characters remembered; a contact centre's names have some hundreds. */
const KNOWN_CHARACTERS = 5_000

/** `zs` for 张三, `wxm` for 王小明; Latin letters and digits as they are, in lower case. */
export function initialsOf(name: string): string {
  return [...name].map((character, n) => (n === 0 ? SURNAMES[character] : undefined) ?? initialOf(character)).join('')
}

function initialOf(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return /[\p{L}\p{N}]/u.test(character) ? character.toLowerCase() : ''
  const before = known.get(character)
  if (before !== undefined) return before
  byPinyin ??= new Intl.Collator('zh-u-co-pinyin')
  const { compare } = byPinyin
  const next = FIRST_OF_LETTER.findIndex((first) => compare(character, first) < 0)
  const letter = LETTERS[next < 0 ? LETTERS.length - 1 : next - 1] ?? ''
  if (known.size >= KNOWN_CHARACTERS) known.clear()
  known.set(character, letter)
  return letter
}
