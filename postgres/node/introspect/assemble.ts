// Puts the rows of the three queries together into a catalog.
import { z } from 'zod'
import type {
  Catalog,
  CatalogColumn,
  CatalogConstraint,
  CatalogIndex,
  CatalogRoutine,
  CatalogTable,
  CatalogType,
} from '#contract/capabilities/catalog.ts'
import { quoteIdentifier } from '#postgres/common/sql/quote.ts'

type Row = readonly (string | null)[]

export interface CatalogRows {
  readonly objects: readonly Row[]
  readonly columns: readonly Row[]
  readonly details: readonly Row[]
}

/** A table while it is put together: keys name columns by number. */
interface Draft {
  readonly table: CatalogTable
  readonly byNumber: Map<number, CatalogColumn>
  /** `oid:modifier` per column, in the order that the columns came. */
  readonly typeKeys: string[]
}

const RELATION_KINDS: Readonly<Record<string, CatalogTable['kind']>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
}
const ROUTINE_KINDS: Readonly<Record<string, CatalogRoutine['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
}
const TYPE_KINDS: Readonly<Record<string, CatalogType['kind']>> = {
  e: 'enum',
  d: 'domain',
  c: 'composite',
  r: 'range',
}
const CONSTRAINT_KINDS: Readonly<Record<string, CatalogConstraint['kind']>> = {
  p: 'primary key',
  u: 'unique',
  f: 'foreign key',
  c: 'check',
  x: 'exclusion',
  n: 'not null',
}
const Names = z.array(z.string())

/** Assembles the catalog. Rows about a relation that is not there (dropped in between) are passed over. */
export function assembleCatalog(rows: CatalogRows): Catalog {
  const catalog: Catalog = {
    serverVersion: '',
    database: '',
    schemas: [],
    tables: [],
    routines: [],
    types: [],
  }
  const drafts = new Map<string, Draft>()
  for (const row of rows.objects) addObject(catalog, drafts, row)
  for (const row of rows.columns) addColumn(drafts, row)
  const typeNames = new Map<string, string>()
  for (const row of rows.details) addDetail(drafts, typeNames, row)
  for (const { table, typeKeys } of drafts.values()) {
    table.columns.forEach(
      (column, index) => (column.type = typeNames.get(typeKeys[index] ?? '') ?? column.type),
    )
    table.columns.sort((a, b) => a.position - b.position)
  }
  for (const { table } of drafts.values()) {
    finishKeys(table)
    catalog.tables.push(table)
  }
  catalog.schemas.sort(by((schema) => [schema.name]))
  catalog.tables.sort(by((table) => [table.schema, table.name]))
  catalog.routines.sort(by((routine) => [routine.schema, routine.name, routine.arguments]))
  catalog.types.sort(by((type) => [type.schema, type.name]))
  return catalog
}

function addObject(catalog: Catalog, drafts: Map<string, Draft>, row: Row): void {
  const [first, second] = [cell(row, 1), cell(row, 2)]
  switch (row[0]) {
    case 'database':
      catalog.database = first
      catalog.serverVersion = second.split(' ')[0] ?? second
      return
    case 'schema':
      catalog.schemas.push({ name: first, owner: second })
      return
    case 'relation':
      drafts.set(cell(row, 3), {
        byNumber: new Map(),
        typeKeys: [],
        table: {
          schema: first,
          name: second,
          oid: Number(row[3]),
          kind: RELATION_KINDS[cell(row, 4)] ?? 'table',
          estimatedRows: row[5] === null || row[5] === undefined ? null : Number(row[5]),
          comment: row[6] ?? null,
          columns: [],
          constraints: [],
          indexes: [],
        },
      })
      return
    case 'routine':
      catalog.routines.push({
        schema: first,
        name: second,
        oid: Number(row[3]),
        kind: ROUTINE_KINDS[cell(row, 4)] ?? 'function',
        arguments: cell(row, 5),
        returns: row[6] ?? null,
        language: cell(row, 7),
      })
      return
    default:
      catalog.types.push({
        schema: first,
        name: second,
        oid: Number(row[3]),
        kind: TYPE_KINDS[cell(row, 4)] ?? 'domain',
        details: row[5] === null || row[5] === undefined ? [] : Names.parse(JSON.parse(row[5])),
      })
  }
}

