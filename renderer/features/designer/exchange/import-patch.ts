// What is imported, as one step onto a draft: new things are added; those that are there already stay, or are replaced when the person wants that.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { objectName, schemaOf } from '#postgres/common/catalog/find.ts'
import { withIds } from '#postgres/common/catalog/with-ids.ts'
import { alignIds } from '#postgres/common/diff/align.ts'

export interface ImportPlan {
  readonly patch: ModelPatch
  readonly added: readonly ModelObject[]
  /** In the draft already, by their names. */
  readonly present: readonly ModelObject[]
}

/** Objects of a database or an account on it: a text that is imported into a design does not change these. */
const LEFT_ALONE = new Set<ModelObject['kind']>(['defaultPrivileges', 'eventTrigger', 'publication'])

/** The step. `newId` makes ids that no draft has. */
export function planImport(
  draft: SchemaModel,
  imported: SchemaModel,
  { replaces, newId }: { readonly replaces: boolean; readonly newId: (kind: string) => string },
): ImportPlan {
  const fresh = withFreshIds(imported, newId)
  const aligned = alignIds(draft, fresh, {})
  const known = new Map(draft.objects.map((object) => [object.id, object]))
  const names = new Set(draft.objects.map(keyOf))
  const added: ModelObject[] = []
  const present: ModelObject[] = []
  for (const object of aligned.objects) {
    if (LEFT_ALONE.has(object.kind)) continue
    if (!known.has(object.id) && !names.has(keyOf(object))) added.push(object)
    // A schema and an extension are what they are in the database.
    else if (known.has(object.id) && object.kind !== 'schema' && object.kind !== 'extension')
      present.push(object)
  }
  const put = [...added, ...(replaces ? present.map((object) => asBefore(object, known.get(object.id))) : [])]
  const count = `${put.length} ${put.length === 1 ? 'object' : 'objects'}`
  return { patch: { label: `Import ${count}`, put, remove: [] }, added, present }
}

function keyOf(object: ModelObject): string {
  return `${object.kind}\0${schemaOf(object)}\0${objectName(object)}`
}

/** A text says nothing of who owns a thing, nor of how large it is. */
function asBefore(object: ModelObject, before: ModelObject | undefined): ModelObject {
  if (before === undefined) return object
  const owned = { ...object, owner: before.owner }
  if (owned.kind !== 'table' || before.kind !== 'table') return owned
  return { ...owned, estimatedRows: before.estimatedRows, sizeBytes: before.sizeBytes }
}

/** Ids of a text are the same each time: two imports into one design must not meet. */
function withFreshIds(model: SchemaModel, newId: (kind: string) => string): SchemaModel {
  const ids = new Map<string, string>()
  const fresh = (id: string): string => {
    const present = ids.get(id)
    if (present !== undefined) return present
    const made = newId(id.slice(0, id.indexOf(':')))
    ids.set(id, made)
    return made
  }
  return { ...model, objects: model.objects.map((object) => withIds(object, fresh)) }
}
