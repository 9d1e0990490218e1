// A form: its fields one below the other, then what it was refused with, then its buttons. The rules are the page's own (use-form.ts), not the browser's.
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { FormError } from './form-error.tsx'

export interface FormProblem {
  readonly message: string
  readonly hint?: string | undefined
}

export interface FormProps {
  /** Where its submit button stands outside of it. */
  readonly id?: string
  readonly onSubmit: () => void
  /** What the host refused it with, unless a field says it. */
  readonly problem?: FormProblem | undefined
  /** Below the problem: submit first. */
  readonly actions?: ReactNode
  /** The space between its parts and around them. */
  readonly className?: string
  readonly children: ReactNode
}

/** Submitted with Enter in a field, or with its submit button. */
export function Form(props: FormProps): ReactNode {
  return (
    <form
      id={props.id}
      noValidate
      className={classNames('flex flex-col', props.className ?? 'gap-12')}
      onSubmit={(event) => {
        event.preventDefault()
        // A dialog that was opened from a field is inside its form for React, though not in the page: its own form submits itself alone.
        event.stopPropagation()
        props.onSubmit()
      }}
    >
      {props.children}
      <FormError message={props.problem?.message} hint={props.problem?.hint} />
      {props.actions}
    </form>
  )
}
