// Who needs whom, as pairs of ids of the model, out of pg_depend.
import { CATALOG } from './catalogs.ts'
import { compareTexts, numberAt, numbersAt, optionalAt, textAt, type Row } from './cells.ts'
import { rowsOf, type Lookups, type Rows } from './lookups.ts'

export type Dependency = readonly [string, string]

/** Prefixes of ids of what stands for itself, whatever else is read. */
const PREFIXES: Readonly<Record<string, string>> = {
  [CATALOG.routine]: 'routine',
  [CATALOG.constraint]: 'constraint',
  [CATALOG.trigger]: 'trigger',
  [CATALOG.policy]: 'policy',
  [CATALOG.eventTrigger]: 'eventTrigger',
  [CATALOG.publication]: 'publication',
  [CATALOG.collation]: 'other',
  [CATALOG.operator]: 'other',
  [CATALOG.operatorClass]: 'other',
  [CATALOG.operatorFamily]: 'other',
  [CATALOG.cast]: 'other',
  [CATALOG.configuration]: 'other',
  [CATALOG.dictionary]: 'other',
  [CATALOG.parser]: 'other',
  [CATALOG.template]: 'other',
  [CATALOG.statistics]: 'other',
  [CATALOG.server]: 'other',
  [CATALOG.wrapper]: 'other',
  [CATALOG.transform]: 'other',
  [CATALOG.language]: 'other',
  [CATALOG.conversion]: 'other',
  [CATALOG.accessMethod]: 'other',
  [CATALOG.userMapping]: 'other',
}

/** What is in the model. */
export interface Known {
  /** The id of a table, view, sequence or composite type by the OID of its relation. */
  relationId(oid: string): string | undefined
  /** Whether an object or a part other than a column has this id. */
  has(id: string): boolean
}

/** Pairs in order, each once. Both sides are in the model. */
export function readDependencies(rows: Rows, lookups: Lookups, known: Known): Dependency[] {
  const idOf = identify(rows, lookups, known)
  const pairs: Dependency[] = []
  const add = (from: string | undefined, to: string | undefined): void => {
    if (from !== undefined && to !== undefined && from !== to) pairs.push([from, to])
  }
  for (const row of rowsOf(rows, 'dependency'))
    add(
      optionalAt(row, 7) ?? idOf(numberAt(row, 0), textAt(row, 1), textAt(row, 2)),
      optionalAt(row, 6) ?? idOf(numberAt(row, 3), textAt(row, 4), textAt(row, 5)),
    )
  for (const row of rowsOf(rows, 'constraint'))
    if (row[3] === 'c' && known.has(`constraint:${textAt(row, 1)}`))
      for (const number of numbersAt(row, 4))
        add(`constraint:${textAt(row, 1)}`, `column:${textAt(row, 0)}.${number}`)
  return sortDependencies(pairs)
}

/** In order, each once. */
function sortDependencies(pairs: readonly Dependency[]): Dependency[] {
  const keyed = new Map(pairs.map((pair) => [`${pair[0]} ${pair[1]}`, pair]))
  return [...keyed].sort(([a], [b]) => compareTexts(a, b)).map(([, pair]) => pair)
}

/** Both, in order; the first are in order. */
export function addDependencies(kept: Dependency[], added: readonly Dependency[]): Dependency[] {
  return added.length === 0 ? kept : sortDependencies([...kept, ...added])
}

/** The id of what pg_depend names, when it is in the model. */
function identify(
  rows: Rows,
  lookups: Lookups,
  known: Known,
): (catalog: number, oid: string, part: string) => string | undefined {
  const rules = new Map(
    rowsOf(rows, 'rule').map((row) => [
      textAt(row, 1),
      row[3] === null ? known.relationId(textAt(row, 0)) : `rule:${textAt(row, 1)}`,
    ]),
  )
  // Asked for a few of the many.
  const defaults = new Map(rowsOf(rows, 'default').map((row) => [textAt(row, 2), row]))
  const columnOf = (row: Row | undefined): string | undefined =>
    row === undefined || known.relationId(textAt(row, 0)) === undefined
      ? undefined
      : `column:${textAt(row, 0)}.${textAt(row, 1)}`
  const indexes = new Map<string, string>()
  for (const row of rowsOf(rows, 'constraint')) {
    const index = optionalAt(row, 6)
    if (row[3] !== 'f' && index !== null) indexes.set(index, `constraint:${textAt(row, 1)}`)
  }
  const ofRelation = (oid: string, part: string): string | undefined => {
    const relation = known.relationId(oid)
    if (relation === undefined) return indexes.get(oid) ?? `index:${oid}`
    if (part === '0') return relation
    return `${relation.startsWith('composite:') ? 'attribute' : 'column'}:${oid}.${part}`
  }
  return (catalog, oid, part) => {
    const extension = lookups.extensionOf(catalog, oid)
    if (extension !== undefined) return `extension:${extension}`
    const id =
      catalog === CATALOG.class
        ? ofRelation(oid, part)
        : catalog === CATALOG.rule
          ? rules.get(oid)
          : catalog === CATALOG.default
            ? columnOf(defaults.get(oid))
            : `${PREFIXES[catalog] ?? ''}:${oid}`
    if (id === undefined) return undefined
    // A column is there with its relation.
    return id.startsWith('column:') || id.startsWith('attribute:') || known.has(id) ? id : undefined
  }
}

/** Those of an earlier reading that still hold: their first side was not `replaced`, their second neither or it is there `now`. */
export function keepDependencies(
  dependencies: readonly Dependency[],
  replaced: Known,
  now: Known,
): Dependency[] {
  // Composite types are read each time.
  const isReplaced = (id: string): boolean => id.startsWith('attribute:') || isIn(replaced, id)
  return dependencies.filter(([from, to]) => !isReplaced(from) && (!isReplaced(to) || isIn(now, to)))
}

/** Whether an id, also of a column, is in the model. A column is there with its relation. */
function isIn(known: Known, id: string): boolean {
  if (!id.startsWith('column:') && !id.startsWith('attribute:')) return known.has(id)
  return known.relationId(id.slice(id.indexOf(':') + 1, id.indexOf('.'))) !== undefined
}
