// A catalog made quick to ask: relations by name and by schema, their columns, routines and types. Built once per catalog.
import type {
  Catalog,
  CatalogConstraint,
  CatalogTable,
  CatalogRoutine,
  CatalogType,
} from '#contract/capabilities/catalog.ts'

export interface NamedColumn {
  readonly name: string
  /** As format_type() prints it; empty when it cannot be known without the server. */
  readonly type: string
  readonly isKey: boolean
  readonly comment: string | null
}

export interface CatalogIndex {
  readonly schemas: readonly string[]
  readonly relations: readonly CatalogTable[]
  readonly routines: readonly CatalogRoutine[]
  readonly types: readonly CatalogType[]
  /** A relation by name; without a schema it is looked for in the search path, then anywhere if it is the only one. */
  relation(name: string, schema?: string): CatalogTable | undefined
  relationsOf(schema: string): readonly CatalogTable[]
  routinesNamed(name: string): readonly CatalogRoutine[]
  /** Labels of an enum by the name that format_type() prints. */
  enumLabels(type: string): readonly string[] | undefined
  columnsOf(table: CatalogTable): readonly NamedColumn[]
  foreignKeys(table: CatalogTable): readonly CatalogConstraint[]
  hasSchema(name: string): boolean
  /** Whether an unqualified name finds things of this schema. */
  isOnPath(schema: string): boolean
}

/** Schemas that an unqualified name is looked for in. */
const SEARCH_PATH = ['public', 'pg_catalog']

/** Indexes a catalog. Takes a few milliseconds per 10,000 tables; columns are prepared when first asked for. */
export function createCatalogIndex(catalog: Catalog): CatalogIndex {
  const byName = new Map<string, CatalogTable[]>()
  const bySchema = new Map<string, CatalogTable[]>()
  for (const table of catalog.tables) {
    append(byName, table.name, table)
    append(bySchema, table.schema, table)
  }
  const routines = new Map<string, CatalogRoutine[]>()
  for (const routine of catalog.routines) append(routines, routine.name, routine)
  const enums = new Map<string, readonly string[]>()
  for (const type of catalog.types) {
    if (type.kind !== 'enum') continue
    enums.set(type.name, type.details)
    enums.set(`${type.schema}.${type.name}`, type.details)
  }
  const schemas = catalog.schemas.map((schema) => schema.name)
  // Where there is no public schema the only one there is stands for the search path.
  const path = schemas.includes('public') || schemas.length !== 1 ? SEARCH_PATH : [...schemas, ...SEARCH_PATH]
  const columns = new WeakMap<CatalogTable, readonly NamedColumn[]>()

  return {
    schemas,
    relations: catalog.tables,
    routines: catalog.routines,
    types: catalog.types,
    relation(name, schema) {
      const candidates = byName.get(name) ?? []
      if (schema !== undefined) return candidates.find((table) => table.schema === schema)
      return (
        candidates.find((table) => path.includes(table.schema)) ??
        (candidates.length === 1 ? candidates[0] : undefined)
      )
    },
    relationsOf: (schema) => bySchema.get(schema) ?? [],
    routinesNamed: (name) => routines.get(name) ?? [],
    enumLabels: (type) => enums.get(type),
    columnsOf(table) {
      const known = columns.get(table)
      if (known !== undefined) return known
      const keys = new Set(
        table.constraints
          .filter((constraint) => constraint.kind === 'foreign key')
          .flatMap((constraint) => constraint.columns),
      )
      const made = table.columns.map((column) => ({
        name: column.name,
        type: column.type,
        isKey: column.isPrimaryKey || keys.has(column.name),
        comment: column.comment,
      }))
      columns.set(table, made)
      return made
    },
    foreignKeys: (table) => table.constraints.filter((constraint) => constraint.kind === 'foreign key'),
    hasSchema: (name) => schemas.includes(name),
    isOnPath: (schema) => path.includes(schema),
  }
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
