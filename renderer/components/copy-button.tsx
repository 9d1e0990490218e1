// Puts a text on the clipboard and says so.
import { Check, Copy, X } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Button, IconButton, type ButtonVariant } from './button.tsx'

const SAID_FOR_MS = 2_000

export type CopyState = 'idle' | 'copied' | 'failed'

/** Copies, and tells for two seconds how that went. */
export function useCopy(): { readonly state: CopyState; copy(text: string): void } {
  const [state, setState] = useState<CopyState>('idle')
  useEffect(() => {
    if (state === 'idle') return undefined
    const timer = setTimeout(() => setState('idle'), SAID_FOR_MS)
    return () => clearTimeout(timer)
  }, [state])
  return {
    state,
    copy: (text) =>
      void navigator.clipboard.writeText(text).then(
        () => setState('copied'),
        () => setState('failed'),
      ),
  }
}

const ICONS = { idle: Copy, copied: Check, failed: X } as const
const FAILED = 'The clipboard is not available'

export interface CopyButtonProps {
  readonly text: string
  /** "Copy key" */
  readonly label: string
  readonly variant?: ButtonVariant
  readonly size?: 'compact' | 'regular' | 'large'
  readonly caps?: readonly string[] | undefined
  /** Shares its state with a command that copies the same. */
  readonly copying?: ReturnType<typeof useCopy>
  readonly onCopied?: () => void
}

/** A labelled button that copies. */
export function CopyButton(props: CopyButtonProps): ReactNode {
  const own = useCopy()
  const { state, copy } = props.copying ?? own
  return (
    <span aria-live="polite" className="inline-flex flex-none">
      <Button
        icon={ICONS[state]}
        {...(props.variant === undefined ? {} : { variant: props.variant })}
        {...(props.size === undefined ? {} : { size: props.size })}
        caps={props.caps}
        onPress={() => {
          copy(props.text)
          props.onCopied?.()
        }}
      >
        {state === 'copied' ? 'Copied' : state === 'failed' ? FAILED : props.label}
      </Button>
    </span>
  )
}

/** The same without a label. */
export function CopyIconButton(props: { readonly text: string; readonly label: string }): ReactNode {
  const { state, copy } = useCopy()
  return (
    <IconButton
      icon={ICONS[state]}
      size="small"
      label={state === 'copied' ? 'Copied' : state === 'failed' ? FAILED : props.label}
      onPress={() => copy(props.text)}
    />
  )
}
