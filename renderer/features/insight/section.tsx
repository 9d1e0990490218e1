// A part of the panel: its name, what is said or done at its right, and its content.
import type { ReactNode } from 'react'

export interface SectionProps {
  readonly title: string
  readonly end?: ReactNode
  readonly children: ReactNode
}

/** A named region with a line below it. */
export function Section({ title, end, children }: SectionProps): ReactNode {
  return (
    <section aria-label={title} className="border-b border-line-1 px-14 py-12">
      <div className="mb-8 flex min-h-24 items-center gap-8">
        <h3 className="flex-1 text-heading">{title}</h3>
        {end === undefined ? null : <span className="text-small text-2">{end}</span>}
      </div>
      {children}
    </section>
  )
}
