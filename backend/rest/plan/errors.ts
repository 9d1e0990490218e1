// What a request fails with while it is planned: names that the schema does not know, and requests that cannot be planned.
import { RestError } from '../errors.ts'
import type { Cardinality, Relationship } from '../types.ts'

/** PGRST108: a filter, order, limit or offset of an embed that is not selected. `alias` is what it is called, where legacy names are off. */
export function notEmbedded(name: string, alias: string | null): RestError {
  return new RestError(
    {
      code: 'PGRST108',
      status: 400,
      message: `'${name}' is not an embedded resource in this request`,
    },
    alias === null
      ? { hint: `Verify that '${name}' is included in the 'select' query parameter.` }
      : {
          details: 'Target names are not allowed in filters if they have an alias',
          hint: `Change '${name}' to '${alias}' in filters, orders or limits.`,
        },
  )
}

/** PGRST109: a limited write of a relation without a primary key. */
export function limitWithoutKey(relation: string): RestError {
  return new RestError(
    {
      code: 'PGRST109',
      status: 400,
      message: `A 'limit' was applied to '${relation}', whose rows have no primary key`,
    },
    { hint: 'Leave out limit and order, or give the table a primary key' },
  )
}

/** PGRST118: order by an embed that may have many rows. */
export function relatedOrderNotToOne(origin: string, target: string): RestError {
  return new RestError(
    {
      code: 'PGRST118',
      status: 400,
      message: `A related order on '${target}' is not possible`,
    },
    { details: `'${origin}' and '${target}' do not form a many-to-one or one-to-one relationship` },
  )
}

/** PGRST123: aggregates, which db-aggregates-enabled forbids. */
export function aggregatesNotAllowed(): RestError {
  return new RestError({
    code: 'PGRST123',
    status: 400,
    message: 'Use of aggregate functions is not allowed',
  })
}

/** PGRST127: aggregates in a spread of many rows. */
export function spreadAggregatesNotImplemented(): RestError {
  return new RestError(
    { code: 'PGRST127', status: 400, message: 'Feature not implemented' },
    { details: 'Aggregates are not implemented for one-to-many or many-to-many spreads.' },
  )
}

/** PGRST200: nothing joins `parent` and `child`. */
export function noRelationship(
  parent: string,
  child: string,
  where: { readonly schema: string; readonly embedHint: string | null; readonly suggestion: string | null },
): RestError {
  const using = where.embedHint === null ? '' : ` using the hint '${where.embedHint}'`
  return new RestError(
    {
      code: 'PGRST200',
      status: 400,
      message: `Could not find a relationship between '${parent}' and '${child}' in the schema cache`,
    },
    {
      details: `Searched for a foreign key relationship between '${parent}' and '${child}'${using} in the schema '${where.schema}', but no matches were found.`,
      hint: where.suggestion,
    },
  )
}

/** PGRST201: more than one relationship joins `parent` and `child`. */
export function ambiguousRelationship(
  parent: string,
  child: string,
  candidates: readonly Relationship[],
): RestError {
  const hints = candidates.map(hintOf).filter((hint) => hint !== '')
  return new RestError(
    {
      code: 'PGRST201',
      status: 300,
      message: `Could not embed because more than one relationship was found for '${parent}' and '${child}'`,
    },
    {
      details: candidates.map(describe),
      hint: `Try changing '${child}' to one of the following: ${hints.join(', ')}. Find the desired relationship in the 'details' key.`,
    },
  )
}

/** PGRST204: a column that is to be written is not there. */
export function columnNotFound(relation: string, column: string): RestError {
  return new RestError({
    code: 'PGRST204',
    status: 400,
    message: `Could not find the '${column}' column of '${relation}' in the schema cache`,
  })
}

/** PGRST205: no such table or view is exposed. */
export function tableNotFound(schema: string, name: string, suggestion: string | null): RestError {
  return new RestError(
    {
      code: 'PGRST205',
      status: 404,
      message: `Could not find the table '${schema}.${name}' in the schema cache`,
    },
    { hint: suggestion === null ? null : `Perhaps you meant the table '${schema}.${suggestion}'` },
  )
}

/** NDB101: pages by cursor of a relation whose rows cannot be told apart. */
export function cursorNeedsKey(relation: string): RestError {
  return new RestError(
    { code: 'NDB101', status: 400, message: 'Cursor pagination needs a primary key' },
    {
      details: `'${relation}' has none, so its rows have no order that tells all of them apart.`,
      hint: 'Ask for pages by limit and offset.',
    },
  )
}

/** NDB102: pages by cursor of something that has no rows to go on from. */
export function cursorNeedsRows(what: 'an offset' | 'aggregates'): RestError {
  return new RestError({
    code: 'NDB102',
    status: 400,
    message: `Cursor pagination cannot be combined with ${what}`,
  })
}

/** 54000: more values than one statement can have. Lists (`in`, `any`, bodies) count as one. */
export function tooManyValues(count: number, limit: number): RestError {
  return new RestError(
    { code: '54000', status: 400, message: 'The request has too many values' },
    {
      details: `It compares with ${String(count)} values, the limit is ${String(limit)}.`,
      hint: 'Compare with a list, as in id=in.(1,2,3): it counts as one value.',
    },
  )
}

/** 42601, as Postgres says it of `""`: names of no characters cannot be written in SQL. */
export function emptyName(): RestError {
  return new RestError({
    code: '42601',
    status: 400,
    message: 'zero-length delimited identifier at or near """"',
  })
}

function hintOf(relationship: Relationship): string {
  if (relationship.kind === 'computed') return ''
  const { cardinality, foreignTable } = relationship
  return `'${foreignTable.name}!${cardinality.kind === 'many-to-many' ? cardinality.junction.table.name : cardinality.constraint}'`
}

function describe(relationship: Relationship): Readonly<Record<string, string>> {
  if (relationship.kind === 'computed') return {}
  const { cardinality, table, foreignTable } = relationship
  return {
    cardinality: cardinality.kind,
    embedding: `${table.name} with ${foreignTable.name}`,
    relationship: join(cardinality, table.name, foreignTable.name),
  }
}

function join(cardinality: Cardinality, table: string, foreignTable: string): string {
  if (cardinality.kind === 'many-to-many') {
    const { junction } = cardinality
    const there = (pairs: readonly (readonly [string, string])[]) => list(pairs.map(([, name]) => name))
    return `${junction.table.name} using ${junction.sourceConstraint}${there(junction.sourceColumns)} and ${junction.targetConstraint}${there(junction.targetColumns)}`
  }
  const { constraint, columns } = cardinality
  return `${constraint} using ${table}${list(columns.map(([here]) => here))} and ${foreignTable}${list(columns.map(([, there]) => there))}`
}

function list(names: readonly string[]): string {
  return `(${names.join(', ')})`
}
