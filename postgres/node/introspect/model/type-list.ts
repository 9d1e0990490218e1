// Types that columns have: each pair of OID and modifier once. Their names are asked of the server together.
import { numberAt, optionalAt, textAt, type Row } from './cells.ts'

/** A type as columns have it. */
export interface TypeName {
  readonly type: string
  /** The id of the user's type that it is. */
  readonly typeId: string | null
}

/** Types by their places in two lists. */
export class TypeList {
  readonly oids: string[] = []
  readonly modifiers: string[] = []
  private readonly places = new Map<string, Map<string, number>>()

  /** The place of a type, which is taken up if it is new. */
  placeOf(oid: string, modifier: string): number {
    let places = this.places.get(oid)
    if (places === undefined) this.places.set(oid, (places = new Map()))
    const known = places.get(modifier)
    if (known !== undefined) return known
    const place = this.oids.push(oid) - 1
    this.modifiers.push(modifier)
    places.set(modifier, place)
    return place
  }
}

const UNKNOWN: TypeName = { type: '???', typeId: null }

/** The names by their places, from the rows of typeNameSource. */
export function readTypeNames({ oids }: TypeList, rows: readonly Row[]): TypeName[] {
  const names = oids.map(() => UNKNOWN)
  for (const row of rows) names[numberAt(row, 0) - 1] = { type: textAt(row, 1), typeId: optionalAt(row, 2) }
  return names
}

/** The names by their places, as they came with the columns of a small scope. */
export function readPrintedTypes(list: TypeList, columns: readonly Row[]): TypeName[] {
  const names = list.oids.map(() => UNKNOWN)
  for (const row of columns) {
    const type = optionalAt(row, 7)
    if (type !== null)
      names[list.placeOf(textAt(row, 3), textAt(row, 4))] = { type, typeId: optionalAt(row, 8) }
  }
  return names
}
