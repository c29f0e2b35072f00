// The password just typed at the login, kept only until the own one is chosen, so that nobody types it twice in a row.

let typed: string | null = null

export function keepTypedPassword(password: string): void {
  typed = password
}

export function typedPassword(): string | null {
  return typed
}

export function forgetTypedPassword(): void {
  typed = null
}
