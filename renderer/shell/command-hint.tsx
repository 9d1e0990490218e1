// Controls that run a command and show its key.
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button, IconButton, type ButtonVariant } from '../components/button.tsx'
import { useStore } from '../host/store.ts'
import { keycaps } from './keymap.ts'
import { useBinding, useShell } from './shell.tsx'

/** The keycaps of a command's binding, or undefined when it has none. */
export function useCaps(commandId: string): readonly string[] | undefined {
  const binding = useBinding(commandId)
  const { platform } = useStore(useShell().keys)
  return binding === undefined ? undefined : keycaps(binding, platform)
}

/** A button that runs a command; its title is the label unless one is given. */
export function CommandButton(props: {
  readonly command: string
  readonly label?: string
  readonly icon?: LucideIcon
  readonly variant?: ButtonVariant
  readonly size?: 'compact' | 'regular' | 'large'
  readonly hasCaps?: boolean
  readonly isBusy?: boolean
  readonly isDisabled?: boolean
}): ReactNode {
  const shell = useShell()
  const command = useStore(shell.commands.all).get(props.command)
  const caps = useCaps(props.command)
  return (
    <Button
      {...(props.variant === undefined ? {} : { variant: props.variant })}
      {...(props.size === undefined ? {} : { size: props.size })}
      {...(props.icon === undefined ? {} : { icon: props.icon })}
      caps={props.hasCaps === false ? undefined : caps}
      isBusy={props.isBusy === true}
      isDisabled={props.isDisabled === true || command === undefined}
      onPress={() => void shell.commands.run(props.command)}
    >
      {props.label ?? command?.title ?? ''}
    </Button>
  )
}

/** An icon button that runs a command; name and key in its tooltip. */
export function CommandIconButton(props: {
  readonly command: string
  readonly icon: LucideIcon
  readonly isActive?: boolean
  readonly isBusy?: boolean
}): ReactNode {
  const shell = useShell()
  const command = useStore(shell.commands.all).get(props.command)
  const caps = useCaps(props.command)
  return (
    <IconButton
      icon={props.icon}
      label={command?.title ?? ''}
      caps={caps}
      isBusy={props.isBusy === true}
      {...(props.isActive === undefined ? {} : { isActive: props.isActive })}
      onPress={() => void shell.commands.run(props.command)}
    />
  )
}
