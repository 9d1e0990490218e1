// Makes the snapshot that requests are planned with out of the catalog: names in place of OIDs, types printed so that they can stand in a cast.
import {
  key,
  type Column,
  type Routine,
  type RoutineParameter,
  type RoutineReturn,
  type SchemaCache,
  type Table,
} from '../types.ts'
import {
  typeKey,
  type Catalog,
  type CatalogColumn,
  type CatalogRelation,
  type CatalogRoutine,
  type CatalogType,
  type SchemaScope,
} from './catalog.ts'
import { compareTexts, findKeys, type Keys } from './keys.ts'
import { splitSetting, toIsolation } from './read-extras.ts'
import { findRelationships, type PreviousGraph, type RelationshipGraph } from './relationships.ts'
import type { Pause } from './slices.ts'

/** A snapshot with what the next one can be made of. */
export interface Built {
  readonly catalog: Catalog
  readonly keys: Keys
  readonly graph: RelationshipGraph
  readonly snapshot: SchemaSnapshot
}

/** A snapshot that has not been numbered yet. */
export type SchemaSnapshot = Omit<SchemaCache, 'version' | 'loadedAt'>

/** What to start from: without it all is made anew. */
export interface PreviousBuild {
  readonly built: Built
  /** Relations that are new, gone or not what they were, their constraints counted. */
  readonly dirty: ReadonlySet<number>
  /** Keys of types that are not what they were. */
  readonly dirtyTypes: ReadonlySet<string>
}

/** Puts a snapshot together, in slices. What did not change is taken over as it is. */
export async function buildSnapshot(
  catalog: Catalog,
  scope: SchemaScope,
  previous: PreviousBuild | undefined,
  pause: Pause,
): Promise<Built> {
  const before = previous && { keys: previous.built.keys, dirty: previous.dirty }
  const keys = await findKeys(catalog, scope, before, pause)
  const graph = await findRelationships(catalog, keys, previous && toPreviousGraph(previous), pause)
  const { extras } = catalog
  const isSameRoutines =
    previous !== undefined &&
    previous.dirtyTypes.size === 0 &&
    previous.built.catalog.routines === catalog.routines
  return {
    catalog,
    keys,
    graph,
    snapshot: {
      serverVersion: catalog.serverVersion,
      tables: await collectTables(catalog, keys, previous, pause),
      relationships: graph.relationships,
      routines: isSameRoutines
        ? previous.built.snapshot.routines
        : await collectRoutines(catalog, scope, pause),
      representations: new Map(extras.representations.map((one) => [`${one.source} ${one.target}`, one])),
      handlers: extras.handlers,
      timezones: catalog.timezones,
      schemaDescriptions: extras.schemaDescriptions,
      roleSettings: extras.roleSettings,
    },
  }
}

function toPreviousGraph({ built: { graph, keys }, dirty }: PreviousBuild): PreviousGraph {
  return { graph, keys, dirty }
}

async function collectTables(
  catalog: Catalog,
  keys: Keys,
  previous: PreviousBuild | undefined,
  pause: Pause,
): Promise<ReadonlyMap<string, Table>> {
  const tables = new Map(previous?.built.snapshot.tables)
  for (const oid of previous?.dirty ?? []) {
    const name = previous?.built.keys.nameOf(oid)
    if (name !== undefined) tables.delete(key(name))
  }
  for (const relation of catalog.relations.values()) {
    if (previous === undefined || !isSameTable(previous, keys, relation)) {
      const table = toTable(catalog, keys, relation)
      if (table !== undefined) tables.set(key(table), table)
    }
    if (pause.isDue()) await pause.rest()
  }
  return tables
}

/** Whether the table of the last snapshot still holds: its key may be that of a table below, its types may have changed. */
function isSameTable(
  { built, dirty, dirtyTypes }: PreviousBuild,
  keys: Keys,
  { oid, columns, origins }: CatalogRelation,
): boolean {
  if (dirty.has(oid)) return false
  if (
    dirtyTypes.size > 0 &&
    columns.some(({ typeOid, typeModifier }) => dirtyTypes.has(typeKey(typeOid, typeModifier)))
  )
    return false
  if (origins.size === 0) return true
  const [before, after] = [built.keys.primaryKeyOf(oid), keys.primaryKeyOf(oid)]
  return before.length === after.length && before.every((column, index) => column === after[index])
}

const [CAN_UPDATE, CAN_INSERT, CAN_DELETE] = [4, 8, 16]

function toTable(catalog: Catalog, keys: Keys, relation: CatalogRelation): Table | undefined {
  const name = keys.nameOf(relation.oid)
  if (name === undefined || relation.isPartition) return undefined
  const columns = new Map<string, Column>()
  for (const column of relation.columns) {
    const type = catalog.types.get(typeKey(column.typeOid, column.typeModifier))
    // A type that is not there was dropped while the catalog was read: the next reload knows.
    if (type !== undefined) columns.set(column.name, toColumn(relation, column, type))
  }
  return {
    ...name,
    oid: relation.oid,
    kind: relation.kind,
    description: relation.comments.get(0) ?? null,
    isInsertable: (relation.updatable & CAN_INSERT) !== 0,
    isUpdatable: (relation.updatable & CAN_UPDATE) !== 0,
    isDeletable: (relation.updatable & CAN_DELETE) !== 0,
    primaryKey: keys.primaryKeyOf(relation.oid),
    columns,
  }
}

