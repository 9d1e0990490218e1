// A card: raised, with a heading row. Nested parts are divided by lines, never by another fill.
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

export interface CardProps {
  readonly title?: ReactNode
  /** Right end of the heading row. */
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly className?: string
  /** On the content's own level (tables). */
  readonly isFlat?: boolean
}

/** A titled card. */
export function Card({ title, actions, children, className, isFlat = false }: CardProps): ReactNode {
  return (
    <section
      className={classNames(
        'min-w-0 rounded-card border border-line-1',
        isFlat ? 'bg-s1' : 'bg-s2 light:bg-s1',
        className,
      )}
    >
      {title === undefined && actions === undefined ? null : (
        <header className="flex h-40 items-center gap-8 border-b border-line-1 px-14">
          <h2 className="min-w-0 flex-1 truncate text-heading">{title}</h2>
          {actions}
        </header>
      )}
      {children}
    </section>
  )
}
