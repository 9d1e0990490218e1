// Said before anything is applied: a pooler in transaction mode would stop it.
import type { ReactNode } from 'react'
import { classNames } from '../../components/class-names.ts'

/** What there is to know, and what to do. */
export function PoolerNote({ className }: { readonly className?: string }): ReactNode {
  return (
    <p role="status" className={classNames('bg-warning-soft px-14 py-8 text-small text-warning', className)}>
      This connection goes through a pooler. If it gives each transaction another connection (PgBouncer in
      transaction mode), applying is refused before anything runs: use a connection to the server itself, or a
      pool in session mode.
    </p>
  )
}
