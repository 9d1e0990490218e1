// Composes SQL from fixed text, parameters, quoted names and other fragments. Values become $1, $2, … and never text.
import { AppError } from '#contract/errors.ts'
import { quoteLiteral, quoteQualified } from './quote.ts'
import { readableName } from './readable-name.ts'

const FRAGMENT = Symbol('sql fragment')

/** A piece of SQL: fixed text, parameters and other fragments in a row. It is written out when its text or values are first asked for. */
export interface SqlFragment {
  readonly [FRAGMENT]: readonly Piece[]
  /** The text with $1, $2, … for the values. */
  readonly text: string
  readonly values: readonly unknown[]
}

/** Fixed text, a value that becomes a parameter, or a fragment. */
type Piece = string | Parameter | SqlFragment

class Parameter {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

/** Fragments nest to any depth: only the outermost one is ever written out, so composing stays linear. */
class Fragment implements SqlFragment {
  readonly [FRAGMENT]: readonly Piece[]
  #written: { readonly text: string; readonly values: readonly unknown[] } | undefined
  constructor(pieces: readonly Piece[]) {
    this[FRAGMENT] = pieces
  }
  get text(): string {
    return this.#write().text
  }
  get values(): readonly unknown[] {
    return this.#write().values
  }
  #write() {
    if (this.#written === undefined) {
      const values: unknown[] = []
      const text = write(this[FRAGMENT], '', values)
      this.#written = { text, values }
    }
    return this.#written
  }
}

function write(pieces: readonly Piece[], before: string, values: unknown[]): string {
  let text = before
  for (const piece of pieces) {
    if (typeof piece === 'string') text += piece
    else if (piece instanceof Parameter) text += `$${String(values.push(piece.value))}`
    else text = write(piece[FRAGMENT], text, values)
  }
  return text
}

/**
 * Tagged template: sql`select * from ${identifier('public', 'film')} where id = ${id}`. A fragment put in is spliced; everything else,
 * strings included, becomes a parameter.
 */
export function sql(strings: TemplateStringsArray, ...inputs: readonly unknown[]): SqlFragment {
  const pieces: Piece[] = []
  for (let index = 0; index < strings.length; index += 1) {
    const text = strings[index]
    if (text !== undefined && text !== '') pieces.push(text)
    if (index >= inputs.length) continue
    const input = inputs[index]
    pieces.push(isSqlFragment(input) ? input : new Parameter(input))
  }
  return new Fragment(pieces)
}

/** A name, quoted and qualified: identifier('public', 'film') is "public"."film". */
export function identifier(...names: readonly string[]): SqlFragment {
  return raw(quoteQualified(...names))
}

/** A name, qualified, and quoted only where Postgres needs it: name('shop', 'Order') is shop."Order". For SQL that people read: migrations. */
export function name(...names: readonly string[]): SqlFragment {
  return raw(names.map(readableName).join('.'))
}

/** A string constant, for the places where Postgres takes no parameter: DDL, SET, COMMENT. */
export function literal(value: string | number | boolean | null): SqlFragment {
  return raw(value === null ? 'null' : typeof value === 'string' ? quoteLiteral(value) : String(value))
}

/** Fragments with `separator` between them; nothing for an empty list. */
export function join(fragments: readonly SqlFragment[], separator = ', '): SqlFragment {
  const pieces: Piece[] = []
  for (const one of fragments) {
    if (pieces.length > 0) pieces.push(separator)
    pieces.push(one)
  }
  return new Fragment(pieces)
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

/**
 * An SQL expression that a person wrote, where the product takes one from them: the condition of a policy. It stands in parentheses of its own, which
 * hold even when it ends in a comment. Only for callers who may run any SQL as the same role; run it by the extended protocol, which takes one statement.
 */
export function writtenExpression(text: string): SqlFragment {
  if (text.includes('\0')) throw new AppError('INVALID_INPUT', 'An expression may not contain a zero byte.')
  return raw(`(${text}\n)`)
}

/** No text at all: the other branch of a condition. */
export const empty: SqlFragment = new Fragment([])

/** Whether `value` was made by this module. */
export function isSqlFragment(value: unknown): value is SqlFragment {
  return typeof value === 'object' && value !== null && FRAGMENT in value
}

function raw(text: string): SqlFragment {
  return new Fragment([text])
}
