// An icon drawn from Ant Design's set, as plain SVG: its size is that of the text, its colour too. Never read aloud: what
// it stands for is the label of what it stands in.
import type { IconDefinition } from '@ant-design/icons-svg/es/types'

export type { IconDefinition }

export function Icon({ of: { icon } }: { of: IconDefinition }) {
  // Only icons of two colours are functions of them, and we use none.
  if (typeof icon === 'function') return null
  return (
    <svg className="icon" viewBox={icon.attrs.viewBox} aria-hidden="true">
      {icon.children?.map(({ attrs }) => (
        <path key={attrs.d} d={attrs.d} />
      ))}
    </svg>
  )
}
