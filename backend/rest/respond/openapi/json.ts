// Pieces of JSON documents.

/** A piece of a document. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Without what is null or undefined. */
export function optional(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null),
  )
}

/** A name as one step of a JSON pointer (RFC 6901). */
export function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** What a component describes of a table: rows as they are read, inserted, updated. */
export type RowUse = 'row' | 'insert' | 'update'

/**
 * The name of the component for a table: `row.films`. Components may be named with few characters only; others, and underscores that would read as
 * such, become `_x` with their code point in hexadecimal, so that no two tables have the same name.
 */
export function rowComponent(use: RowUse, table: string): string {
  const safe = table.replaceAll(
    /[^\w.-]|_(?=x[\da-f]+_)/gu,
    (character) => `_x${(character.codePointAt(0) ?? 0).toString(16)}_`,
  )
  return `${use}.${safe}`
}

/** A reference to it. */
export function rowReference(use: RowUse, table: string): JsonObject {
  return { $ref: `#/components/schemas/${rowComponent(use, table)}` }
}