function toColumn(relation: CatalogRelation, column: CatalogColumn, type: CatalogType): Column {
  const { base } = type
  const isBuiltIn = base.schema === 'pg_catalog'
  return {
    name: column.name,
    description: relation.comments.get(column.position) ?? null,
    isNullable: !column.isNotNull && !type.domainIsNotNull,
    type: isBuiltIn ? (type.isDomain ? base.plain : type.plain) : type.nominal,
    nominalType: type.nominal,
    maxLength: maxLength(base),
    default: defaultOf(relation, column, type),
    enumValues: base.enumLabels,
    isArray: base.isArray,
    isComposite: base.kind === 'composite',
    isGenerated: column.isGenerated,
    identity: column.identity,
  }
}

/** `generated always as identity` has none that a client could leave out or set. */
function defaultOf(relation: CatalogRelation, column: CatalogColumn, type: CatalogType): string | null {
  if (column.isGenerated || column.identity === 'always') return null
  return relation.defaults.get(column.position) ?? type.domainDefault
}

const [CHARACTER, CHARACTER_VARYING, BIT, BIT_VARYING] = [1042, 1043, 1560, 1562]
/** The modifier of character types counts four bytes of a header. */
const HEADER_BYTES = 4

function maxLength({ oid, modifier }: CatalogType['base']): number | null {
  if (modifier < 0) return null
  if (oid === CHARACTER || oid === CHARACTER_VARYING) return modifier - HEADER_BYTES
  return oid === BIT || oid === BIT_VARYING ? modifier : null
}

async function collectRoutines(
  catalog: Catalog,
  scope: SchemaScope,
  pause: Pause,
): Promise<ReadonlyMap<string, readonly Routine[]>> {
  const routines = new Map<string, Routine[]>()
  const hoisted = new Set(scope.hoistedTxSettings.map((name) => name.toLowerCase()))
  for (const one of catalog.routines.values()) {
    const routine = toRoutine(catalog, hoisted, one)
    if (routine === undefined) continue
    const overloads = routines.get(key(routine))
    if (overloads === undefined) routines.set(key(routine), [routine])
    else overloads.push(routine)
    if (pause.isDue()) await pause.rest()
  }
  for (const overloads of routines.values()) if (overloads.length > 1) overloads.sort(compareRoutines)
  return routines
}

function toRoutine(
  catalog: Catalog,
  hoisted: ReadonlySet<string>,
  routine: CatalogRoutine,
): Routine | undefined {
  const schema = catalog.extras.namespaces.get(routine.namespace)
  const returnType = catalog.types.get(typeKey(routine.returnType, -1))
  const parameters = toParameters(catalog, routine)
  if (schema === undefined || returnType === undefined || parameters === undefined) return undefined
  if (!isCallable(parameters)) return undefined
  const settings = routine.settings.map(splitSetting)
  const isolation = settings.find(([name]) => name === 'default_transaction_isolation')
  return {
    schema,
    name: routine.name,
    oid: routine.oid,
    description: routine.comment,
    parameters,
    returns: toReturn(routine, returnType),
    volatility: routine.volatility,
    hasVariadic: parameters.some(({ isVariadic }) => isVariadic),
    isolation: isolation === undefined ? null : toIsolation(isolation[1]),
    settings: settings.filter((setting) => setting !== isolation && hoisted.has(setting[0])),
  }
}

function toParameters(catalog: Catalog, routine: CatalogRoutine): RoutineParameter[] | undefined {
  const required = routine.parameters.length - routine.defaultCount
  const parameters: RoutineParameter[] = []
  for (const [index, { name, typeOid, isVariadic }] of routine.parameters.entries()) {
    const type = catalog.types.get(typeKey(typeOid, -1))
    if (type === undefined) return undefined
    parameters.push({ name, type: type.plain, isRequired: index < required, isVariadic })
  }
  return parameters
}

const WHOLE_BODY_TYPES: readonly string[] = ['bytea', 'json', 'jsonb', 'text', 'xml']

/** Arguments are given by name; a single one without a name takes the whole body. */
function isCallable(parameters: readonly RoutineParameter[]): boolean {
  const [first] = parameters
  if (first === undefined || parameters.some(({ name }) => name !== '')) return true
  return parameters.length === 1 && WHOLE_BODY_TYPES.includes(first.type)
}

function toReturn({ isSetOf, hasOutput }: CatalogRoutine, { base, isDomain }: CatalogType): RoutineReturn {
  if (base.kind === 'composite' || hasOutput)
    return { isSetOf, kind: 'composite', type: { schema: base.schema, name: base.name }, isAlias: isDomain }
  if (base.name === 'void' && base.schema === 'pg_catalog' && !isSetOf) return { isSetOf, kind: 'void' }
  return { isSetOf, kind: 'scalar', type: base.plain }
}

/** The order in which the details of an ambiguity list them: fewest parameters first. */
function compareRoutines(a: Routine, b: Routine): number {
  return (
    a.parameters.length - b.parameters.length ||
    compareTexts(a.description ?? '', b.description ?? '') ||
    compareParameters(a.parameters, b.parameters) ||
    a.oid - b.oid
  )
}

function compareParameters(a: readonly RoutineParameter[], b: readonly RoutineParameter[]): number {
  for (const [index, { name, type }] of a.entries()) {
    const order = compareTexts(name, b[index]?.name ?? '') || compareTexts(type, b[index]?.type ?? '')
    if (order !== 0) return order
  }
  return 0
}
