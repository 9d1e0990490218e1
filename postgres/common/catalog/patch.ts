// Steps of a draft: objects put into a model and taken out of it. A step is data, can be undone, and is small.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'

/** The model after the step. New objects come last; unknown ids to remove are passed over. */
export function applyPatch(model: SchemaModel, patch: ModelPatch): SchemaModel {
  const put = new Map(patch.put.map((object) => [object.id, object]))
  const removed = new Set(patch.remove)
  const objects: ModelObject[] = []
  for (const object of model.objects) {
    const replacement = put.get(object.id)
    put.delete(object.id)
    if (replacement !== undefined) objects.push(replacement)
    else if (!removed.has(object.id)) objects.push(object)
  }
  return { ...model, objects: [...objects, ...put.values()] }
}

/** The step that takes `patch` back, given the model it was applied to. */
export function invertPatch(model: SchemaModel, patch: ModelPatch): ModelPatch {
  const touched = new Set([...patch.put.map((object) => object.id), ...patch.remove])
  const before = model.objects.filter((object) => touched.has(object.id))
  const known = new Set(before.map((object) => object.id))
  return {
    label: patch.label,
    put: before,
    remove: patch.put.filter((object) => !known.has(object.id)).map((object) => object.id),
  }
}
