// The method of a request as it is drawn everywhere: a word in its own colour.
import type { ReactNode } from 'react'
import type { Method } from './document.ts'

const COLOURS: Readonly<Record<Method, string>> = {
  GET: 'text-info',
  POST: 'text-success',
  PATCH: 'text-warning',
  PUT: 'text-warning',
  DELETE: 'text-danger',
}

/** `GET`, `POST` … */
export function MethodBadge({ method }: { readonly method: Method }): ReactNode {
  return <span className={`font-mono text-micro font-semibold ${COLOURS[method]}`}>{method}</span>
}
