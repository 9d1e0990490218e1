// Filters: `name=not.op(any).value` as a parameter of the query, and the operators that logic trees share.
import {
  after,
  anyOf,
  attempt,
  before,
  between,
  both,
  chain,
  choice,
  label,
  literal,
  map,
  notFollowedBy,
  oneOf,
  optional,
  separated,
  succeed,
} from './combinators.ts'
import type { Parser } from './combinators.ts'
import { delimiter, fieldPath, identifier, lexeme, quotedValue } from './grammar.ts'
import type { FieldPath } from './grammar.ts'
import type {
  At,
  Filter,
  Operation,
  Quantifier,
  QuantifiedOperator,
  SimpleOperator,
  TextSearchOperator,
} from './api-request.ts'
import { quickField, quickOperation } from './quick.ts'
import { read } from './read.ts'

/** An operation before its `not.` is put in. */
type Positive = (isNegated: boolean) => Operation

/** Every one of `words`, tried in this order: a word stands after those that it begins. */
function wordOf<T extends string>(...words: readonly T[]): Parser<T> {
  return choice(...words.map((word) => map(attempt(literal(word)), () => word)))
}

const simpleOperator = label(
  wordOf<SimpleOperator>('neq', 'cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj'),
  'unknown single value operator',
)

const quantifiedOperator = label(
  wordOf<QuantifiedOperator>('eq', 'gte', 'gt', 'lte', 'lt', 'like', 'ilike', 'match', 'imatch'),
  'unknown single value operator',
)

const textSearchOperator = wordOf<TextSearchOperator>('fts', 'plfts', 'phfts', 'wfts')

const quantifier: Parser<Quantifier | null> = optional(
  attempt(
    between(
      literal('('),
      choice<Quantifier>(
        map(attempt(literal('any')), () => 'any'),
        map(literal('all'), () => 'all'),
      ),
      literal(')'),
    ),
  ),
)

/** A word in small or capital letters, mixed as one likes. */
function anyCase(word: string): Parser<string> {
  return Array.from(word).reduce<Parser<string>>((before, letter) => {
    const either = choice(literal(letter), literal(letter.toUpperCase()))
    return after(before, either)
  }, succeed(''))
}

const isValues = ['null', 'not_null', 'true', 'false', 'unknown'] as const

const isValue = label(
  choice(...isValues.map((word) => map(attempt(anyCase(word)), () => word))),
  'isVal: (null, not_null, true, false, unknown)',
)

/** An element of a list in parentheses: quoted when nothing but a comma or the end follows, else up to there. */
export const listElement = choice(
  attempt(before(quotedValue, notFollowedBy(oneOf(/[^,)]/uy)))),
  anyOf(/[^,)]*/uy),
)

const list = between(lexeme(literal('(')), separated(listElement, literal(',')), lexeme(literal(')')))

/** `not.op.value`, the value being what `value` reads. */
export function operation(value: Parser<string>): Parser<Operation> {
  const oneOfList = map(
    after(attempt(after(literal('in'), delimiter)), list),
    (values): Positive =>
      (isNegated) => ({ kind: 'in', values, isNegated }),
  )
  const is = map(
    after(attempt(after(literal('is'), delimiter)), isValue),
    (word): Positive =>
      (isNegated) => ({ kind: 'is', value: word, isNegated }),
  )
  const isDistinct = map(
    after(attempt(after(literal('isdistinct'), delimiter)), value),
    (text): Positive =>
      (isNegated) => ({ kind: 'isdistinct', value: text, isNegated }),
  )
  const textSearch = chain(textSearchOperator, (operator) =>
    both(
      before(optional(attempt(between(literal('('), identifier, literal(')')))), delimiter),
      value,
      (language, text): Positive =>
        (isNegated) => ({ kind: 'fts', operator, language, value: text, isNegated }),
    ),
  )
  const simple = both(
    before(simpleOperator, delimiter),
    value,
    (operator, text): Positive =>
      (isNegated) => ({ kind: 'simple', operator, value: text, isNegated }),
  )
  const quantified = chain(quantifiedOperator, (operator) =>
    both(before(quantifier, delimiter), value, (how, text): Positive => (isNegated) => ({
      kind: 'quantified',
      operator,
      quantifier: how,
      value: text,
      isNegated,
    })),
  )
  const positive = label(
    choice(oneOfList, is, isDistinct, attempt(textSearch), attempt(simple), attempt(quantified)),
    'operator (eq, gt, ...)',
  )
  const negation = choice(
    map(attempt(after(literal('not'), delimiter)), () => true),
    succeed(false),
  )
  return both(negation, positive, (isNegated, make) => make(isNegated))
}

const parameterOperation = operation(anyOf(/[\s\S]*/uy))

const parameterOperationOrNone = choice<Operation | null>(parameterOperation, succeed(null))

/**
 * Reads the name of a parameter that filters or is an argument: the embed's path and the field. What follows a readable beginning is left out.
 * @throws RestError PGRST100.
 */
export function parseFieldPath(name: string): FieldPath {
  return quickField(name) ?? read(fieldPath, `failed to parse tree path (${name})`, name)
}

/**
 * Reads `name=value` as a filter.
 * @throws RestError PGRST100.
 */
export function parseFilter(name: string, value: string): At<Filter> {
  const { path, field } = parseFieldPath(name)
  const found = quickOperation(value) ?? read(parameterOperation, `failed to parse filter (${value})`, value)
  return { path, value: { field, operation: found } }
}

/**
 * Reads `name=value` as a filter, or as an argument where the value begins like no filter.
 * @throws RestError PGRST100: it begins like one (`not.`, `in.`, `is.`) and is none.
 */
export function parseFilterOrArgument(
  name: string,
  value: string,
):
  | { readonly kind: 'filter'; readonly filter: At<Filter> }
  | { readonly kind: 'argument'; readonly name: string } {
  const { path, field } = parseFieldPath(name)
  const found =
    quickOperation(value) ?? read(parameterOperationOrNone, `failed to parse filter (${value})`, value)
  return found === null
    ? { kind: 'argument', name: field.name }
    : { kind: 'filter', filter: { path, value: { field, operation: found } } }
}

/** The grammar alone, without the short cut: the tests hold one against the other. */
export function parseOperationByGrammar(value: string): Operation {
  return read(parameterOperation, `failed to parse filter (${value})`, value)
}