function addColumn(drafts: Map<string, Draft>, row: Row): void {
  const draft = drafts.get(cell(row, 0))
  if (draft === undefined) return
  const flags = cell(row, 5)
  const column: CatalogColumn = {
    name: cell(row, 2),
    position: Number(row[1]),
    // Replaced by the name as soon as that is known.
    type: cell(row, 3),
    typeOid: Number(row[3]),
    isNullable: !flags.startsWith('!'),
    isPrimaryKey: false,
    default: null,
    identity: flags.includes('a') ? 'always' : flags.includes('d') ? 'by default' : null,
    isGenerated: flags.includes('s') || flags.includes('v'),
    comment: null,
  }
  draft.byNumber.set(column.position, column)
  draft.typeKeys.push(`${cell(row, 3)}:${cell(row, 4)}`)
  draft.table.columns.push(column)
}

function addDetail(drafts: Map<string, Draft>, typeNames: Map<string, string>, row: Row): void {
  const [kind, owner, second] = [cell(row, 0), cell(row, 1), cell(row, 2)]
  if (kind === 'type') return void typeNames.set(`${owner}:${second}`, cell(row, 3))
  const draft = drafts.get(owner)
  if (draft === undefined) return
  if (kind === 'constraint') return addConstraint(drafts, draft, row)
  if (kind === 'index') return void draft.table.indexes.push(readIndex(draft, row))
  const column = draft.byNumber.get(Number(second))
  if (column === undefined) return
  if (kind === 'default') column.default = row[3] ?? null
  else column.comment = row[3] ?? null
}

function addConstraint(drafts: Map<string, Draft>, draft: Draft, row: Row): void {
  const kind = CONSTRAINT_KINDS[cell(row, 3)] ?? 'check'
  const columns = namesOf(draft, numbers(cell(row, 4), ','))
  if (kind === 'primary key')
    for (const number of numbers(cell(row, 4), ',')) {
      const column = draft.byNumber.get(number)
      if (column !== undefined) column.isPrimaryKey = true
    }
  const isValidated = row[8] === 't'
  const target = kind === 'foreign key' ? drafts.get(cell(row, 6)) : undefined
  draft.table.constraints.push({
    name: cell(row, 2),
    kind,
    columns,
    definition: row[5] ?? notNullDefinition(columns[0] ?? '', row[9] === 't', isValidated),
    references:
      target === undefined
        ? null
        : {
            schema: target.table.schema,
            table: target.table.name,
            columns: namesOf(target, numbers(cell(row, 7), ',')),
          },
    isValidated,
  })
}

/** What pg_get_constraintdef() prints for a NOT NULL constraint. */
function notNullDefinition(column: string, isNoInherit: boolean, isValidated: boolean): string {
  const name = /^[a-z_][a-z0-9_]*$/.test(column) ? column : quoteIdentifier(column)
  return `NOT NULL ${name}${isNoInherit ? ' NO INHERIT' : ''}${isValidated ? '' : ' NOT VALID'}`
}

function readIndex(draft: Draft, row: Row): CatalogIndex {
  const keys = cell(row, 4)
  const definition = cell(row, 5)
  return {
    name: cell(row, 2),
    method: cell(row, 3),
    columns: keys.startsWith('[') ? Names.parse(JSON.parse(keys)) : plainKeys(draft, keys),
    isUnique: row[9] === 't',
    isPrimary: false,
    isValid: row[8] === 't',
    definition,
    sizeBytes: row[7] === null || row[7] === undefined ? null : Number(row[7]),
  }
}

/** `2 5 3 9`: two key columns, 5 and 3; what follows are INCLUDEd ones. */
function plainKeys(draft: Draft, keys: string): string[] {
  const [count = 0, ...columns] = numbers(keys, ' ')
  return namesOf(draft, columns.slice(0, count))
}

/** The index of a primary key has the constraint's name. */
function finishKeys(table: CatalogTable): void {
  const primary = table.constraints.find((constraint) => constraint.kind === 'primary key')?.name
  for (const index of table.indexes) index.isPrimary = index.name === primary
  table.constraints.sort(by((constraint) => [constraint.name]))
  table.indexes.sort(by((index) => [index.name]))
}

function namesOf(draft: Draft, positions: readonly number[]): string[] {
  return positions.flatMap((position) => draft.byNumber.get(position)?.name ?? [])
}

function numbers(list: string, separator: string): number[] {
  const inner = list.replaceAll(/[{}]/g, '')
  return inner === '' ? [] : inner.split(separator).map(Number)
}

function cell(row: Row, index: number): string {
  return row[index] ?? ''
}

/** Orders by code units: the same on every machine. */
function by<T>(keys: (value: T) => readonly string[]): (a: T, b: T) => number {
  return (a, b) => {
    const right = keys(b)
    for (const [index, left] of keys(a).entries()) {
      const other = right[index] ?? ''
      if (left !== other) return left < other ? -1 : 1
    }
    return 0
  }
}
