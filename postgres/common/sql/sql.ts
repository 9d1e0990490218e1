// Composes SQL from fixed text, parameters, quoted names and other fragments. Values become $1, $2, … and never text.
import { quoteLiteral, quoteQualified } from './quote.ts'

const FRAGMENT = Symbol('sql fragment')

/** A piece of SQL: fixed text in between, parameters or raw pieces at the joints. */
export interface SqlFragment {
  readonly [FRAGMENT]: readonly Piece[]
  /** The text with $1, $2, … for the values. */
  readonly text: string
  readonly values: readonly unknown[]
}

type Piece =
  { readonly kind: 'raw'; readonly text: string } | { readonly kind: 'value'; readonly value: unknown }

/**
 * Tagged template: sql`select * from ${identifier('public', 'film')} where id = ${id}`. A fragment put in is spliced; everything else,
 * strings included, becomes a parameter.
 */
export function sql(strings: TemplateStringsArray, ...inputs: readonly unknown[]): SqlFragment {
  const pieces: Piece[] = []
  strings.forEach((text, index) => {
    if (text !== '') pieces.push({ kind: 'raw', text })
    if (index >= inputs.length) return
    const input = inputs[index]
    if (isSqlFragment(input)) pieces.push(...input[FRAGMENT])
    else pieces.push({ kind: 'value', value: input })
  })
  return fragment(pieces)
}

/** A name, quoted and qualified: identifier('public', 'film') is "public"."film". */
export function identifier(...names: readonly string[]): SqlFragment {
  return raw(quoteQualified(...names))
}

/** A string constant, for the places where Postgres takes no parameter: DDL, SET, COMMENT. */
export function literal(value: string | number | boolean | null): SqlFragment {
  return raw(value === null ? 'null' : typeof value === 'string' ? quoteLiteral(value) : String(value))
}

/** Fragments with `separator` between them; nothing for an empty list. */
export function join(fragments: readonly SqlFragment[], separator = ', '): SqlFragment {
  return fragment(
    fragments.flatMap((one, index) => [
      ...(index === 0 ? [] : [{ kind: 'raw', text: separator } as const]),
      ...one[FRAGMENT],
    ]),
  )
}

/** A keyword or operator chosen by code. The set of allowed words is given too, so that no outside text passes as SQL. */
export function keyword<const Word extends string>(word: Word, allowed: readonly Word[]): SqlFragment {
  if (!allowed.includes(word)) throw new TypeError(`${word} is not one of ${allowed.join(', ')}`)
  return raw(word)
}

/**
 * SQL that Postgres itself printed, spliced as it is: a type by format_type, a default by pg_get_expr. Only for what was read from a
 * catalog; text of a request never goes through here.
 */
export function fromCatalog(printed: string): SqlFragment {
  return raw(printed)
}

/** No text at all: the other branch of a condition. */
export const empty: SqlFragment = fragment([])

/** Whether `value` was made by this module. */
export function isSqlFragment(value: unknown): value is SqlFragment {
  return typeof value === 'object' && value !== null && FRAGMENT in value
}

function raw(text: string): SqlFragment {
  return fragment([{ kind: 'raw', text }])
}

function fragment(pieces: readonly Piece[]): SqlFragment {
  let text = ''
  const values: unknown[] = []
  for (const piece of pieces) {
    if (piece.kind === 'raw') text += piece.text
    else text += `$${values.push(piece.value)}`
  }
  return { [FRAGMENT]: pieces, text, values }
}
