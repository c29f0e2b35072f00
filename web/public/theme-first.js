// Runs before the first paint, so that a dark console never flashes white. The rest of the theme lives in src/ui/appearance.ts.
;(() => {
  var chosen = null
  try {
    chosen = localStorage.getItem('callbook.theme')
  } catch (refused) {
    void refused // Storage is switched off: the system decides.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
