// `order=`: columns, JSON paths and columns of to-one embeds, each with direction and place of nulls.
import { after, attempt, before, between, both, chain, choice, end, literal } from './combinators.ts'
import { lookahead, map, optional, separated } from './combinators.ts'
import type { Parser } from './combinators.ts'
import { delimiter, field, fieldName, lexeme } from './grammar.ts'
import { parseFieldPath } from './filter.ts'
import type { At, Field, OrderTerm } from './api-request.ts'
import { quickOrder } from './quick.ts'
import { read } from './read.ts'

const direction: Parser<OrderTerm['direction']> = optional(
  choice<'asc' | 'desc'>(
    map(attempt(after(delimiter, literal('asc'))), () => 'asc'),
    map(attempt(after(delimiter, literal('desc'))), () => 'desc'),
  ),
)

const placeOfNulls: Parser<OrderTerm['nulls']> = optional(
  choice<'nullsfirst' | 'nullslast'>(
    map(attempt(after(delimiter, literal('nullsfirst'))), () => 'nullsfirst'),
    map(attempt(after(delimiter, literal('nullslast'))), () => 'nullslast'),
  ),
)

const termEnd = choice(attempt(lookahead(literal(','))), attempt(end))

const nulls = choice(
  before(placeOfNulls, termEnd),
  map(termEnd, () => null),
)

interface Ordered {
  readonly field: Field
  readonly relation: string | null
}

function term(what: Parser<Ordered>): Parser<OrderTerm> {
  return chain(what, (ordered) =>
    both(direction, nulls, (direction, nulls): OrderTerm => ({ ...ordered, direction, nulls })),
  )
}

const relatedTerm = term(
  both(fieldName, between(literal('('), field, literal(')')), (relation, field) => ({ field, relation })),
)

const ownTerm = term(map(field, (field) => ({ field, relation: null })))

const orderList = separated(lexeme(choice(attempt(relatedTerm), ownTerm)), literal(','))

/**
 * Reads `order=…` or `clients.order=…`.
 * @throws RestError PGRST100.
 */
export function parseOrder(name: string, value: string): At<readonly OrderTerm[]> {
  const { path } = parseFieldPath(name)
  return { path, value: quickOrder(value) ?? read(orderList, `failed to parse order (${value})`, value) }
}

/** The grammar alone, without the short cut: the tests hold one against the other. */
export function parseOrderByGrammar(value: string): readonly OrderTerm[] {
  return read(orderList, `failed to parse order (${value})`, value)
}
