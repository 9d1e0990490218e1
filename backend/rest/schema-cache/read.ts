// Reads objects of the catalog: one statement for relations, keys and routines, one for the rules of views, one for the types that are new.
import type { Session } from '#postgres/node/session.ts'
import type { SqlFragment } from '#postgres/common/sql/sql.ts'
import type { RelationKind } from '../types.ts'
import type {
  CatalogColumn,
  CatalogConstraint,
  CatalogParameter,
  CatalogRelation,
  CatalogRoutine,
  CatalogType,
  Origin,
  SchemaScope,
} from './catalog.ts'
import { typeKey } from './catalog.ts'
import { flagAt, listAt, numberAt, numbersAt, textAt, toList, toNumber, toText, type Row } from './cells.ts'
import { objectsSql, typesSql, viewsSql, type Selection } from './queries.ts'
import type { Pause } from './slices.ts'
import { readOrigins } from './view-origins.ts'

/** What is needed of a session. */
export type Reader = Pick<Session, 'query'>

/** The objects that were asked for; those that are gone are missing. */
export interface CatalogObjects {
  readonly relations: Map<number, CatalogRelation>
  readonly constraints: Map<number, CatalogConstraint>
  readonly routines: Map<number, CatalogRoutine>
}

const RELATION_KINDS: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned table',
  f: 'foreign table',
  v: 'view',
  m: 'materialized view',
}
const CONSTRAINT_KINDS: Readonly<Record<string, CatalogConstraint['kind']>> = {
  p: 'primary key',
  u: 'unique',
  f: 'foreign key',
}
const VOLATILITIES: Readonly<Record<string, CatalogRoutine['volatility']>> = { i: 'immutable', s: 'stable' }
const TYPE_KINDS: Readonly<Record<string, CatalogType['base']['kind']>> = {
  c: 'composite',
  e: 'enum',
  p: 'pseudo',
  r: 'range',
  m: 'range',
}
/** Rules of views are large: so many are read at once. */
const VIEWS_AT_ONCE = 250
const NO_TEXTS: ReadonlyMap<number, string> = new Map()
const NO_ORIGINS: ReadonlyMap<number, Origin> = new Map()

/** Runs one composed statement and gives its rows. */
export async function rowsOf(session: Reader, statement: SqlFragment): Promise<readonly Row[]> {
  const { rows } = await session.query(statement.text, statement.values)
  return rows
}

/** Reads the objects that `selection` names. Rejects as the session does. */
export async function readObjects(
  session: Reader,
  scope: SchemaScope,
  selection: Selection,
  pause: Pause,
): Promise<CatalogObjects> {
  const rows = await rowsOf(session, objectsSql(selection, scope.schemas))
  const details = collectDetails(rows)
  const objects: CatalogObjects = { relations: new Map(), constraints: new Map(), routines: new Map() }
  for (const row of rows) {
    switch (row[0]) {
      case 'relation':
        objects.relations.set(numberAt(row, 1), readRelation(row, details))
        break
      case 'constraint':
        objects.constraints.set(numberAt(row, 1), readConstraint(row))
        break
      case 'routine':
        objects.routines.set(numberAt(row, 1), readRoutine(row))
        break
      default:
    }
    if (pause.isDue()) await pause.rest()
  }
  await readViews(session, objects.relations, pause)
  return objects
}

interface Details {
  readonly comments: Map<number, Map<number, string>>
  readonly defaults: Map<number, Map<number, string>>
}

function collectDetails(rows: readonly Row[]): Details {
  const details: Details = { comments: new Map(), defaults: new Map() }
  for (const row of rows) {
    if (row[0] !== 'comment' && row[0] !== 'default') continue
    const byRelation = row[0] === 'comment' ? details.comments : details.defaults
    const relation = numberAt(row, 1)
    let byPosition = byRelation.get(relation)
    if (byPosition === undefined) byRelation.set(relation, (byPosition = new Map()))
    // An expression is null where it could not be printed: its object was dropped in between.
    if (typeof row[3] === 'string') byPosition.set(numberAt(row, 2), row[3])
  }
  return details
}

function readRelation(row: Row, details: Details): CatalogRelation {
  const oid = numberAt(row, 1)
  return {
    oid,
    namespace: numberAt(row, 2),
    name: textAt(row, 3),
    kind: RELATION_KINDS[textAt(row, 4)] ?? 'table',
    isPartition: flagAt(row, 5),
    updatable: numberAt(row, 6),
    columns: listAt(row, 7)
      .map(readColumn)
      .sort((a, b) => a.position - b.position),
    comments: details.comments.get(oid) ?? NO_TEXTS,
    defaults: details.defaults.get(oid) ?? NO_TEXTS,
    origins: NO_ORIGINS,
  }
}

function readColumn(value: unknown): CatalogColumn {
  const [position, name, type, modifier, flagList] = toList(value)
  const flags = toText(flagList)
  return {
    position: toNumber(position),
    name: toText(name),
    typeOid: toNumber(type),
    typeModifier: toNumber(modifier),
    isNotNull: flags.startsWith('!'),
    identity: flags.includes('a') ? 'always' : flags.includes('d') ? 'by default' : null,
    isGenerated: flags.includes('s') || flags.includes('v'),
  }
}

