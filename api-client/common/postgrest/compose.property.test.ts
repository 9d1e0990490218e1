// What is composed is read by the engine's own parser as what the form says, and by the form again as itself.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ApiDescription } from '#contract/requests/api-description.ts'
import type { HttpRequest } from '#contract/requests/request.ts'
import { sampleConfig, sampleRequest } from '#testing/rest-sample.ts'
import type { ApiRequest } from '../../../backend/rest/parse/api-request.ts'
import { composeUrl } from '../resolve/compose-url.ts'
import { createResolver } from '../resolve/resolve-text.ts'
import { createLookup } from '../resolve/scopes.ts'
import { compose } from './compose.ts'
import {
  embedName,
  embedOf,
  emptyForm,
  QUANTIFIED,
  SIMPLE,
  TEXT_SEARCH,
  type Condition,
  type EndpointForm,
  type Filter,
  type OrderTerm,
  type SelectItem,
} from './form.ts'
import { readBack } from './read-back.ts'

const API: ApiDescription = {
  title: '',
  docs: '',
  version: '',
  baseUrl: 'https://api.example/rest/v1',
  schemas: ['api', 'other'],
  tables: [],
  functions: [],
}

/** More by hand: `COMPOSE_RUNS=100000 npx vitest run …`. */
const RUNS = Number(process.env['COMPOSE_RUNS'] ?? 400)

const odd = fc.constantFrom(
  '"',
  '\\',
  ',',
  '.',
  '(',
  ')',
  ':',
  '%',
  '+',
  ';',
  '&',
  '#',
  '=',
  ' ',
  '-',
  '>',
  '{',
  '}',
  '*',
  '!',
  'é',
  '雪',
  '😀',
  'a',
  'or',
  'not',
  'order',
  '%41',
  '1',
  '\n',
  "'",
)
const anyText = fc
  .array(odd, { maxLength: 6 })
  .map((parts) => parts.join(''))
  .filter((text) => !text.includes('{{'))
const name = fc.oneof(
  fc.constantFrom('id', 'film_id', 'order', 'select', 'and', 'or', 'not', 'count', 'limit'),
  anyText.filter((text) => text !== '*' && text.trim() !== '' && text === text.trim()),
)
const step = fc.oneof(
  fc.record({
    arrow: fc.constantFrom('->' as const, '->>' as const),
    key: name,
    isIndex: fc.constant(false),
  }),
  fc.record({
    arrow: fc.constantFrom('->' as const, '->>' as const),
    key: fc.constantFrom('0', '12', '-1'),
    isIndex: fc.constant(true),
  }),
)
const field = fc.record({ name, path: fc.array(step, { maxLength: 2 }) })
const negated = { isNegated: fc.boolean() }
const none = { quantifier: fc.constant('' as const), language: fc.constant(''), values: fc.constant([]) }
const filter: fc.Arbitrary<Filter> = fc.oneof(
  fc.record({
    kind: fc.constant('filter' as const),
    field,
    ...negated,
    ...none,
    operator: fc.constantFrom(...QUANTIFIED),
    quantifier: fc.constantFrom('' as const, 'any' as const, 'all' as const),
    value: anyText,
  }),
  fc.record({
    kind: fc.constant('filter' as const),
    field,
    ...negated,
    ...none,
    operator: fc.constantFrom(...SIMPLE, 'isdistinct' as const),
    value: anyText,
  }),
  fc.record({
    kind: fc.constant('filter' as const),
    field,
    ...negated,
    ...none,
    operator: fc.constantFrom(...TEXT_SEARCH),
    language: fc.constantFrom('', 'english'),
    value: anyText,
  }),
  fc.record({
    kind: fc.constant('filter' as const),
    field,
    ...negated,
    ...none,
    operator: fc.constant('in' as const),
    value: fc.constant(''),
    values: fc.array(anyText, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('filter' as const),
    field,
    ...negated,
    ...none,
    operator: fc.constant('is' as const),
    value: fc.constantFrom('null', 'true', 'unknown'),
  }),
)
const condition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition; group: Condition }>((tie) => ({
  group: fc.record({
    kind: fc.constant('group' as const),
    connective: fc.constantFrom('and' as const, 'or' as const),
    ...negated,
    conditions: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
  }),
  condition: fc.oneof({ maxDepth: 2, withCrossShrink: true }, filter, tie('group')),
})).condition
const where = fc.array(condition, { maxLength: 2 })
const orderTerm: fc.Arbitrary<OrderTerm> = fc.record({
  field,
  relation: fc.oneof(fc.constant(''), name),
  direction: fc.constantFrom('' as const, 'asc' as const, 'desc' as const),
  nulls: fc.constantFrom('' as const, 'nullsfirst' as const, 'nullslast' as const),
})
const pages = {
  order: fc.array(orderTerm, { maxLength: 2 }),
  limit: fc.constantFrom('', '5'),
  offset: fc.constantFrom('', '3'),
}
const column: fc.Arbitrary<SelectItem> = fc.record({
  kind: fc.constant('column' as const),
  field,
  alias: fc.oneof(fc.constant(''), name),
  cast: fc.constantFrom('', 'text', 'timestamp with time zone'),
  aggregate: fc.constantFrom('' as const, 'sum' as const, 'count' as const),
  aggregateCast: fc.constant(''),
})
// An embed called `count` is an aggregate to the grammar, and one called `not` negates: it has no quoting for either.
const select = fc.letrec<{ list: SelectItem[]; embed: SelectItem }>((tie) => ({
  embed: fc
    .record({
      target: name.filter((one) => one !== 'count' && one !== 'not'),
      hint: fc.oneof(fc.constant(''), name),
      join: fc.constantFrom('' as const, 'inner' as const, 'left' as const),
      alias: fc.constant(''),
      isSpread: fc.boolean(),
      select: tie('list'),
      where,
      ...pages,
    })
    .map(({ target, ...rest }) => embedOf(target, rest)),
  list: fc.oneof(
    { maxDepth: 2 },
    fc.array(column, { minLength: 1, maxLength: 2 }),
    fc.tuple(column, tie('embed')).map((both) => [...both]),
  ),
})).list
const form: fc.Arbitrary<EndpointForm> = fc
  .record({
    name,
    select,
    where,
    ...pages,
    schema: fc.constantFrom('api', 'other'),
    count: fc.constantFrom('' as const, 'exact' as const),
  })
  .map(({ count, ...rest }) => {
    const base = emptyForm('read', 'api', '')
    return { ...base, ...rest, prefer: { ...base.prefer, count } }
  })

