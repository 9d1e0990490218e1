// The texts of `select`, `order` and of filters, as the form holds them.
import {
  embedOf,
  IS_VALUES,
  QUANTIFIED,
  SIMPLE,
  TEXT_SEARCH,
  type AggregateName,
  type Condition,
  type FieldRef,
  type Filter,
  type OrderTerm,
  type SelectItem,
} from './form.ts'
import { readWhole, scanField, scanList, scanName, scanQuoted, type Scanner } from './scan.ts'

/** Null where it cannot be read. */
export function readSelect(text: string): SelectItem[] | null {
  return text === '' ? [] : readWhole(text, scanSelect)
}

function scanSelect(scanner: Scanner): SelectItem[] {
  return scanner.peek(')') ? [] : scanList(scanner, () => scanItem(scanner))
}

const AGGREGATES = ['sum', 'avg', 'max', 'min', 'count'] as const

function scanItem(scanner: Scanner): SelectItem {
  scanner.match(/\s+/y)
  if (scanner.take('...')) return scanEmbed(scanner, '', true)
  const alias =
    scanner.attempt(() => {
      const name = scanName(scanner)
      if (!scanner.take(':') || scanner.peek(':')) scanner.fail()
      return name
    }) ?? ''
  const embed = scanner.attempt(() => scanEmbed(scanner, alias, false))
  if (embed !== null) return embed
  const column = { kind: 'column' as const, alias, cast: '', aggregate: '' as const, aggregateCast: '' }
  if (scanner.take('*')) return { ...column, field: { name: '*', path: [] } }
  if (scanner.take('count()'))
    return { ...column, field: { name: '', path: [] }, aggregate: 'count', aggregateCast: scanCast(scanner) }
  const field = scanField(scanner)
  const cast = scanCast(scanner)
  const aggregate: AggregateName | undefined = AGGREGATES.find((name) => scanner.take(`.${name}()`))
  return {
    ...column,
    field,
    cast,
    aggregate: aggregate ?? '',
    aggregateCast: aggregate === undefined ? '' : scanCast(scanner),
  }
}

function scanCast(scanner: Scanner): string {
  return scanner.take('::') ? scanner.match(/[\p{L}0-9_$ ]+/uy).trim() : ''
}

function scanEmbed(scanner: Scanner, alias: string, isSpread: boolean): SelectItem {
  const target = scanName(scanner)
  if (target === 'count' && scanner.peek('()')) scanner.fail()
  let hint = ''
  let join: '' | 'inner' | 'left' = ''
  while (scanner.take('!')) {
    if (join === '' && scanner.take('inner')) join = 'inner'
    else if (join === '' && scanner.take('left')) join = 'left'
    else if (hint === '') hint = scanName(scanner)
    else scanner.fail()
  }
  scanner.expect('(')
  const select = scanSelect(scanner)
  scanner.expect(')')
  return embedOf(target, { hint, join, alias, isSpread, select })
}

/** Null where it cannot be read. */
export function readOrder(text: string): OrderTerm[] | null {
  return readWhole(text, (scanner) => scanList(scanner, () => scanTerm(scanner)))
}

function scanTerm(scanner: Scanner): OrderTerm {
  const related = scanner.attempt(() => {
    const relation = scanName(scanner)
    scanner.expect('(')
    const field = scanField(scanner)
    scanner.expect(')')
    return { relation, field }
  })
  const named = related ?? { relation: '', field: scanField(scanner) }
  const direction = scanner.take('.asc') ? 'asc' : scanner.take('.desc') ? 'desc' : ''
  const nulls = scanner.take('.nullsfirst') ? 'nullsfirst' : scanner.take('.nullslast') ? 'nullslast' : ''
  return { ...named, direction, nulls }
}

/** A parameter's value that filters `field`; null where it is none. */
export function readOperation(field: FieldRef, text: string): Filter | null {
  return readWhole(text, (scanner) => scanOperation(scanner, field, () => scanner.match(/[\s\S]*/y)))
}

