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

/** A table while it is put together. */
interface Draft {
  readonly table: CatalogTable
  /** Per column, in the order that the columns came: the index of its type's name. */
  readonly typeIndexes: number[]
}

/** The types that columns have: each pair of OID and modifier once. Their names are asked of the server. */
class TypeList {
  readonly oids: string[] = []
  readonly modifiers: string[] = []
  private readonly indexes = new Map<string, number>()

  add(oid: string, modifier: string): number {
    const key = `${oid}:${modifier}`
    const known = this.indexes.get(key)
    if (known !== undefined) return known
    const index = this.oids.push(oid) - 1
    this.modifiers.push(modifier)
    this.indexes.set(key, index)
    return index
  }
}

/** A catalog that still lacks what DETAILS_SQL gives. */
export interface CatalogDraft {
  readonly catalog: Catalog
  readonly drafts: ReadonlyMap<string, Draft>
  readonly types: Pick<TypeList, 'oids' | 'modifiers'>
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

/** Puts schemas, relations and their columns together. Rows about a relation that is not there (dropped in between) are passed over. */
export function startCatalog(objects: readonly Row[], columns: readonly Row[]): CatalogDraft {
  const catalog: Catalog = {
    serverVersion: '',
    database: '',
    schemas: [],
    tables: [],
    routines: [],
    types: [],
  }
  const drafts = new Map<string, Draft>()
  const types = new TypeList()
  for (const row of objects) addObject(catalog, drafts, row)
  for (const row of columns) {
    const draft = drafts.get(cell(row, 0))
    if (draft === undefined) continue
    draft.table.columns.push(readColumn(row))
    draft.typeIndexes.push(types.add(cell(row, 3), cell(row, 4)))
  }
  return { catalog, drafts, types }
}

/** Adds names of types, defaults, comments, constraints and indexes; sorts everything. */
export function finishCatalog({ catalog, drafts }: CatalogDraft, details: readonly Row[]): Catalog {
  const typeNames: string[] = []
  for (const row of details) if (row[0] === 'type') typeNames[Number(row[1]) - 1] = cell(row, 3)
  for (const { table, typeIndexes } of drafts.values()) {
    table.columns.forEach(
      (column, index) => (column.type = typeNames[typeIndexes[index] ?? -1] ?? column.type),
    )
    table.columns.sort((a, b) => a.position - b.position)
  }
  for (const row of details) addDetail(drafts, row)
  for (const { table } of drafts.values()) {
    finishKeys(table)
    catalog.tables.push(table)
  }
  catalog.schemas.sort(byName)
  catalog.tables.sort(bySchemaAndName)
  catalog.routines.sort((a, b) => bySchemaAndName(a, b) || compare(a.arguments, b.arguments))
  catalog.types.sort(bySchemaAndName)
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
        typeIndexes: [],
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

function readColumn(row: Row): CatalogColumn {
  const flags = cell(row, 5)
  return {
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
}

function addDetail(drafts: ReadonlyMap<string, Draft>, row: Row): void {
  const kind = row[0]
  const draft = kind === 'type' ? undefined : drafts.get(cell(row, 1))
  if (draft === undefined) return
  if (kind === 'constraint') return addConstraint(drafts, draft, row)
  if (kind === 'index') return void draft.table.indexes.push(readIndex(draft, row))
  const column = columnAt(draft, Number(row[2]))
  if (column === undefined) return
  if (kind === 'default') column.default = row[3] ?? null
  else column.comment = row[3] ?? null
}

/** Columns are sorted by then; without dropped ones the column is at its own place. */
function columnAt(draft: Draft, position: number): CatalogColumn | undefined {
  const { columns } = draft.table
  const expected = columns[position - 1]
  return expected?.position === position ? expected : columns.find((column) => column.position === position)
}

function addConstraint(drafts: ReadonlyMap<string, Draft>, draft: Draft, row: Row): void {
  const kind = CONSTRAINT_KINDS[cell(row, 3)] ?? 'check'
  const columns = namesOf(draft, numbers(cell(row, 4), ','))
  if (kind === 'primary key')
    for (const number of numbers(cell(row, 4), ',')) {
      const column = columnAt(draft, number)
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
  table.constraints.sort(byName)
  table.indexes.sort(byName)
}

function namesOf(draft: Draft, positions: readonly number[]): string[] {
  return positions.flatMap((position) => columnAt(draft, position)?.name ?? [])
}

function numbers(list: string, separator: string): number[] {
  const inner = list.replaceAll(/[{}]/g, '')
  return inner === '' ? [] : inner.split(separator).map(Number)
}

function cell(row: Row, index: number): string {
  return row[index] ?? ''
}

/** Orders by code units: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return compare(a.name, b.name)
}

interface Qualified {
  readonly schema: string
  readonly name: string
}

function bySchemaAndName(a: Qualified, b: Qualified): number {
  return compare(a.schema, b.schema) || compare(a.name, b.name)
}
