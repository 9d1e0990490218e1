// What becomes of a draft when the database changed under it: its steps put onto the schema as it is now.
import type { ModelPatch } from '#contract/capabilities/designs.ts'
import type { ModelObject, SchemaModel } from '#contract/schema/types.ts'
import { diffModels } from '#postgres/common/diff/plan-migration.ts'
import { fillsOf } from '#postgres/common/diff/plan-draft.ts'
import { mergeModels, type MergeChoices, type MergeConflict } from '#postgres/common/merge/merge-models.ts'
import { touchedObjects, type DraftState } from '../draft.ts'

export interface DraftMerge {
  /** How many objects of the database differ from the draft's base. */
  readonly changedObjects: number
  readonly conflicts: readonly MergeConflict[]
  /** The draft on the live schema; what is undecided is as it is there. */
  readonly steps: readonly ModelPatch[]
}

/** Whether the database changed where the draft does. Counts of rows and sizes are no change. */
export function isMergeNeeded({ base, steps, head }: DraftState, live: SchemaModel): boolean {
  if (base === live || head === 0) return false
  const now = new Map(live.objects.map((object) => [object.id, object]))
  const staged = steps.slice(0, head)
  const touched = touchedObjects(base, staged)
  if (touched.some((object) => !isSame(now.get(object.id), object))) return true
  // Something new in the draft may have come into the database under the same name.
  const known = new Set(base.objects.map(({ id }) => id))
  const names = new Set(live.objects.flatMap((object) => (known.has(object.id) ? [] : [nameKey(object)])))
  const added = staged.flatMap(({ put }) => put.filter(({ id }) => !known.has(id) && !now.has(id)))
  return names.size > 0 && added.some((object) => names.has(nameKey(object)))
}

/** Merges the draft into the live schema. */
export function mergeDraft(draft: DraftState, live: SchemaModel, choices?: MergeChoices): DraftMerge {
  const staged = draft.steps.slice(0, draft.head)
  const { model, conflicts } = mergeModels(draft.base, draft.model, live, choices)
  const changed = new Set(
    diffModels(draft.base, live, { matchBy: 'id' }).map(({ id, parentId }) => parentId ?? id),
  )
  return { changedObjects: changed.size, conflicts, steps: stepsTo(live, model, staged) }
}

/** What this window has staged since the journal knew of it, as one step on top of what another window has written; null where nothing is left of it. What both
 * changed is as it is here: the steps of the other window stay below, so that an undo brings theirs back. */
export function mineOnTop(written: SchemaModel, mine: DraftState, theirs: SchemaModel): ModelPatch | null {
  const { conflicts } = mergeModels(written, mine.model, theirs)
  const choices = new Map(conflicts.map(({ id }) => [id, 'mine' as const]))
  const { model } = mergeModels(written, mine.model, theirs, choices)
  const [step] = stepsTo(theirs, model, mine.steps.slice(0, mine.head))
  return step === undefined ? null : { ...step, label: 'Changes of this window' }
}

/** One step that leads from the live schema to the merged one, with the fills of the steps it stands for; none when they are the same. */
function stepsTo(
  live: SchemaModel,
  merged: SchemaModel,
  staged: readonly ModelPatch[],
): readonly ModelPatch[] {
  const now = new Map(live.objects.map((object) => [object.id, object]))
  const kept = new Set(merged.objects.map(({ id }) => id))
  const put = merged.objects.filter((object) => !isSame(now.get(object.id), object))
  const remove = live.objects.flatMap(({ id }) => (kept.has(id) ? [] : [id]))
  if (put.length === 0 && remove.length === 0) return []
  const fills = fillsOf(staged)
  const [first] = staged
  return [
    {
      label: staged.length === 1 && first !== undefined ? first.label : `${staged.length} changes, merged`,
      put,
      remove,
      ...(fills.length === 0 ? {} : { fills }),
    },
  ]
}

function nameKey(object: ModelObject): string {
  const schema = 'schema' in object ? (object.schema ?? '') : ''
  const name = object.kind === 'routine' ? `${object.name}(${object.identityArguments})` : object.name
  return `${object.kind}\0${schema}\0${name}`
}

/** Whatever the order of their fields. Counts of rows and sizes are passed over. */
function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, at) => isSame(item, other[at]))
  if (!isRecord(one) || !isRecord(other) || Array.isArray(one) || Array.isArray(other)) return false
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) => UNCOMPARED.has(key) || isSame(one[key], other[key]))
}

const UNCOMPARED = new Set(['estimatedRows', 'sizeBytes'])

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
