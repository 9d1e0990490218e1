// A form's state: validated on blur, cleared on input, all checked on submit. Rules come from zod schemas.
import { useState } from 'react'
import type { z } from 'zod'

/** What a field of text needs of its form. */
export interface FieldBinding {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onBlur: () => void
  readonly error: string | undefined
}

/** The fields that take any text. */
type TextName<Values> = string &
  { [Name in keyof Values]-?: string extends Values[Name] ? Name : never }[keyof Values]

export interface Form<Values extends Readonly<Record<string, unknown>>> {
  readonly values: Values
  set<Name extends keyof Values>(name: Name, value: Values[Name]): void
  /** Sets several at once (a pasted URI). */
  fill(values: Partial<Values>): void
  /** The props of a field of text: `<TextField label="Name" {...form.field('name')} />`. */
  field(name: TextName<Values>): FieldBinding
  /** Checks one field when it is left. */
  blur(name: keyof Values & string): void
  readonly errors: Readonly<Record<string, string>>
  /** Shows errors that came from elsewhere, by field. */
  setErrors(errors: Readonly<Record<string, string>>): void
  /** Checks everything; true when all is well. */
  check(): boolean
  reset(values?: Values): void
}

/** Messages by field of what `values` break in `schema`. */
export function schemaErrors(schema: z.ZodType, values: unknown): Readonly<Record<string, string>> {
  const parsed = schema.safeParse(values)
  if (parsed.success) return {}
  const errors: Record<string, string> = {}
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0] ?? '')
    errors[name] ??= issue.message
  }
  return errors
}

/** A form that starts with `initial`. */
export function useForm<Values extends Readonly<Record<string, unknown>>>(
  initial: Values,
  schema: z.ZodType,
): Form<Values> {
  const [values, setValues] = useState(initial)
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const without = (name: string): void =>
    setErrors((before) => Object.fromEntries(Object.entries(before).filter(([key]) => key !== name)))
  const write = (name: keyof Values, value: unknown): void => {
    setValues((before) => ({ ...before, [name]: value }))
    without(String(name))
  }
  const blur = (name: keyof Values & string): void => {
    // An empty field that was only passed through is not an error yet.
    if (values[name] === '') return
    const message = schemaErrors(schema, values)[name]
    if (message !== undefined) setErrors((before) => ({ ...before, [name]: message }))
  }
  return {
    values,
    errors,
    setErrors,
    set: write,
    field: (name) => ({
      value: String(values[name] ?? ''),
      onChange: (value) => write(name, value),
      onBlur: () => blur(name),
      error: errors[name],
    }),
    fill(some) {
      setValues((before) => ({ ...before, ...some }))
      setErrors({})
    },
    blur,
    check() {
      const found = schemaErrors(schema, values)
      setErrors(found)
      return Object.keys(found).length === 0
    },
    reset(next = initial) {
      setValues(next)
      setErrors({})
    },
  }
}
