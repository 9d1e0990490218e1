// What the draft has done to an object: new, changed (and how much), dropped. Untouched objects are the same value in both models, so only touched ones are compared.
import type { ModelObject, Table } from '#contract/schema/types.ts'

export type Mark = 'new' | 'changed' | 'dropped'

export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  new: 'New',
  changed: 'Changed',
  dropped: 'Dropped',
}

/** Ids of parts to what happened to them. */
export type PartMarks = ReadonlyMap<string, Mark>

export interface ObjectMarks {
  readonly mark: Mark | null
  /** How many things of it differ; 0 for a new or a dropped one. */
  readonly changes: number
  readonly parts: PartMarks
}

const NO_PARTS: PartMarks = new Map()
export const UNMARKED: ObjectMarks = { mark: null, changes: 0, parts: NO_PARTS }

/** What happened between `before` and `after`; undefined stands for: not there. */
export function marksOf(before: ModelObject | undefined, after: ModelObject | undefined): ObjectMarks {
  if (before === after) return UNMARKED
  if (before === undefined) return { mark: 'new', changes: 0, parts: NO_PARTS }
  if (after === undefined) return { mark: 'dropped', changes: 0, parts: NO_PARTS }
  const parts = new Map<string, Mark>()
  const listsBefore = partsOf(before)
  const listsAfter = partsOf(after)
  for (const [id, part] of listsAfter) {
    const old = listsBefore.get(id)
    if (old === undefined) parts.set(id, 'new')
    else if (!isSame(old, part)) parts.set(id, 'changed')
  }
  for (const id of listsBefore.keys()) if (!listsAfter.has(id)) parts.set(id, 'dropped')
  const changes = parts.size + countFields(before, after)
  return changes === 0 ? UNMARKED : { mark: 'changed', changes, parts }
}

/** "New", "1 change", "3 changes", "Dropped"; null for nothing. */
export function markText({ mark, changes }: ObjectMarks): string | null {
  if (mark === null) return null
  if (mark !== 'changed') return MARK_WORDS[mark]
  return changes === 1 ? '1 change' : `${changes} changes`
}

function partsOf(object: ModelObject): ReadonlyMap<string, unknown> {
  switch (object.kind) {
    case 'table':
      return byId(object.columns, object.constraints, object.indexes, object.triggers, object.policies)
    case 'view':
      return byId(object.indexes, object.triggers)
    case 'enum':
      return byId(object.labels)
    default:
      return new Map()
  }
}

function byId(...lists: readonly (readonly { readonly id: string }[])[]): ReadonlyMap<string, unknown> {
  return new Map(lists.flat().map((part) => [part.id, part]))
}

const PARTS: ReadonlySet<string> = new Set<keyof Table | 'labels' | 'estimatedRows' | 'sizeBytes'>([
  'columns',
  'constraints',
  'indexes',
  'triggers',
  'policies',
  'labels',
  'estimatedRows',
  'sizeBytes',
])

function countFields(before: ModelObject, after: ModelObject): number {
  // A view's columns follow from its definition.
  const isCounted = (name: string): boolean => !PARTS.has(name)
  const old = new Map<string, unknown>(Object.entries(before))
  return Object.entries(after).filter(([name, value]) => isCounted(name) && !isSame(old.get(name), value))
    .length
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
