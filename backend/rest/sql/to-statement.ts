// A fragment as it is sent: its text, and values that Postgres takes as they are.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import type { ParameterValue, Statement } from '../types.ts'

/** Throws TypeError for a value that is neither text, bytes nor null: a mistake of whoever composed it. */
export function toStatement({ text, values }: SqlFragment): Statement {
  return { text, values: values.map(toParameter) }
}

function toParameter(value: unknown): ParameterValue {
  if (value === null || typeof value === 'string' || value instanceof Uint8Array) return value
  throw new TypeError(`A parameter of a REST statement is text, bytes or null, not ${typeof value}.`)
}
