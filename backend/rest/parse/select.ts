// `select=`: columns with aliases, casts, JSON paths and aggregates; embeds with hints and join types; spreads.
import { after, attempt, before, between, both, chain, choice, end, literal } from './combinators.ts'
import { lookahead, map, notFollowedBy, optional, reject, separated, succeed } from './combinators.ts'
import type { Parser } from './combinators.ts'
import { field, fieldName, identifier, lexeme } from './grammar.ts'
import type { Aggregate, SelectItem } from './api-request.ts'
import { readNested } from './read.ts'
import { quickSelect } from './quick.ts'

/** `name:`, but not the first colon of a cast. */
const alias = optional(attempt(before(fieldName, after(literal(':'), notFollowedBy(literal(':'))))))

const cast = optional(after(literal('::'), identifier))

const itemEnd = choice(attempt(lookahead(literal(')'))), attempt(lookahead(literal(','))), attempt(end))

const aggregateName: Parser<Aggregate> = choice<Aggregate>(
  map(literal('sum'), () => 'sum'),
  map(literal('avg'), () => 'avg'),
  map(literal('count'), () => 'count'),
  map(attempt(literal('max')), () => 'max'),
  map(attempt(literal('min')), () => 'min'),
)

const aggregate = optional(attempt(between(literal('.'), aggregateName, literal('()'))))

const allColumns: Parser<SelectItem> = map(before(literal('*'), itemEnd), () => ({
  kind: 'field',
  field: { name: '*', jsonPath: [] },
  alias: null,
  cast: null,
  aggregate: null,
  aggregateCast: null,
}))

const countOfRows: Parser<SelectItem> = before(
  both(before(alias, literal('count()')), cast, (name, aggregateCast): SelectItem => ({
    kind: 'field',
    field: { name: '', jsonPath: [] },
    alias: name,
    cast: null,
    aggregate: 'count',
    aggregateCast,
  })),
  itemEnd,
)

const column: Parser<SelectItem> = chain(alias, (name) =>
  chain(field, (column) =>
    chain(cast, (type) =>
      chain(aggregate, (aggregate) =>
        map(before(cast, itemEnd), (aggregateCast): SelectItem => ({
          kind: 'field',
          field: column,
          alias: name,
          cast: type,
          aggregate,
          aggregateCast,
        })),
      ),
    ),
  ),
)

const fieldItem = lexeme(choice(attempt(allColumns), attempt(countOfRows), column))

type EmbedParameter =
  | { readonly kind: 'join'; readonly join: 'inner' | 'left' }
  | { readonly kind: 'hint'; readonly hint: string }

const embedParameter: Parser<EmbedParameter> = after(
  literal('!'),
  choice<EmbedParameter>(
    map(attempt(literal('left')), () => ({ kind: 'join', join: 'left' })),
    map(attempt(literal('inner')), () => ({ kind: 'join', join: 'inner' })),
    map(attempt(fieldName), (hint) => ({ kind: 'hint', hint })),
  ),
)

/** Two of them at most, in any order: the first hint and the first join type count. */
const embedParameters = both(optional(embedParameter), optional(embedParameter), (first, second) => {
  const given = [first, second]
  return {
    hint: given.find((parameter) => parameter?.kind === 'hint')?.hint ?? null,
    join: given.find((parameter) => parameter?.kind === 'join')?.join ?? null,
  }
})

const opened = attempt(lookahead(literal('(')))

/** What stands before the parentheses of an embed; its columns are read after it. */
type Embed = (select: readonly SelectItem[]) => SelectItem

const embed: Parser<Embed> = lexeme(
  chain(alias, (name) =>
    chain(fieldName, (target) =>
      // `count()` is an aggregate, whatever tables there are.
      target === 'count'
        ? reject
        : map(before(embedParameters, opened), (given): Embed => (select) => ({
            kind: 'embed',
            target,
            alias: name,
            ...given,
            select,
          })),
    ),
  ),
)

const spread: Parser<Embed> = lexeme(
  both(
    after(literal('...'), fieldName),
    before(embedParameters, opened),
    (target, given): Embed =>
      (select) => ({ kind: 'spread', target, ...given, select }),
  ),
)

const columns = between(
  literal('('),
  ((text, at) => selectList(text, at)) satisfies Parser<readonly SelectItem[]>,
  literal(')'),
)

const item = choice(
  both(attempt(spread), columns, (make, select) => make(select)),
  both(attempt(embed), columns, (make, select) => make(select)),
  fieldItem,
)

const selectList: Parser<readonly SelectItem[]> = choice(separated(item, lexeme(literal(','))), succeed([]))

/**
 * Reads the value of `select=`; '' selects nothing.
 * @throws RestError PGRST100.
 */
export function parseSelect(text: string): readonly SelectItem[] {
  return quickSelect(text) ?? readNested(selectList, `failed to parse select parameter (${text})`, text)
}

/** The grammar alone, without the short cut: the tests hold one against the other. */
export function parseSelectByGrammar(text: string): readonly SelectItem[] {
  return readNested(selectList, `failed to parse select parameter (${text})`, text)
}
