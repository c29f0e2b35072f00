// Whoever goes over to the sample calls in one tab does so in all: they share the session.

/** The function that stops listening. */
export function followOtherTabs(): () => void {
  const follow = (event: StorageEvent) => {
    if (event.key === 'callbook.sample') window.location.assign('/calls')
  }
  window.addEventListener('storage', follow)
  return () => window.removeEventListener('storage', follow)
}
