// Buttons: verb and object. One filled one per view; danger is filled only inside a confirmation.
import type { LucideIcon } from 'lucide-react'
import type { MouseEvent, ReactNode, Ref } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import { classNames } from './class-names.ts'
import { KeyboardHint } from './keyboard-hint.tsx'
import { Spinner } from './spinner.tsx'
import { Tooltip } from './tooltip.tsx'

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger' | 'danger-fill'

const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary: 'border-accent bg-accent text-on-accent hovered:border-accent-hover hovered:bg-accent-hover',
  secondary: 'border-line-2 bg-s2 text-1 hovered:bg-hover pressed:bg-active',
  ghost: 'border-transparent text-2 hovered:bg-hover hovered:text-1 pressed:bg-active',
  danger: 'border-transparent text-danger hovered:bg-hover pressed:bg-active',
  'danger-fill': 'border-danger-fill bg-danger-fill text-on-accent hovered:brightness-110',
}
const SIZES = {
  compact: 'h-24 px-8 text-small',
  regular: 'h-28 px-10 text-small',
  large: 'h-32 px-14 text-body',
} as const

export interface ButtonProps {
  readonly children: ReactNode
  readonly variant?: ButtonVariant
  readonly size?: keyof typeof SIZES
  readonly icon?: LucideIcon
  /** Keycaps behind the label; beside one primary action only. */
  readonly caps?: readonly string[] | undefined
  /** Pressed in: one of several that are chosen from, or a pane that is shown. */
  readonly isActive?: boolean
  /** Under way: the spinner takes the icon's place, the width stays. */
  readonly isBusy?: boolean
  readonly isDisabled?: boolean
  /** Why it cannot be pressed; shown on hover. */
  readonly disabledReason?: string | undefined
  readonly type?: 'button' | 'submit'
  /** Id of the form that a submit button outside of it belongs to. */
  readonly form?: string
  readonly onPress?: () => void
  readonly autoFocus?: boolean
  readonly isFullWidth?: boolean
  readonly label?: string
  readonly buttonRef?: Ref<HTMLButtonElement>
}

/**
 * A busy button takes no press and submits no form. React Aria's own `isPending` would announce a progress bar that is gone when the work is quick, and leave an
 * announcement without a text behind.
 */
function ignoreClick(event: MouseEvent): void {
  event.preventDefault()
}

/** A button with a label. */
export function Button({ buttonRef, ...props }: ButtonProps): ReactNode {
  const { variant = 'secondary', size = 'regular', icon: Icon, isBusy = false, isDisabled = false } = props
  const isOff = isDisabled || props.disabledReason !== undefined
  const button = (
    <AriaButton
      {...(buttonRef === undefined ? {} : { ref: buttonRef })}
      type={props.type ?? 'button'}
      {...(props.form === undefined ? {} : { form: props.form })}
      {...(props.onPress === undefined || props.isBusy === true ? {} : { onPress: props.onPress })}
      {...(props.label === undefined ? {} : { 'aria-label': props.label })}
      {...(props.isActive === undefined ? {} : { 'aria-pressed': props.isActive })}
      isDisabled={isOff}
      {...(isBusy ? { onClick: ignoreClick } : {})}
      // Focus goes where a dialog's question is answered safely.
      autoFocus={props.autoFocus === true}
      className={classNames(
        'inline-flex flex-none items-center justify-center gap-6 rounded-control border font-medium whitespace-nowrap transition-colors duration-80',
        SIZES[size],
        isOff
          ? 'border-line-2 bg-s2 text-3'
          : props.isActive === true
            ? 'border-line-2 bg-active text-1'
            : VARIANTS[variant],
        props.isFullWidth === true && 'w-full',
      )}
    >
      {isBusy ? (
        <Spinner />
      ) : Icon === undefined ? null : (
        <Icon aria-hidden="true" size={14} strokeWidth={1.75} />
      )}
      {props.children}
      {props.caps === undefined ? null : (
        <KeyboardHint
          caps={props.caps}
          isOnAccent={!isOff && (variant === 'primary' || variant === 'danger-fill')}
        />
      )}
    </AriaButton>
  )
  return props.disabledReason === undefined ? button : <span title={props.disabledReason}>{button}</span>
}

export interface IconButtonProps {
  readonly icon: LucideIcon
  /** Its name: tooltip and accessible label. */
  readonly label: string
  readonly caps?: readonly string[] | undefined
  readonly onPress?: () => void
  /** Pressed in: the pane it toggles is shown. */
  readonly isActive?: boolean
  readonly isDisabled?: boolean
  readonly isBusy?: boolean
  readonly size?: 'small' | 'regular'
  readonly tooltipPlacement?: 'top' | 'bottom' | 'left' | 'right'
  /** A number drawn at its corner; 0 draws none. */
  readonly badge?: number
}

/** A button with an icon only; its tooltip gives name and key. */
export function IconButton(props: IconButtonProps): ReactNode {
  const { icon: Icon, size = 'regular', badge = 0 } = props
  return (
    <Tooltip
      text={props.label}
      caps={props.caps}
      {...(props.tooltipPlacement === undefined ? {} : { placement: props.tooltipPlacement })}
    >
      <AriaButton
        aria-label={badge > 0 ? `${props.label}, ${badge} new` : props.label}
        {...(props.isActive === undefined ? {} : { 'aria-pressed': props.isActive })}
        {...(props.onPress === undefined || props.isBusy === true ? {} : { onPress: props.onPress })}
        isDisabled={props.isDisabled === true}
        {...(props.isBusy === true ? { onClick: ignoreClick } : {})}
        className={classNames(
          'relative inline-flex flex-none items-center justify-center rounded-control transition-colors duration-80',
          size === 'small' ? 'size-20' : 'size-26',
          props.isDisabled === true ? 'text-3' : 'hovered:bg-hover hovered:text-1 pressed:bg-active',
          props.isActive === true ? 'bg-active text-1' : 'text-2',
        )}
      >
        {props.isBusy === true ? (
          <Spinner />
        ) : (
          <Icon aria-hidden="true" size={size === 'small' ? 14 : 16} strokeWidth={1.75} />
        )}
        {badge > 0 ? (
          <span
            aria-hidden="true"
            className="absolute top-2 right-1 h-13 min-w-13 rounded-full bg-warning px-3 text-center text-[9px]/13 font-semibold text-s0"
          >
            {badge > 99 ? '99' : badge}
          </span>
        ) : null}
      </AriaButton>
    </Tooltip>
  )
}

/** A link-like button inside a sentence. */
export function TextButton({ children, onPress }: { children: ReactNode; onPress: () => void }): ReactNode {
  return (
    <AriaButton onPress={onPress} className="rounded-badge text-accent-text hovered:underline">
      {children}
    </AriaButton>
  )
}
