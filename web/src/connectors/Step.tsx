// One numbered step of a guide.
import type { ReactNode } from 'react'

export function Step({ n, title, children }: { n: number; title: string; children: ReactNode }) {
  return (
    <li className="step card">
      <h2>
        <span className="step-number" aria-hidden="true">
          {n}
        </span>
        {title}
      </h2>
      {children}
    </li>
  )
}
