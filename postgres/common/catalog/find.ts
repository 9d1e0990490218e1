// Finds things in a model by id and by name.
import type {
  ModelObject,
  ObjectKind,
  ObjectOfKind,
  RelationName,
  SchemaModel,
} from '#contract/schema/types.ts'

export interface ModelIndex {
  byId(id: string): ModelObject | undefined
  /** The object of this kind with this name; `schema` is '' for kinds that stand in none. */
  byName<Kind extends ObjectKind>(kind: Kind, schema: string, name: string): ObjectOfKind<Kind> | undefined
  /** A table or view: they share one space of names. */
  relation(name: RelationName): ObjectOfKind<'table'> | ObjectOfKind<'view'> | undefined
  ofKind<Kind extends ObjectKind>(kind: Kind): readonly ObjectOfKind<Kind>[]
}

/** The schema that an object stands in, '' for one that stands in none. An extension's schema is where its objects are, it stands in none itself. */
export function schemaOf(object: ModelObject): string {
  if (object.kind === 'extension' || !('schema' in object)) return ''
  return object.schema ?? ''
}

const indexes = new WeakMap<SchemaModel, ModelIndex>()

/** The index of a model; made once per model. */
export function indexModel(model: SchemaModel): ModelIndex {
  const present = indexes.get(model)
  if (present !== undefined) return present
  const made = makeIndex(model)
  indexes.set(model, made)
  return made
}

function makeIndex(model: SchemaModel): ModelIndex {
  const ids = new Map<string, ModelObject>()
  const names = new Map<string, ModelObject>()
  const kinds = new Map<ObjectKind, ModelObject[]>()
  for (const object of model.objects) {
    ids.set(object.id, object)
    names.set(nameKey(object.kind, schemaOf(object), objectName(object)), object)
    const list = kinds.get(object.kind)
    if (list === undefined) kinds.set(object.kind, [object])
    else list.push(object)
  }
  const byName = <Kind extends ObjectKind>(kind: Kind, schema: string, name: string) => {
    const found = names.get(nameKey(kind, schema, name))
    return found !== undefined && isOfKind(found, kind) ? found : undefined
  }
  return {
    byId: (id) => ids.get(id),
    byName,
    relation: ({ schema, name }) => byName('table', schema, name) ?? byName('view', schema, name),
    ofKind: (kind) => (kinds.get(kind) ?? []).filter((object) => isOfKind(object, kind)),
  }
}

/** The name that tells it apart from others of its kind in its schema: a routine's has its arguments. */
export function objectName(object: ModelObject): string {
  switch (object.kind) {
    case 'routine':
      return `${object.name}(${object.identityArguments})`
    case 'defaultPrivileges':
      return `${object.owner} ${object.objects}`
    case 'other':
      return `${object.what} ${object.identity}`
    default:
      return object.name
  }
}

/** Whether it is of this kind; narrows. */
export function isOfKind<Kind extends ObjectKind>(
  object: ModelObject,
  kind: Kind,
): object is ObjectOfKind<Kind> {
  return object.kind === kind
}

function nameKey(kind: ObjectKind, schema: string, name: string): string {
  return `${kind}\0${schema}\0${name}`
}
