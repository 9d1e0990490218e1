// How a request of a run came out, as a sign with its word.
import { Check, CircleAlert, Minus, X, type LucideIcon } from 'lucide-react'
import type { RequestResult } from '#contract/requests/run.ts'

export interface OutcomeMark {
  readonly icon: LucideIcon
  readonly word: string
  readonly className: string
}

const MARKS: Readonly<Record<RequestResult['outcome'], OutcomeMark>> = {
  passed: { icon: Check, word: 'passed', className: 'text-success' },
  failed: { icon: X, word: 'failed', className: 'text-danger' },
  error: { icon: CircleAlert, word: 'no answer', className: 'text-danger' },
  skipped: { icon: Minus, word: 'skipped', className: 'text-3' },
}

/** The sign. */
export function outcomeMark(outcome: RequestResult['outcome']): OutcomeMark {
  return MARKS[outcome]
}
