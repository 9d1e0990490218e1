// Types that columns have: each pair of OID and modifier once. Their names are asked of the server together.
import { arrayAt, numberAt, numbersAt, optionalAt, textAt, type Row } from './cells.ts'

/** A type as columns have it. */
export interface TypeName {
  readonly type: string
  /** The id of the user's type that it is. */
  readonly typeId: string | null
}

/** Names of types by OID and modifier. */
export type TypeNames = (oid: string, modifier: string) => TypeName

export interface TypeList {
  readonly oids: string[]
  readonly modifiers: string[]
  /** Places in the lists, by OID and modifier. */
  readonly places: Map<string, Map<string, number>>
}

/** The types in the rows of columnSource. */
export function listTypes(columns: readonly Row[]): TypeList {
  const list: TypeList = { oids: [], modifiers: [], places: new Map() }
  for (const row of columns) {
    const [oids, modifiers] = [numbersAt(row, 3), numbersAt(row, 4)]
    for (const [index, oid] of oids.entries()) {
      const modifier = modifiers[index] ?? '-1'
      const places = list.places.get(oid)
      if (places?.has(modifier) === true) continue
      const place = list.oids.push(oid) - 1
      list.modifiers.push(modifier)
      if (places === undefined) list.places.set(oid, new Map([[modifier, place]]))
      else places.set(modifier, place)
    }
  }
  return list
}

const UNKNOWN: TypeName = { type: '???', typeId: null }

/** The names, from the rows of typeNameSource. */
export function readTypeNames({ places }: TypeList, rows: readonly Row[]): TypeNames {
  const names: TypeName[] = []
  for (const row of rows) names[numberAt(row, 0) - 1] = { type: textAt(row, 1), typeId: optionalAt(row, 2) }
  return (oid, modifier) => names[places.get(oid)?.get(modifier) ?? -1] ?? UNKNOWN
}

/** The names that came with the columns of a small scope. */
export function readPrintedTypes(columns: readonly Row[]): TypeNames {
  const names = new Map<string, TypeName>()
  for (const row of columns) {
    const [oids, modifiers, types, ids] = [
      numbersAt(row, 3),
      numbersAt(row, 4),
      arrayAt(row, 7),
      arrayAt(row, 8),
    ]
    for (const [index, oid] of oids.entries())
      names.set(`${oid} ${modifiers[index] ?? ''}`, {
        type: types[index] ?? '???',
        typeId: ids[index] ?? null,
      })
  }
  return (oid, modifier) => names.get(`${oid} ${modifier}`) ?? UNKNOWN
}
