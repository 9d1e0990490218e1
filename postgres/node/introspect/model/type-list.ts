// Types that columns have: each pair of OID and modifier once. Their names are asked of the server together.
import { numberAt, optionalAt, textAt, type Row } from './cells.ts'
import type { TypeNames } from './read-relations.ts'

export interface TypeList {
  readonly oids: string[]
  readonly modifiers: string[]
  readonly places: ReadonlyMap<string, number>
}

/** The types of the rows of columnSource. */
export function listTypes(columns: readonly Row[]): TypeList {
  const list: TypeList & { readonly places: Map<string, number> } = {
    oids: [],
    modifiers: [],
    places: new Map(),
  }
  for (const row of columns) {
    const key = typeKey(row)
    if (list.places.has(key)) continue
    list.places.set(key, list.oids.length)
    list.oids.push(textAt(row, 3))
    list.modifiers.push(textAt(row, 4))
  }
  return list
}

/** The names, from the rows of typeNameSource. */
export function readTypeNames({ places }: TypeList, rows: readonly Row[]): TypeNames {
  const names: { readonly type: string; readonly typeId: string | null }[] = []
  for (const row of rows) names[numberAt(row, 0) - 1] = { type: textAt(row, 1), typeId: optionalAt(row, 2) }
  return { of: (row) => names[places.get(typeKey(row)) ?? -1] ?? { type: '???', typeId: null } }
}

function typeKey(row: Row): string {
  return `${row[3] ?? ''}:${row[4] ?? ''}`
}
