// Who needs whom, as pairs of ids of the model, out of pg_depend.
import { CATALOG } from './catalogs.ts'
import { compareTexts, numberAt, numbersAt, optionalAt, textAt } from './cells.ts'
import type { Relations } from './draft.ts'
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

/** Pairs in order, each once. `relationId` gives the id of a table, view or sequence by its OID. */
export function readDependencies(
  rows: Rows,
  lookups: Lookups,
  {
    relations,
    relationId,
  }: { readonly relations: Relations; readonly relationId: (oid: string) => string | undefined },
): Dependency[] {
  const rules = new Map(
    rowsOf(rows, 'rule').map((row) => [
      textAt(row, 1),
      row[3] === null ? (relationId(textAt(row, 0)) ?? '') : `rule:${textAt(row, 1)}`,
    ]),
  )
  const defaults = new Map(
    rowsOf(rows, 'default').map((row) => [textAt(row, 2), `column:${textAt(row, 0)}.${textAt(row, 1)}`]),
  )
  const indexes = new Map(rowsOf(rows, 'index').map((row) => [textAt(row, 1), `index:${textAt(row, 1)}`]))
  for (const row of rowsOf(rows, 'constraint')) {
    const index = optionalAt(row, 6)
    if (row[3] !== 'f' && index !== null) indexes.set(index, `constraint:${textAt(row, 1)}`)
  }
  const idOf = (catalog: number, oid: string, part: string): string | undefined => {
    const extension = lookups.extensionOf(catalog, oid)
    if (extension !== undefined) return `extension:${extension}`
    switch (catalog) {
      case CATALOG.class: {
        if (part !== '0')
          return relations.get(oid)?.object.kind === 'composite'
            ? `attribute:${oid}.${part}`
            : `column:${oid}.${part}`
        return relationId(oid) ?? indexes.get(oid)
      }
      case CATALOG.rule:
        return rules.get(oid)
      case CATALOG.default:
        return defaults.get(oid)
      default: {
        const prefix = PREFIXES[catalog]
        return prefix === undefined ? undefined : `${prefix}:${oid}`
      }
    }
  }
  const pairs = new Map<string, Dependency>()
  const add = (from: string | undefined, to: string | undefined): void => {
    if (from === undefined || to === undefined || from === '' || from === to) return
    pairs.set(`${from} ${to}`, [from, to])
  }
  for (const row of rowsOf(rows, 'dependency'))
    add(
      optionalAt(row, 7) ?? idOf(numberAt(row, 0), textAt(row, 1), textAt(row, 2)),
      optionalAt(row, 6) ?? idOf(numberAt(row, 3), textAt(row, 4), textAt(row, 5)),
    )
  for (const row of rowsOf(rows, 'constraint'))
    if (row[3] === 'c')
      for (const number of numbersAt(row, 4))
        add(`constraint:${textAt(row, 1)}`, `column:${textAt(row, 0)}.${number}`)
  return [...pairs].sort(([a], [b]) => compareTexts(a, b)).map(([, pair]) => pair)
}