function scanOperation(scanner: Scanner, field: FieldRef, value: () => string): Filter {
  const isNegated = scanner.take('not.')
  const word = scanner.match(/[a-z]+/y)
  const filter = {
    kind: 'filter' as const,
    field,
    isNegated,
    quantifier: '' as const,
    language: '',
    value: '',
    values: [],
  }
  if (word === 'in') {
    scanner.expect('.')
    return { ...filter, operator: 'in', values: scanValues(scanner) }
  }
  if (word === 'is') {
    scanner.expect('.')
    const found = scanner.match(/\{\{[^{}]*\}\}|[a-zA-Z_]+/y)
    if (!found.startsWith('{{') && !IS_VALUES.some((one) => one === found.toLowerCase())) scanner.fail()
    return { ...filter, operator: 'is', value: found }
  }
  const simple = SIMPLE.find((one) => one === word)
  if (simple !== undefined || word === 'isdistinct') {
    scanner.expect('.')
    return { ...filter, operator: simple ?? 'isdistinct', value: value() }
  }
  const search = TEXT_SEARCH.find((one) => one === word)
  if (search !== undefined) {
    const language = scanner.match(/\([\p{L}0-9_$ ]+\)/uy).slice(1, -1)
    scanner.expect('.')
    return { ...filter, operator: search, language, value: value() }
  }
  const operator = QUANTIFIED.find((one) => one === word)
  if (operator === undefined) scanner.fail()
  const quantifier = scanner.take('(any)') ? 'any' : scanner.take('(all)') ? 'all' : ''
  scanner.expect('.')
  return { ...filter, operator, quantifier, value: value() }
}

function scanValues(scanner: Scanner): string[] {
  scanner.expect('(')
  if (scanner.take(')')) return []
  const values = scanList(scanner, () => scanValue(scanner, /[^,)]*/y))
  scanner.expect(')')
  return values
}

/** In quotes where nothing but a comma or the end follows, else up to there. */
function scanValue(scanner: Scanner, plain: RegExp): string {
  return (
    scanner.attempt(() => {
      const value = scanQuoted(scanner)
      if (!scanner.isAtEnd && !scanner.peek(',') && !scanner.peek(')')) scanner.fail()
      return value
    }) ?? scanner.match(plain)
  )
}

/** The value of an `and` or `or`; null where it cannot be read. */
export function readConditions(text: string): Condition[] | null {
  return readWhole(text, scanConditions)
}

function scanConditions(scanner: Scanner): Condition[] {
  scanner.expect('(')
  const conditions = scanList(scanner, () => {
    scanner.match(/[ \t]+/y)
    return scanner.attempt(() => scanCondition(scanner)) ?? scanGroup(scanner)
  })
  scanner.match(/[ \t]+/y)
  scanner.expect(')')
  return conditions
}

function scanCondition(scanner: Scanner): Condition {
  const field = scanField(scanner)
  scanner.expect('.')
  return scanOperation(scanner, field, () => scanValue(scanner, /\{[^{}]*\}|[^,)]*/y))
}

function scanGroup(scanner: Scanner): Condition {
  const isNegated = scanner.take('not.')
  const connective = scanner.take('and') ? 'and' : scanner.take('or') ? 'or' : scanner.fail()
  return { kind: 'group', connective, isNegated, conditions: scanConditions(scanner) }
}

/** `clients."a b".name->x`: the embeds above, and the field. Null where it cannot be read. */
export function readParameterName(
  text: string,
): { readonly path: readonly string[]; readonly names: readonly string[]; readonly field: FieldRef } | null {
  return readWhole(text, (scanner) => {
    const names = [scanName(scanner)]
    while (scanner.take('.')) names.push(scanName(scanner))
    const last = names.at(-1) ?? ''
    // Its steps follow the last name.
    const { path } = scanner.isAtEnd ? { path: [] } : scanStepsOf(scanner, last)
    return { path: names.slice(0, -1), names, field: { name: last, path } }
  })
}

function scanStepsOf(scanner: Scanner, name: string): FieldRef {
  const steps = scanner.match(/->[\s\S]*/y)
  const field = readWhole(`x${steps}`, scanField)
  if (steps === '' || field === null) return scanner.fail()
  return { name, path: field.path }
}
