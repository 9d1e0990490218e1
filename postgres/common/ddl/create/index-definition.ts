// CREATE INDEX, from the index's parts.
import type { Index, IndexElement, RelationName } from '#contract/schema/types.ts'
import { empty, join, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { qualified, shown, statement } from './context.ts'
import { nameList, parenthesised, storageOptions, typeText } from './expression.ts'

export interface CreateIndexOptions {
  /** CONCURRENTLY: lets writes go on, and cannot run in a transaction. */
  readonly isConcurrent?: boolean
  /** ON ONLY: leaves the partitions alone. */
  readonly isOnly?: boolean
}

/** `create unique index film_title_idx on public.film (title)`. The method is named unless it is btree; an index without a name gets it from Postgres. */
export function createIndex(index: Index, table: RelationName, options: CreateIndexOptions = {}): Statement {
  const unique = index.isUnique ? sql`unique ` : empty
  const concurrently = options.isConcurrent === true ? sql`concurrently ` : empty
  const only = options.isOnly === true ? sql`only ` : empty
  const method = index.method === 'btree' ? empty : sql` using ${name(index.method)}`
  const include = index.include.length === 0 ? empty : sql` include (${nameList(index.include)})`
  const nulls = index.isNullsNotDistinct ? sql` nulls not distinct` : empty
  const storage = index.options.length === 0 ? empty : sql` with (${storageOptions(index.options)})`
  const tablespace = index.tablespace === null ? empty : sql` tablespace ${name(index.tablespace)}`
  const where = index.where === null ? empty : sql` where ${parenthesised(index.where)}`
  return statement(
    sql`create ${unique}index ${concurrently}${index.name === '' ? empty : sql`${name(index.name)} `}on ${only}${qualified(table)}${method} (${join(
      index.elements.map(indexElement),
    )})${include}${nulls}${storage}${tablespace}${where}`,
    {
      objectId: index.id,
      summary: `Create index ${index.name} on ${shown(table)}`,
      inTransaction: options.isConcurrent !== true,
    },
  )
}

/** `alter index … attach partition …`: a partition's index becomes part of its parent's. */
export function attachIndex(index: Index, table: RelationName): Statement {
  if (index.parent === null) throw new TypeError(`${index.name} is no part of another index`)
  return statement(
    sql`alter index ${qualified(index.parent)} attach partition ${name(table.schema, index.name)}`,
    { objectId: index.id, summary: `Attach index ${index.name} to ${shown(index.parent)}` },
  )
}

function indexElement(element: IndexElement): SqlFragment {
  const what = element.column === null ? parenthesised(element.expression ?? '') : name(element.column)
  const collation = element.collation === null ? empty : sql` collate ${typeText(element.collation)}`
  const operatorClass = element.operatorClass === null ? empty : sql` ${typeText(element.operatorClass)}`
  const direction = element.isDescending ? sql` desc` : empty
  return sql`${what}${collation}${operatorClass}${direction}${nullsOrder(element)}`
}

/** Nulls come last, and first in a descending element, unless said otherwise. */
function nullsOrder(element: IndexElement): SqlFragment {
  if (element.isNullsFirst === element.isDescending) return empty
  return element.isNullsFirst ? sql` nulls first` : sql` nulls last`
}
