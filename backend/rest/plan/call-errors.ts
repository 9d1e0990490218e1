// What a call fails with when no function can be chosen.
import { RestError } from '../errors.ts'
import type { Routine } from '../types.ts'

/** What the body was, for a function that could take it whole: by its media type. */
export type UnnamedParameter = 'text' | 'xml' | 'bytea' | 'json'

/**
 * PGRST202: no such function, or none that takes these arguments. `unnamed` is what the body of a POST could have been handed to; null
 * for the other methods and types.
 */
export function functionNotFound(
  name: string,
  names: readonly string[],
  { unnamed, hint }: { readonly unnamed: UnnamedParameter | null; readonly hint: string | null },
): RestError {
  const list = names.join(', ')
  const isUnnamedOnly = unnamed !== null && unnamed !== 'json'
  const searched = names.length === 0 ? ' without parameters' : `(${list})`
  const parameters =
    names.length === 0 ? ' without parameters' : ` with parameter${names.length > 1 ? 's' : ''} ${list}`
  const detail =
    unnamed === null
      ? parameters
      : isUnnamedOnly
        ? ` with a single unnamed ${unnamed} parameter`
        : `${parameters} or with a single unnamed json/jsonb parameter`
  return new RestError(
    {
      code: 'PGRST202',
      status: 404,
      message: `Could not find the function ${name}${isUnnamedOnly ? '' : searched} in the schema cache`,
    },
    {
      details: `Searched for the function ${name}${detail}, but no matches were found in the schema cache.`,
      hint: isUnnamedOnly || hint === null ? null : `Perhaps you meant to call the function ${hint}`,
    },
  )
}

/** PGRST203: several overloads take these arguments. */
export function ambiguousFunction(candidates: readonly Routine[]): RestError {
  const signatures = candidates.map(
    ({ schema, name, parameters }) =>
      `${schema}.${name}(${parameters.map((one) => `${one.name} => ${one.type}`).join(', ')})`,
  )
  return new RestError(
    {
      code: 'PGRST203',
      status: 300,
      message: `Could not choose the best candidate function between: ${signatures.join(', ')}`,
    },
    {
      hint: 'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
    },
  )
}
