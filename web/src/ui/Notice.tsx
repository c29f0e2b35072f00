// A few words in the middle of an empty place: nothing found, could not be loaded.
import type { ReactNode } from 'react'

export function Notice({ title, hint, children, role }: NoticeProps) {
  return (
    <div className="notice" role={role}>
      <p className="notice-title">{title}</p>
      {hint ? <p className="notice-hint">{hint}</p> : null}
      {children ? <div className="notice-actions">{children}</div> : null}
    </div>
  )
}

interface NoticeProps {
  title: string
  hint?: string
  children?: ReactNode
  role?: 'alert' | 'status'
}
