// A fragment as it is sent: its text, and values that Postgres takes as they are.
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import { tooManyValues } from '../plan/errors.ts'
import type { ParameterValue, Statement } from '../types.ts'

/** What the protocol has room for. */
const MOST_PARAMETERS = 65_535

/**
 * Throws RestError 54000 for more parameters than a statement can have, and TypeError for a value that is neither text, bytes nor null: a mistake of
 * whoever composed it.
 */
export function toStatement({ text, values }: SqlFragment): Statement {
  if (values.length > MOST_PARAMETERS) throw tooManyValues(values.length, MOST_PARAMETERS)
  return { text, values: values.map(toParameter) }
}

function toParameter(value: unknown): ParameterValue {
  if (value === null || typeof value === 'string' || value instanceof Uint8Array) return value
  throw new TypeError(`A parameter of a REST statement is text, bytes or null, not ${typeof value}.`)
}
