// A snapshot of the schema cache as JSON, for `--dump-schema` and `/schema_cache`: for debugging, its structure is not stable.
import type { SchemaCache } from '../rest/index.ts'

/** Maps become objects whose keys are `schema.name`. */
export function printSchemaCache(cache: SchemaCache): string {
  return JSON.stringify(cache, (_, value: unknown) => {
    if (value instanceof Map)
      return Object.fromEntries([...value].map(([key, item]) => [String(key).replace('\u0000', '.'), item]))
    return value instanceof Set ? [...value] : value
  })
}
