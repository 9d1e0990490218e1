// A part of an endpoint's form, under its heading.
import type { ReactNode } from 'react'

export interface PartProps {
  readonly title: string
  /** At the right of the heading. */
  readonly end?: ReactNode
  readonly children: ReactNode
}

/** The part. */
export function Part({ title, end, children }: PartProps): ReactNode {
  return (
    <section aria-label={title} className="flex flex-col gap-8">
      <div className="flex min-h-20 items-center justify-between gap-8">
        <h3 className="text-small font-semibold">{title}</h3>
        {end}
      </div>
      {children}
    </section>
  )
}
