// A model as plain data that is equal for two databases with the same schema: no ids, no sizes, lists without an order of their own sorted.
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { objectName, schemaOf } from '#postgres/common/catalog/find.ts'

/** Not part of the schema, or another in each database. */
const LEFT_OUT = new Set(['id', 'typeId', 'subtypeId', 'estimatedRows', 'sizeBytes', 'owner'])
const UNORDERED = new Set([
  'grants',
  'constraints',
  'indexes',
  'triggers',
  'rules',
  'policies',
  'options',
  'tables',
  'schemas',
  'operations',
])

/** Objects by `kind schema.name`, ready for toEqual. */
export function comparable(model: SchemaModel): Record<string, unknown> {
  return Object.fromEntries(
    model.objects
      .map(
        (object) =>
          [`${object.kind} ${schemaOf(object)}.${objectName(object)}`, plain(inOrder(object))] as const,
      )
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  )
}

/** A column that a parent got late lies behind its children's own; in a table that is made anew it lies before them. */
function inOrder(object: ModelObject): ModelObject {
  if (object.kind !== 'table' || object.inherits.length === 0) return object
  return { ...object, columns: [...object.columns].sort((left, right) => (left.name < right.name ? -1 : 1)) }
}

/** The model's dependencies by names, sorted. */
export function comparableDependencies(model: SchemaModel): string[] {
  const names = new Map<string, string>()
  for (const object of model.objects) {
    const own = `${object.kind} ${schemaOf(object)}.${objectName(object)}`
    names.set(object.id, own)
    for (const { list, part } of partsOf(object)) names.set(part.id, `${list} ${part.name} of ${own}`)
  }
  return model.dependencies.map(([from, to]) => `${names.get(from) ?? '?'} -> ${names.get(to) ?? '?'}`).sort()
}

function partsOf(object: ModelObject): { list: string; part: { id: string; name: string } }[] {
  const named = (list: string, parts: readonly { id: string; name: string }[]) =>
    parts.map((part) => ({ list, part }))
  const found: { list: string; part: { id: string; name: string } }[] = []
  if (object.kind === 'table')
    found.push(...named('constraint', object.constraints), ...named('policy', object.policies))
  if (object.kind === 'table' || object.kind === 'view')
    found.push(
      ...named('column', object.columns),
      ...named('index', object.indexes),
      ...named('trigger', object.triggers),
      ...named('rule', object.rules),
    )
  if (object.kind === 'domain') found.push(...named('constraint', object.constraints))
  if (object.kind === 'composite') found.push(...named('attribute', object.attributes))
  return found
}

function plain(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => plain(item))
    return UNORDERED.has(key) ? items.sort((left, right) => (text(left) < text(right) ? -1 : 1)) : items
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !LEFT_OUT.has(name))
      .map(([name, inner]) => [name, plain(inner, name)]),
  )
}

function text(value: unknown): string {
  return JSON.stringify(value)
}
