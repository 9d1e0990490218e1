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
