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

export function Button(props: ButtonProps) {
  const { look, size, isDanger, isRound, isWide, icon, isBusy = false, type = 'button', onClick, ...rest } = props
  function click(event: MouseEvent<HTMLButtonElement>): void {
    // A form would be sent by the browser, whoever listens here.
    if (isBusy) event.preventDefault()
    else onClick?.(event)
  }
  return (
    <button {...rest} type={type} className={classOf(props)} aria-busy={isBusy || undefined} onClick={click}>
      {isBusy ? <span className="button-turns" /> : icon}
      {props.children}
    </button>
  )
}

export function ButtonLink(props: Look & ComponentProps<'a'>) {
  const { look, size, isDanger, isRound, isWide, icon, ...rest } = props
  return (
    <a {...rest} className={classOf(props)}>
      {icon}
      {props.children}
    </a>
  )
}

function classOf(props: Look & { className?: string | undefined; children?: ReactNode }): string {
  const names = ['button', props.look ?? 'plain', props.size ?? 'usual']
  if (props.isDanger) names.push('is-danger')
  if (props.isRound) names.push('is-round')
  if (props.isWide) names.push('is-wide')
  if (props.children === undefined) names.push('is-icon')
  if (props.className) names.push(props.className)
  return names.join(' ')
}
