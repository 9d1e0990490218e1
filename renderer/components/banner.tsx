// A condition that lasts, across the content: offline, read-only. One sentence, one or two actions. Goes by itself when the condition does.
import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

const TONES = {
  neutral: 'bg-s2 text-1 [&>svg]:text-2',
  warning: 'bg-warning-soft text-warning',
  danger: 'bg-danger-soft text-danger',
  info: 'bg-info-soft text-info',
} as const

export interface BannerProps {
  readonly icon: LucideIcon
  readonly tone?: keyof typeof TONES
  /** The condition, in bold: "Offline since 09:12." */
  readonly lead: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
}

/** A banner; announced politely. */
export function Banner({ icon: Icon, tone = 'neutral', lead, children, actions }: BannerProps): ReactNode {
  return (
    <div
      role="status"
      className={classNames(
        'flex h-34 flex-none items-center gap-8 border-b border-line-1 px-12 text-small',
        TONES[tone],
      )}
    >
      <Icon aria-hidden="true" size={14} strokeWidth={1.75} />
      <span className="font-semibold whitespace-nowrap">{lead}</span>
      <span className={classNames('min-w-0 flex-1 truncate', tone === 'neutral' && 'text-2')}>
        {children}
      </span>
      {actions}
    </div>
  )
}
