// Short cuts for what nearly every request asks for: they read the plainest form of a parameter without the grammar, or give null.
// What they read means the same as by the grammar; the tests hold one against the other.
import type {
  Operation,
  OrderTerm,
  QuantifiedOperator,
  SelectItem,
  SimpleOperator,
  TextSearchOperator,
} from './api-request.ts'
import type { FieldPath } from './grammar.ts'
import { DEEPEST } from './read.ts'

const PLAIN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const PLAIN_PATH = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/
const PLAIN_SELECT = /^[A-Za-z0-9_*,:()]*$/

const SIMPLE: ReadonlyMap<string, SimpleOperator> = new Map(
  (['neq', 'cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj'] as const).map((name) => [name, name]),
)
const QUANTIFIED: ReadonlyMap<string, QuantifiedOperator> = new Map(
  (['eq', 'gte', 'gt', 'lte', 'lt', 'like', 'ilike', 'match', 'imatch'] as const).map((name) => [name, name]),
)
const TEXT_SEARCH: ReadonlyMap<string, TextSearchOperator> = new Map(
  (['fts', 'plfts', 'phfts', 'wfts'] as const).map((name) => [name, name]),
)

/** `name` or `embed.name`. */
export function quickField(name: string): FieldPath | null {
  if (PLAIN_NAME.test(name)) return { path: [], field: { name, jsonPath: [] } }
  if (!PLAIN_PATH.test(name)) return null
  const names = name.split('.')
  return { path: names.slice(0, -1), field: { name: names.at(-1) ?? '', jsonPath: [] } }
}

const PLAIN_LIST = /^\([^()"\s]*\)$/
const IS_VALUES: ReadonlyMap<string, 'null' | 'not_null' | 'true' | 'false' | 'unknown'> = new Map(
  (['null', 'not_null', 'true', 'false', 'unknown'] as const).map((word) => [word, word]),
)

function quickWord(name: string, rest: string, isNegated: boolean): Operation | null {
  if (name === 'in' && PLAIN_LIST.test(rest)) {
    return { kind: 'in', values: rest.slice(1, -1).split(','), isNegated }
  }
  const word = name === 'is' ? IS_VALUES.get(rest) : undefined
  return word === undefined ? null : { kind: 'is', value: word, isNegated }
}

/** `op.value` and `not.op.value`, without modifier; lists without quotes. */
export function quickOperation(value: string): Operation | null {
  const isNegated = value.startsWith('not.')
  const start = isNegated ? 4 : 0
  const dot = value.indexOf('.', start)
  if (dot < 0) return null
  const name = value.slice(start, dot)
  const quantified = QUANTIFIED.get(name)
  const rest = value.slice(dot + 1)
  if (quantified !== undefined) {
    return { kind: 'quantified', operator: quantified, quantifier: null, value: rest, isNegated }
  }
  const simple = SIMPLE.get(name)
  if (simple !== undefined) return { kind: 'simple', operator: simple, value: rest, isNegated }
  const textSearch = TEXT_SEARCH.get(name)
  if (textSearch !== undefined) {
    return { kind: 'fts', operator: textSearch, language: null, value: rest, isNegated }
  }
  return quickWord(name, rest, isNegated)
}

/** `name.desc.nullslast,name` */
export function quickOrder(value: string): readonly OrderTerm[] | null {
  const terms: OrderTerm[] = []
  for (const part of value.split(',')) {
    const [name = '', ...words] = part.split('.')
    if (!PLAIN_NAME.test(name) || words.length > 2) return null
    const direction = words[0] === 'asc' || words[0] === 'desc' ? words[0] : null
    const last = direction === null ? words[0] : words[1]
    const nulls = last === 'nullsfirst' || last === 'nullslast' ? last : null
    const understood = (direction === null ? 0 : 1) + (nulls === null ? 0 : 1)
    if (understood !== words.length) return null
    terms.push({ field: { name, jsonPath: [] }, relation: null, direction, nulls })
  }
  return terms
}

function quickColumn(name: string, alias: string | null): SelectItem {
  return {
    kind: 'field',
    field: { name, jsonPath: [] },
    alias,
    cast: null,
    aggregate: null,
    aggregateCast: null,
  }
}

const TOKEN = /([A-Za-z_][A-Za-z0-9_]*)(?::([A-Za-z_][A-Za-z0-9_]*))?|\*/y

/** Columns and embeds by plain names with plain aliases: `id,who:clients(name,tasks(*))`. */
export function quickSelect(text: string): readonly SelectItem[] | null {
  if (!PLAIN_SELECT.test(text)) return null
  const open: { readonly target: string; readonly alias: string | null; readonly outer: SelectItem[] }[] = []
  let list: SelectItem[] = []
  let at = 0
  for (;;) {
    TOKEN.lastIndex = at
    const token = TOKEN.exec(text)
    if (token === null) return null
    at += token[0].length
    const target = token[2] ?? token[1] ?? '*'
    const alias = token[2] === undefined ? null : (token[1] ?? null)
    if (text[at] === '(') {
      // An empty embed and count() are the grammar's.
      if (target === '*' || target === 'count' || open.length >= DEEPEST) return null
      open.push({ target, alias, outer: list })
      list = []
      at += 1
      continue
    }
    list.push(quickColumn(target, alias))
    while (text[at] === ')') {
      const embed = open.pop()
      if (embed === undefined) return null
      const { target, alias, outer } = embed
      outer.push({ kind: 'embed', target, alias, hint: null, join: null, select: list })
      list = outer
      at += 1
    }
    if (at === text.length) return open.length === 0 ? list : null
    if (text[at] !== ',') return null
    at += 1
  }
}
