// The console's button, and the link that looks like one. A button sends no form unless it says so.
import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import './button.css'

interface Look {
  look?: 'plain' | 'primary' | 'text'
  size?: 'small' | 'usual' | 'large'
  isDanger?: boolean
  isRound?: boolean
  /** As wide as its place. */
  isWide?: boolean
  icon?: ReactNode
}

interface ButtonProps extends Look, Omit<ComponentProps<'button'>, 'type'> {
  type?: 'button' | 'submit'
  /** What it started is still under way: it turns, keeps the focus, and starts nothing else. */
  isBusy?: boolean
}

export function Button({ isBusy = false, onClick, children, type = 'button', ...rest }: ButtonProps) {
  const { look, attributes } = split(rest)
  function click(event: MouseEvent<HTMLButtonElement>): void {
    // A form would be sent by the browser, whoever listens here.
    if (isBusy) event.preventDefault()
    else onClick?.(event)
  }
  return (
    <button
      {...attributes}
      type={type}
      className={classOf(look, children, attributes.className)}
      aria-busy={isBusy || undefined}
      onClick={click}
    >
      {isBusy ? <span className="button-turns" /> : look.icon}
      {children}
    </button>
  )
}

export function ButtonLink({ children, ...rest }: Look & ComponentProps<'a'>) {
  const { look, attributes } = split(rest)
  return (
    <a {...attributes} className={classOf(look, children, attributes.className)}>
      {look.icon}
      {children}
    </a>
  )
}

function split<Props extends Look>({ look, size, isDanger, isRound, isWide, icon, ...attributes }: Props) {
  return { look: { look, size, isDanger, isRound, isWide, icon }, attributes }
}

function classOf(
  { look, size, isDanger, isRound, isWide }: ReturnType<typeof split>['look'],
  children: ReactNode,
  more: string | undefined,
): string {
  const names = ['button', look ?? 'plain', size ?? 'usual']
  if (isDanger) names.push('is-danger')
  if (isRound) names.push('is-round')
  if (isWide) names.push('is-wide')
  if (children === undefined || children === null) names.push('is-icon')
  if (more) names.push(more)
  return names.join(' ')
}
