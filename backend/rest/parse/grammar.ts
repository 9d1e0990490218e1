// The words that all parameters share: names, quoted values, JSON paths, fields and the paths of embeds.
import {
  after,
  anyOf,
  attempt,
  before,
  between,
  both,
  choice,
  end,
  label,
  literal,
  lookahead,
  many,
  map,
  notFollowedBy,
  oneOf,
  optional,
  reject,
  separated,
  someOf,
  succeed,
} from './combinators.ts'
import type { Parser } from './combinators.ts'
import type { Field, JsonOperation } from './api-request.ts'

/** Spaces and tabs around `parser`. */
export function lexeme<T>(parser: Parser<T>): Parser<T> {
  return between(spaces, parser, spaces)
}

const spaces = anyOf(/[ \t]*/uy)

/** `.` between a path's names, and between a filter's parts. */
export const delimiter = label(literal('.'), 'delimiter (.)')

/** Letters, digits, `_`, `$` and spaces, without the outer spaces: a cast, a text search configuration, a part of a name. */
export const identifier = map(someOf(/[\p{L}0-9_ $]*/uy, ['letter', 'digit']), (text) => text.trim())

const quotedCharacter = choice(oneOf(/[^\\"]/uy), after(literal('\\'), oneOf(/[\s\S]/uy)))

/** `"any text"`, with `\` before quotes and backslashes. */
export const quotedValue = between(
  literal('"'),
  map(many(quotedCharacter), (characters) => characters.join('')),
  literal('"'),
)

/** A dash within a name, which is no arrow. */
const dash = attempt(before(literal('-'), notFollowedBy(literal('>'))))

function dashed(part: Parser<string>): Parser<string> {
  return map(separated(part, dash), (parts) => parts.join('-'))
}

/** A column's, relation's or alias' name. */
export const fieldName = label(choice(quotedValue, dashed(identifier)), 'field name (* or [a..z0..9_$])')

const jsonKey = label(
  choice(quotedValue, dashed(map(someOf(/[^(\-:.,>)]*/uy), (text) => text.trim()))),
  'any non reserved character different from: .,>()',
)

/** The end of an embed's list. It is not told among what was expected, since PostgREST does not know it: there `a(b->0)` asks for a key. */
const closing: Parser<null> = (text, at) => (text[at] === ')' ? succeed(null)(text, at) : reject(text, at))

const jsonIndexEnd = choice(
  ...['->', '::', '.', ','].map((text) => attempt(lookahead(literal(text)))),
  closing,
  attempt(end),
)

const jsonIndex = before(
  both(optional(literal('-')), someOf(/[0-9]*/y, ['digit']), (sign, digits): JsonOperation['operand'] => ({
    kind: 'index',
    index: `${sign ?? ''}${digits}`,
  })),
  jsonIndexEnd,
)

const jsonOperand: Parser<JsonOperation['operand']> = choice(
  attempt(jsonIndex),
  attempt(map(jsonKey, (name): JsonOperation['operand'] => ({ kind: 'key', name }))),
)

const jsonArrow: Parser<JsonOperation['arrow']> = choice(
  map(attempt(literal('->>')), (): JsonOperation['arrow'] => '->>'),
  map(attempt(literal('->')), (): JsonOperation['arrow'] => '->'),
)

/** `->a->>0`, or nothing. */
export const jsonPath: Parser<readonly JsonOperation[]> = many(
  both(jsonArrow, jsonOperand, (arrow, operand): JsonOperation => ({ arrow, operand })),
)

/** A name with a JSON path. */
export const field: Parser<Field> = lexeme(
  both(fieldName, jsonPath, (name, path): Field => ({ name, jsonPath: path })),
)

/** The names of a path, at least one: `clients.projects.name`. */
export const pathNames = separated(fieldName, delimiter)

/** The embed a parameter belongs to and the field that it names: the last name of the path. */
export interface FieldPath {
  readonly path: readonly string[]
  readonly field: Field
}

export const fieldPath: Parser<FieldPath> = both(pathNames, jsonPath, (names, json) => ({
  path: names.slice(0, -1),
  field: { name: names.at(-1) ?? '', jsonPath: json },
}))

/** `name,name` */
export const nameList = separated(fieldName, lexeme(literal(',')))
