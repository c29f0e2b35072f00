// A password made up here for somebody else: letters and digits that are not taken for one another when read aloud.

const SIGNS = 'abcdefghjkmnpqrstuvwxyz23456789'
const LENGTH = 16

export function newPassword(): string {
  // 248 is the largest multiple of the 31 signs in a byte: what lies above would make the first ones likelier.
  const most = 256 - (256 % SIGNS.length)
  let password = ''
  while (password.length < LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH)))
      if (byte < most && password.length < LENGTH) password += SIGNS[byte % SIGNS.length]
  return password.replace(/(.{4})(?=.)/g, '$1-')
}
