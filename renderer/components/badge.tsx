// Small labels: outlined for the environment, softly filled for a state. Always with text.
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export type BadgeTone = 'neutral' | 'success' | 'warning' | 'danger' | 'info'

const TONES: Readonly<Record<BadgeTone, string>> = {
  // Seen on a card too, which is s2 itself in the dark theme.
  neutral: 'bg-active text-2 light:bg-s2',
  success: 'bg-success-soft text-success',
  warning: 'bg-warning-soft text-warning',
  danger: 'bg-danger-soft text-danger',
  info: 'bg-info-soft text-info',
}
const SHAPE = 'inline-flex h-18 flex-none items-center gap-4 rounded-badge px-6 text-micro whitespace-nowrap'

/** A state in a word. */
export function Badge(props: {
  readonly tone?: BadgeTone
  readonly icon?: LucideIcon
  readonly children: ReactNode
}): ReactNode {
  const Icon = props.icon
  return (
    <span className={classNames(SHAPE, TONES[props.tone ?? 'neutral'])}>
      {Icon === undefined ? null : <Icon aria-hidden="true" size={11} strokeWidth={2} />}
      {props.children}
    </span>
  )
}

export type EnvironmentName = 'production' | 'staging' | 'development' | 'local'

const ENVIRONMENT_WORDS: Readonly<Record<EnvironmentName, string>> = {
  production: 'Production',
  staging: 'Staging',
  development: 'Development',
  local: 'Local',
}

/** The word for an environment. */
export function environmentWord(environment: EnvironmentName): string {
  return ENVIRONMENT_WORDS[environment]
}

/** The environment: an outline and the word, never colour alone. */
export function EnvironmentBadge({ environment }: { readonly environment: EnvironmentName }): ReactNode {
  return (
    <span data-env={environment} className={classNames(SHAPE, 'border border-env/45 text-env')}>
      {ENVIRONMENT_WORDS[environment]}
    </span>
  )
}

export type StatusTone = 'good' | 'resting' | 'working' | 'bad'

/** A dot beside a word that says the same: filled when awake, a ring when resting. */
export function StatusDot({ tone }: { readonly tone: StatusTone }): ReactNode {
  return (
    <span
      aria-hidden="true"
      className={classNames(
        'inline-block size-8 flex-none rounded-full',
        tone === 'good' && 'bg-success',
        tone === 'resting' && 'border-2 border-line-3',
        tone === 'working' && 'bg-warning',
        tone === 'bad' && 'bg-danger',
      )}
    />
  )
}