const PLAIN = createResolver({ lookup: createLookup([]), dynamic: null })

/** As it goes over the wire. */
function parsed(request: HttpRequest): ApiRequest {
  const { url } = composeUrl({
    url: request.url,
    parameters: request.parameters,
    resolver: PLAIN,
    encodes: true,
    isSocket: false,
  })
  const headers = Object.fromEntries(request.headers.map((one) => [one.name.toLowerCase(), one.value]))
  return sampleRequest(request.method, url.slice(API.baseUrl.length), {
    headers,
    config: sampleConfig({ schemas: ['api', 'other'] }),
  })
}

function treeOf(one: Condition): unknown {
  if (one.kind === 'group')
    return { kind: one.connective, isNegated: one.isNegated, children: one.conditions.map(treeOf) }
  return { kind: 'filter', filter: filterTree(one) }
}

function fieldTree({ name: column, path }: Filter['field']): unknown {
  return {
    name: column,
    jsonPath: path.map(({ arrow, key, isIndex }) => ({
      arrow,
      operand: isIndex ? { kind: 'index', index: key } : { kind: 'key', name: key },
    })),
  }
}

function filterTree({
  field: at,
  operator,
  isNegated,
  value,
  values,
  quantifier,
  language,
}: Filter): unknown {
  const operation = (() => {
    if (operator === 'in') return { kind: 'in', values, isNegated }
    if (operator === 'is' || operator === 'isdistinct') return { kind: operator, value, isNegated }
    if (TEXT_SEARCH.some((one) => one === operator))
      return { kind: 'fts', operator, language: language || null, value, isNegated }
    if (SIMPLE.some((one) => one === operator)) return { kind: 'simple', operator, value, isNegated }
    return { kind: 'quantified', operator, quantifier: quantifier || null, value, isNegated }
  })()
  return { field: fieldTree(at), operation }
}

function selectTree(items: readonly SelectItem[]): unknown {
  return items.map((one) =>
    one.kind === 'column'
      ? {
          kind: 'field',
          field: fieldTree(one.field),
          alias: one.alias || null,
          cast: one.cast || null,
          aggregate: one.aggregate || null,
          aggregateCast: null,
        }
      : {
          kind: one.isSpread ? 'spread' : 'embed',
          target: one.target,
          ...(one.isSpread ? {} : { alias: one.alias || null }),
          hint: one.hint || null,
          join: one.join || null,
          select: selectTree(one.select),
        },
  )
}

interface Level extends Pick<EndpointForm, 'where' | 'order' | 'limit' | 'offset'> {
  readonly path: readonly string[]
}

function levelsOf(items: readonly SelectItem[], above: readonly string[]): Level[] {
  return items.flatMap((one) => {
    if (one.kind === 'column') return []
    const path = [...above, embedName(one)]
    return [{ ...one, path }, ...levelsOf(one.select, path)]
  })
}

test('the engine reads what the form says, and the form reads itself back', () => {
  fc.assert(
    fc.property(form, (one) => {
      const request = compose(API, one)
      expect(request.url).not.toContain('?')
      const { parameters, schema, action } = parsed(request)
      const levels: Level[] = [{ ...one, path: [] }, ...levelsOf(one.select, [])]
      expect(action).toMatchObject({ kind: 'read', target: one.name })
      expect(schema).toBe(one.schema)
      expect(parameters.select).toEqual(selectTree(one.select))
      expect(parameters.filters).toEqual(
        levels.flatMap(({ path, where: all }) =>
          all.flatMap((each) => (each.kind === 'filter' ? [{ path, value: filterTree(each) }] : [])),
        ),
      )
      expect(parameters.logic).toEqual(
        levels.flatMap(({ path, where: all }) =>
          all.flatMap((each) => (each.kind === 'group' ? [{ path, value: treeOf(each) }] : [])),
        ),
      )
      expect(parameters.order).toEqual(
        levels.flatMap(({ path, order }) =>
          order.length === 0
            ? []
            : [
                {
                  path,
                  value: order.map((term) => ({
                    field: fieldTree(term.field),
                    relation: term.relation || null,
                    direction: term.direction || null,
                    nulls: term.nulls || null,
                  })),
                },
              ],
        ),
      )
      for (const { path, limit, offset } of levels)
        expect(parameters.ranges.get(path.join('.')) ?? { offset: 0, limit: null }).toEqual({
          offset: Number(offset),
          limit: limit === '' ? null : Number(limit),
        })
      expect(readBack(API, request)).toEqual(one)
      expect(compose(API, readBack(API, request) ?? one, request)).toEqual(request)
    }),
    { seed: 20261123, numRuns: RUNS },
  )
})
