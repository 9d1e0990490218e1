// The options of sequences, of those in identity columns too: only what differs from what Postgres takes by itself.
import { AppError } from '#contract/errors.ts'
import type { SequenceOptions } from '#contract/schema/types.ts'
import { fromCatalog, join, sql, type SqlFragment } from '../../sql/sql.ts'

const LARGEST: Readonly<Record<string, bigint>> = {
  smallint: 32767n,
  integer: 2147483647n,
  bigint: 9223372036854775807n,
}

/** Start, bounds, cache: what a sequence of the type has when nothing is said. */
export function defaultSequenceOptions(type: string, increment = '1'): SequenceOptions {
  const isDown = increment.startsWith('-')
  const largest = LARGEST[type] ?? LARGEST['bigint'] ?? 0n
  const min = isDown ? -largest - 1n : 1n
  const max = isDown ? -1n : largest
  return {
    type,
    increment,
    min: String(min),
    max: String(max),
    start: String(isDown ? max : min),
    cache: '1',
    isCycling: false,
  }
}

/**
 * The options that differ from the usual ones, each with a blank before it: ` start with 100 cache 5`. Throws INVALID_INPUT for what is no number. The type is not
 * among them: an identity column's sequence has the column's.
 */
export function sequenceOptionsSql(options: SequenceOptions): SqlFragment {
  const usual = defaultSequenceOptions(options.type, options.increment)
  const pieces: SqlFragment[] = []
  const start = options.increment.startsWith('-') ? options.max : options.min
  if (options.start !== start) pieces.push(sql` start with ${integer(options.start)}`)
  if (options.increment !== '1') pieces.push(sql` increment by ${integer(options.increment)}`)
  if (options.min !== usual.min) pieces.push(sql` minvalue ${integer(options.min)}`)
  if (options.max !== usual.max) pieces.push(sql` maxvalue ${integer(options.max)}`)
  if (options.cache !== usual.cache) pieces.push(sql` cache ${integer(options.cache)}`)
  if (options.isCycling) pieces.push(sql` cycle`)
  return join(pieces, '')
}

function integer(text: string): SqlFragment {
  if (!/^-?\d+$/.test(text)) throw new AppError('INVALID_INPUT', `${text} is not a whole number.`)
  return fromCatalog(text)
}
