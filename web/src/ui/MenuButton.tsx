// A button with Ant Design's menu, which is fetched when somebody is about to open it: the first visit has no use for it.
import type { MenuProps } from 'antd'
import {
  type ButtonHTMLAttributes,
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'

const fetchDropdown = () => import('./antd/Dropdown.ts')
const Dropdown = lazy(async () => ({ default: (await fetchDropdown()).Dropdown }))

interface MenuButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> {
  menu: MenuProps
  menuClassName?: string
}

export function MenuButton({ menu, menuClassName, ...rest }: MenuButtonProps) {
  const [isOpen, setOpen] = useState(false)
  const [isWanted, setWanted] = useState(false)
  const hadFocus = useRef(false)
  const button = <button {...rest} type="button" aria-haspopup="menu" aria-expanded={isOpen} />
  if (!isWanted) {
    return (
      <button
        {...rest}
        type="button"
        aria-haspopup="menu"
        aria-expanded={false}
        // On the way already when the click comes.
        onPointerEnter={() => void fetchDropdown()}
        onFocus={() => void fetchDropdown()}
        onClick={(event) => {
          hadFocus.current = document.activeElement === event.currentTarget
          setWanted(true)
          setOpen(true)
        }}
      />
    )
  }
  return (
    <Suspense fallback={button}>
      <KeepFocus hadFocus={hadFocus.current}>
        {(ref) => (
          <Dropdown
            trigger={['click']}
            placement="bottomRight"
            open={isOpen}
            onOpenChange={setOpen}
            menu={menu}
            {...(menuClassName ? { overlayClassName: menuClassName } : {})}
          >
            <button {...rest} ref={ref} type="button" aria-haspopup="menu" aria-expanded={isOpen} />
          </Dropdown>
        )}
      </KeepFocus>
    </Suspense>
  )
}

interface KeepFocusProps {
  hadFocus: boolean
  children(ref: RefObject<HTMLButtonElement | null>): ReactNode
}

/** The button is another one once its menu is there: the focus goes over to it. */
function KeepFocus({ hadFocus, children }: KeepFocusProps) {
  const ref = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    if (hadFocus) ref.current?.focus({ preventScroll: true })
  }, [hadFocus])
  return children(ref)
}