function readConstraint(row: Row): CatalogConstraint {
  return {
    oid: numberAt(row, 1),
    relation: numberAt(row, 2),
    name: textAt(row, 3),
    kind: CONSTRAINT_KINDS[textAt(row, 4)] ?? 'unique',
    columns: numbersAt(row, 5),
    foreignRelation: numberAt(row, 6),
    foreignColumns: numbersAt(row, 7),
  }
}

function readRoutine(row: Row): CatalogRoutine {
  const [defaultCount, estimatedRows, names, types, modes, settings, comment] = listAt(row, 7)
  const modeList = toList(modes).map(toText)
  return {
    oid: numberAt(row, 1),
    namespace: numberAt(row, 2),
    name: textAt(row, 3),
    comment: comment === null ? null : toText(comment),
    parameters: readParameters(toList(names).map(toText), toList(types).map(toNumber), modeList),
    defaultCount: toNumber(defaultCount),
    returnType: numberAt(row, 6),
    isSetOf: flagAt(row, 5),
    hasOutput: modeList.some((mode) => mode === 'o' || mode === 'b' || mode === 't'),
    estimatedRows: toNumber(estimatedRows),
    volatility: VOLATILITIES[textAt(row, 4)] ?? 'volatile',
    settings: toList(settings).map(toText),
  }
}

/** `types` are of the input parameters only; names and modes are of all, or missing. */
function readParameters(
  names: readonly string[],
  types: readonly number[],
  modes: readonly string[],
): CatalogParameter[] {
  const places = modes.length === 0 ? [...types.keys()] : inputPlaces(modes)
  return types.map((typeOid, index) => {
    const place = places[index] ?? index
    return { typeOid, name: names[place] ?? '', isVariadic: modes[place] === 'v' }
  })
}

function inputPlaces(modes: readonly string[]): number[] {
  return [...modes.keys()].filter((place) => modes[place] !== 'o' && modes[place] !== 't')
}

async function readViews(
  session: Reader,
  relations: Map<number, CatalogRelation>,
  pause: Pause,
): Promise<void> {
  const views: number[] = []
  for (const { oid, kind } of relations.values())
    if (kind === 'view' || kind === 'materialized view') views.push(oid)
  for (let start = 0; start < views.length; start += VIEWS_AT_ONCE) {
    for (const row of await rowsOf(session, viewsSql(views.slice(start, start + VIEWS_AT_ONCE)))) {
      const view = relations.get(numberAt(row, 0))
      const origins: ReadonlyMap<number, Origin> = readOrigins(textAt(row, 1))
      if (view !== undefined) relations.set(view.oid, { ...view, origins })
      if (pause.isDue()) await pause.rest()
    }
  }
}

/** A type and its modifier, as `typeKey` joins them. */
export type TypeReference = readonly [oid: number, modifier: number]

/** The types that objects use, by key. */
export function typesUsed(
  objects: Pick<CatalogObjects, 'relations' | 'routines'>,
): Map<string, TypeReference> {
  const used = new Map<string, TypeReference>()
  const use = (oid: number, modifier: number): void => {
    used.set(typeKey(oid, modifier), [oid, modifier])
  }
  for (const { columns } of objects.relations.values())
    for (const { typeOid, typeModifier } of columns) use(typeOid, typeModifier)
  for (const { parameters, returnType } of objects.routines.values()) {
    for (const { typeOid } of parameters) use(typeOid, -1)
    use(returnType, -1)
  }
  return used
}

/** Reads types. Those that are gone are missing in the answer. */
export async function readTypes(
  session: Reader,
  wanted: ReadonlyMap<string, TypeReference>,
): Promise<Map<string, CatalogType>> {
  const types = new Map<string, CatalogType>()
  if (wanted.size === 0) return types
  const asked = [...wanted]
  const statement = typesSql(
    asked.map(([, [oid]]) => oid),
    asked.map(([, [, modifier]]) => modifier),
  )
  for (const row of await rowsOf(session, statement)) {
    const [key] = asked[numberAt(row, 0) - 1] ?? []
    if (key !== undefined) types.set(key, readType(row))
  }
  return types
}

function readType(row: Row): CatalogType {
  return {
    nominal: textAt(row, 1),
    plain: textAt(row, 2),
    isDomain: flagAt(row, 3),
    domainDefault: row[4] ?? null,
    domainIsNotNull: flagAt(row, 5),
    base: {
      oid: numberAt(row, 6),
      modifier: numberAt(row, 7),
      schema: textAt(row, 8),
      name: textAt(row, 9),
      plain: textAt(row, 10),
      kind: TYPE_KINDS[textAt(row, 11)] ?? 'base',
      isArray: flagAt(row, 12),
      relation: numberAt(row, 13),
      enumLabels: listAt(row, 14).map(toText),
    },
  }
}
