// Finds the relationship that an embed means: by the target's name, its constraint or column, and by a hint where there are several.
import type {
  Cardinality,
  ForeignKeyRelationship,
  QualifiedName,
  Relationship,
  SchemaCache,
} from '../types.ts'
import { key } from '../types.ts'
import { ambiguousRelationship, noRelationship } from './errors.ts'
import type { Suggester } from './suggest.ts'
import { createSuggester, NEAR } from './suggest.ts'

/**
 * The one relationship from `origin` that `target` names. Relations of other schemas are never found.
 * Throws PGRST200 (none) and PGRST201 (several).
 */
export function findRelationship(
  cache: SchemaCache,
  origin: QualifiedName,
  { target, hint }: { readonly target: string; readonly hint: string | null },
): Relationship {
  const found = (cache.relationships.get(key(origin)) ?? []).filter((relationship) =>
    isMeant(relationship, { schema: origin.schema, target, hint }),
  )
  const candidates = found.length > 1 ? withoutOverridden(found) : found
  const [first] = candidates
  if (first === undefined) {
    throw noRelationship(origin.name, target, {
      schema: origin.schema,
      embedHint: hint,
      suggestion: suggest(cache, origin, target),
    })
  }
  if (candidates.length > 1) throw ambiguousRelationship(origin.name, target, candidates)
  return first
}

/** Whether the embed is one row at most. */
export function isToOne(relationship: Relationship): boolean {
  if (relationship.kind === 'computed') return relationship.isToOne
  return relationship.cardinality.kind === 'many-to-one' || relationship.cardinality.kind === 'one-to-one'
}

function isMeant(
  relationship: Relationship,
  wanted: { readonly schema: string; readonly target: string; readonly hint: string | null },
): boolean {
  const { schema, target, hint } = wanted
  if (relationship.kind === 'computed') return relationship.function.name === target
  const { cardinality, foreignTable, isSelf, isForeignTableView } = relationship
  if (foreignTable.schema !== schema) return false
  const isNamed = foreignTable.name === target
  if (isSelf) {
    // One foreign key gives both directions: the table's name means those that refer to this one, the column's name the one it refers to.
    if (hint === null) {
      return (
        (isNamed && cardinality.kind === 'one-to-many') ||
        (cardinality.kind === 'many-to-one' && isOwnColumn(cardinality, target))
      )
    }
    return isNamed && cardinality.kind === 'one-to-many' && isForeignColumn(cardinality, hint)
  }
  if (hint === null) {
    return (
      isNamed ||
      (!isForeignTableView && (isConstraint(cardinality, target) || isOwnColumn(cardinality, target)))
    )
  }
  return (
    isNamed &&
    (isConstraint(cardinality, hint) ||
      isOwnColumn(cardinality, hint) ||
      isForeignColumn(cardinality, hint) ||
      (cardinality.kind === 'many-to-many' && cardinality.junction.table.name === hint))
  )
}

function isConstraint(cardinality: Cardinality, name: string): boolean {
  return cardinality.kind !== 'many-to-many' && cardinality.constraint === name
}

function isOwnColumn(cardinality: Cardinality, name: string): boolean {
  if (cardinality.kind === 'many-to-many') return false
  const [pair, second] = cardinality.columns
  return second === undefined && pair?.[0] === name
}

function isForeignColumn(cardinality: Cardinality, name: string): boolean {
  if (cardinality.kind === 'many-to-many') return false
  const [pair, second] = cardinality.columns
  return second === undefined && pair?.[1] === name
}

/** A computed relationship named as the relation itself stands in for what was found by foreign keys. */
function withoutOverridden(found: readonly Relationship[]): readonly Relationship[] {
  const computed = found.filter((relationship) => relationship.kind === 'computed')
  if (computed.length === 0) return found
  const isOverridden = ({ foreignTable }: ForeignKeyRelationship) =>
    computed.some(
      (one) => one.function.schema === foreignTable.schema && one.function.name === foreignTable.name,
    )
  return found.filter((relationship) => relationship.kind === 'computed' || !isOverridden(relationship))
}

// ---- suggestions

/**
 * Of the relations of a schema that are related to others, by snapshot: a client that goes on asking for a wrong name does not have
 * a large schema indexed again each time.
 */
const originsByCache = new WeakMap<SchemaCache, Map<string, Suggester>>()

function origins(cache: SchemaCache, schema: string): Suggester {
  let bySchema = originsByCache.get(cache)
  if (bySchema === undefined) {
    bySchema = new Map()
    originsByCache.set(cache, bySchema)
  }
  let suggester = bySchema.get(schema)
  if (suggester === undefined) {
    suggester = createSuggester(originsOf(cache, schema))
    bySchema.set(schema, suggester)
  }
  return suggester
}

function suggest(cache: SchemaCache, origin: QualifiedName, target: string): string | null {
  const targets = (cache.relationships.get(key(origin)) ?? [])
    .map(({ foreignTable }) => foreignTable)
    .filter(({ schema }) => schema === origin.schema)
  if (targets.length === 0) {
    // Both are there, only unrelated: another name would be no help. (PostgREST may name one; it does not where a junction is in a schema of its own.)
    const areKnown = [origin, { schema: origin.schema, name: target }].every((one) =>
      cache.tables.has(key(one)),
    )
    if (areKnown) return null
    const nearest = origins(cache, origin.schema).suggest(origin.name, NEAR)
    return nearest === null ? null : `Perhaps you meant '${nearest.name}' instead of '${origin.name}'.`
  }
  const nearest = createSuggester(targets.map(({ name }) => name)).suggest(target, NEAR)
  // The target is there: it was the hint that did not fit.
  if (nearest === null || nearest.score === 1) return null
  return `Perhaps you meant '${nearest.name}' instead of '${target}'.`
}

function originsOf(cache: SchemaCache, schema: string): readonly string[] {
  const names: string[] = []
  for (const relationships of cache.relationships.values()) {
    const first = relationships.find(
      (one) => one.table.schema === schema && one.foreignTable.schema === schema,
    )
    if (first !== undefined) names.push(first.table.name)
  }
  return names
}
