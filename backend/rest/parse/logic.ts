// `and=(…)` and `or=(…)`: trees of conditions, nested and negated, of the top level or of an embed.
import { after, anyOf, attempt, before, between, both, choice, label } from './combinators.ts'
import { literal, map, notFollowedBy, oneOf, separated, succeed } from './combinators.ts'
import type { Parser } from './combinators.ts'
import { operation } from './filter.ts'
import { delimiter, field, lexeme, pathNames, quotedValue } from './grammar.ts'
import type { At, Filter, LogicTree } from './api-request.ts'
import { read, readNested } from './read.ts'

/** `{1,2,3}`, whose commas do not end the condition. */
const arrayLiteral = both(
  literal('{'),
  both(anyOf(/[^{}]*/uy), literal('}'), (inner, close) => inner + close),
  (open, rest) => open + rest,
)

const conditionValue = choice(
  attempt(before(quotedValue, notFollowedBy(oneOf(/[^,)]/uy)))),
  attempt(arrayLiteral),
  anyOf(/[^,)]*/uy),
)

const condition: Parser<LogicTree> = both(
  before(field, delimiter),
  operation(conditionValue),
  (field, operation): LogicTree => {
    const filter: Filter = { field, operation }
    return { kind: 'filter', filter }
  },
)

const negation = label(
  choice(
    map(attempt(after(literal('not'), delimiter)), () => true),
    succeed(false),
  ),
  'negation operator (not)',
)

const connective: Parser<'and' | 'or'> = label(
  choice<'and' | 'or'>(
    map(attempt(literal('and')), () => 'and'),
    map(literal('or'), () => 'or'),
  ),
  'logic operator (and, or)',
)

const children = between(
  lexeme(literal('(')),
  separated<LogicTree>((text, at) => logicTree(text, at), lexeme(literal(','))),
  lexeme(literal(')')),
)

const group = both(
  both(negation, connective, (isNegated, kind) => ({ isNegated, kind })),
  children,
  (head, children): LogicTree => ({ ...head, children }),
)

const logicTree: Parser<LogicTree> = choice(attempt(condition), group)

/**
 * Reads `and=(…)`, `or=(…)`, `not.and=(…)`, `clients.or=(…)`: the last name of the path is the connective; `not` may stand anywhere before it.
 * @throws RestError PGRST100.
 */
export function parseLogic(name: string, value: string): At<LogicTree> {
  const names = read(pathNames, `failed to parse logic path (${name})`, name)
  const connective = names.at(-1) ?? ''
  const text = `${names.includes('not') ? 'not.' : ''}${connective}${value}`
  const path = names.slice(0, -1).filter((part) => part !== 'not')
  return { path, value: readNested(logicTree, `failed to parse logic tree (${value})`, text) }
}
