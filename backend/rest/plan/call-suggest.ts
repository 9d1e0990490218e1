// The relation or function whose name is most like one that was not found.
import type { QualifiedName, SchemaCache } from '../types.ts'
import { createSuggester, VERY_NEAR, type Suggester } from './suggest.ts'

/** Above this many names in a schema nothing is suggested: the comparison would take longer than the request. */
const MOST_NAMES = 500

interface Suggesters {
  readonly tables: Map<string, Suggester | null>
  readonly routines: Map<string, Suggester | null>
}

/** By snapshot: names are indexed when the first one is not found. */
const suggesters = new WeakMap<SchemaCache, Suggesters>()

/** The relation of the schema that `name` was probably meant to be; null when none is near. */
export function suggestTable(name: QualifiedName, cache: SchemaCache): string | null {
  return suggest(name, suggestersOf(cache).tables, () => cache.tables.values())
}

/** The function of the schema that `name` was probably meant to be; null when none is near. */
export function suggestRoutine(name: QualifiedName, cache: SchemaCache): string | null {
  return suggest(name, suggestersOf(cache).routines, () =>
    [...cache.routines.values()].flatMap(([first]) => first ?? []),
  )
}

function suggest(
  { schema, name }: QualifiedName,
  bySchema: Map<string, Suggester | null>,
  all: () => Iterable<QualifiedName>,
): string | null {
  let suggester = bySchema.get(schema)
  if (suggester === undefined) {
    const names = [...all()].flatMap((one) => (one.schema === schema ? [one.name] : []))
    suggester = names.length > MOST_NAMES ? null : createSuggester(names)
    bySchema.set(schema, suggester)
  }
  return suggester?.suggest(name, VERY_NEAR)?.name ?? null
}

function suggestersOf(cache: SchemaCache): Suggesters {
  let found = suggesters.get(cache)
  if (found === undefined) {
    found = { tables: new Map(), routines: new Map() }
    suggesters.set(cache, found)
  }
  return found
}
