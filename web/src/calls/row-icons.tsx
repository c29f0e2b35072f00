// The signs on a row's buttons, made once: Ant Design's icons each ask for their style again, which a hundred rows notice.
import type { ReactNode } from 'react'

export const PLAY = filled('M5 3.2v9.6L12.6 8z')
export const PAUSE = filled('M4.2 3h2.6v10H4.2zM9.2 3h2.6v10H9.2z')
export const MORE = filled(
  'M3.3 6.8a1.2 1.2 0 110 2.4 1.2 1.2 0 010-2.4m4.7 0a1.2 1.2 0 110 2.4 1.2 1.2 0 010-2.4m4.7 0a1.2 1.2 0 110 2.4 1.2 1.2 0 010-2.4',
)
export const DOWNLOAD = (
  <Sign>
    <path d="M8 2.5v7.2M4.9 6.8L8 9.9l3.1-3.1M2.8 13.2h10.4" fill="none" stroke="currentColor" strokeWidth="1.4" />
  </Sign>
)

function filled(d: string): ReactNode {
  return (
    <Sign>
      <path d={d} fill="currentColor" />
    </Sign>
  )
}

function Sign({ children }: { children: ReactNode }) {
  return (
    <svg className="sign" width="15" height="15" viewBox="0 0 16 16" aria-hidden="true">
      {children}
    </svg>
  )
}
