// The method of a request as it is drawn everywhere: a short word in a colour of its own. The word says it too, never colour alone.
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

const COLOURS: Readonly<Record<string, string>> = {
  GET: 'text-info',
  HEAD: 'text-info',
  POST: 'text-success',
  PATCH: 'text-warning',
  PUT: 'text-warning',
  DELETE: 'text-danger',
  GQL: 'text-syn-keyword',
  RPC: 'text-syn-keyword',
  WS: 'text-syn-keyword',
}
const SHORT: Readonly<Record<string, string>> = { OPTIONS: 'OPT', PROPFIND: 'PROPF', CONNECT: 'CONN' }
const MOST_LETTERS = 6

/** The class of a method's colour. */
export function methodColour(method: string): string {
  return COLOURS[method.toUpperCase()] ?? 'text-2'
}

/** What is drawn of a method: at most six letters. */
export function shortMethod(method: string): string {
  const upper = method.toUpperCase()
  return SHORT[upper] ?? upper.slice(0, MOST_LETTERS)
}

/** `GET`, `POST`, `GQL` … In a column (`isColumn`) it stands at the right of 46 px. */
export function MethodLabel(props: { readonly method: string; readonly isColumn?: boolean }): ReactNode {
  return (
    <span
      className={classNames(
        'flex-none font-mono text-micro font-semibold',
        methodColour(props.method),
        props.isColumn === true && 'w-46 text-right',
      )}
    >
      {shortMethod(props.method)}
    </span>
  )
}
