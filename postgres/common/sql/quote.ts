// Writes identifiers and literals so that Postgres reads back exactly what was meant. The one place where text becomes SQL.
import { AppError } from '#contract/errors.ts'

/** `name` in double quotes. Throws INVALID_INPUT for an empty name or one with a zero byte, which Postgres cannot hold. */
export function quoteIdentifier(name: string): string {
  if (name === '') throw new AppError('INVALID_INPUT', 'A name may not be empty.')
  if (name.includes('\0')) throw new AppError('INVALID_INPUT', 'A name may not contain a zero byte.')
  return `"${name.replaceAll('"', '""')}"`
}

/** `"schema"."table"`: each part quoted, joined by dots. */
export function quoteQualified(...names: readonly string[]): string {
  return names.map(quoteIdentifier).join('.')
}

/**
 * `value` as a string constant. Text with a backslash is written as E'…', so that it reads the same whatever
 * standard_conforming_strings says. Throws INVALID_INPUT for a zero byte.
 */
export function quoteLiteral(value: string): string {
  if (value.includes('\0')) throw new AppError('INVALID_INPUT', 'A text value may not contain a zero byte.')
  const doubled = value.replaceAll("'", "''")
  return value.includes('\\') ? ` E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}
