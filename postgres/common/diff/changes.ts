// The differences of two models as a flat list for people.
import type { ModelObject, ObjectKind } from '#contract/schema/types.ts'
import { objectName } from '../catalog/find.ts'
import type { Change, ChangedKind } from '../ddl/change.ts'
import { shown } from '../ddl/create/context.ts'
import type { Difference } from './fields.ts'
import type { ModelDiff, ObjectDiff, PartDiff } from './model-diff.ts'
import { partsOf, type Part } from './parts.ts'
import type { Rebuild } from './rebuild.ts'
import type { Renamed } from './newer-names.ts'

const ORDER: readonly ObjectKind[] = [
  'schema',
  'extension',
  'enum',
  'domain',
  'composite',
  'range',
  'sequence',
  'table',
  'view',
  'routine',
  'eventTrigger',
  'publication',
  'defaultPrivileges',
  'other',
]

/** One change for each object or part that is new, gone, different or made again. */
export function changesOf(diff: ModelDiff, rebuild: Rebuild): Change[] {
  const renamed = new Map(diff.renames.list.map((one) => [one.id, one]))
  const listed = new Set<string>()
  const changes: Change[] = []
  const put = (change: Change): void => {
    listed.add(change.id)
    changes.push(change)
  }
  for (const object of diff.objects) {
    const subject = object.after ?? object.before
    if (subject === null) continue
    const own = renameOf(renamed.get(object.id))
    const isRemade = rebuild.remade.has(object.id)
    if (
      object.before === null ||
      object.after === null ||
      object.differences.length > 0 ||
      own.length > 0 ||
      isRemade
    )
      put({
        action: object.before === null ? 'create' : object.after === null ? 'drop' : 'alter',
        kind: object.kind,
        id: subject.id,
        parentId: null,
        name: nameOf(subject),
        differences: [...own, ...object.differences],
        isRebuilt: isRemade,
      })
    for (const { kind, diff: part } of partDiffs(object)) {
      const found = part.after ?? part.before
      if (found === null) continue
      put({
        action: part.before === null ? 'create' : part.after === null ? 'drop' : 'alter',
        kind,
        id: found.id,
        parentId: subject.id,
        name: partName(subject, found),
        differences: [...renameOf(renamed.get(part.id)), ...part.differences],
        isRebuilt: rebuild.remade.has(part.id),
      })
    }
  }
  for (const one of renamed.values()) if (!listed.has(one.id)) addRename(one, { diff, rebuild, put })
  addRemade(diff, rebuild, { listed, put })
  const rank = new Map<string, number>(ORDER.map((kind, at) => [kind, at]))
  const kinds = new Map(
    [...diff.pairs.values()].map(({ id, before, after }) => [id, (after ?? before)?.kind ?? 'other']),
  )
  const rankOf = ({ id, parentId }: Change): number =>
    rank.get(kinds.get(parentId ?? id) ?? 'other') ?? ORDER.length
  return changes
    .map((change) => ({ change, rank: rankOf(change) }))
    .sort((a, b) => a.rank - b.rank || compareText(a.change.name, b.change.name))
    .map(({ change }) => change)
}

interface Target {
  readonly diff: ModelDiff
  readonly rebuild: Rebuild
  readonly put: (change: Change) => void
}

function addRename(one: Renamed, { diff, rebuild, put }: Target): void {
  const { before, after } = diff.pairs.get(one.pair.id) ?? {}
  const subject = after ?? before
  if (subject === null || subject === undefined) return
  const part = one.isPart
    ? partsOf(subject)
        .flatMap(({ parts }) => parts)
        .find(({ id }) => id === one.id)
    : undefined
  put({
    action: 'alter',
    kind: one.kind,
    id: one.id,
    parentId: one.isPart ? subject.id : null,
    name: part === undefined ? nameOf(subject) : partName(subject, part),
    differences: renameOf(one),
    isRebuilt: rebuild.remade.has(one.id),
  })
}

/** What is made again although it does not differ itself. */
function addRemade(
  diff: ModelDiff,
  rebuild: Rebuild,
  { listed, put }: { readonly listed: ReadonlySet<string>; readonly put: (change: Change) => void },
): void {
  const left = new Set([...rebuild.remade].filter((id) => !listed.has(id)))
  if (left.size === 0) return
  for (const { id, after } of diff.pairs.values()) {
    if (after === null) continue
    if (left.has(id))
      put({
        action: 'alter',
        kind: after.kind,
        id,
        parentId: null,
        name: nameOf(after),
        differences: [],
        isRebuilt: true,
      })
    for (const { kind, parts } of partsOf(after))
      for (const part of parts)
        if (left.has(part.id))
          put({
            action: 'alter',
            kind,
            id: part.id,
            parentId: id,
            name: partName(after, part),
            differences: [],
            isRebuilt: true,
          })
  }
}

function renameOf(renamed: Renamed | undefined): readonly Difference[] {
  if (renamed === undefined) return []
  const { before, after } = renamed
  return [
    ...(before.name === after.name ? [] : [{ field: 'name', before: before.name, after: after.name }]),
    ...(before.schema === after.schema || renamed.isPart
      ? []
      : [{ field: 'schema', before: before.schema ?? '', after: after.schema ?? '' }]),
  ]
}

function partDiffs({
  parts,
}: ObjectDiff): readonly { readonly kind: ChangedKind; readonly diff: PartDiff<Part> }[] {
  const of = (kind: ChangedKind, list: readonly PartDiff<Part>[]) => list.map((diff) => ({ kind, diff }))
  return [
    ...of('column', parts.columns),
    ...of('column', parts.viewColumns),
    ...of('attribute', parts.attributes),
    ...of('constraint', parts.constraints),
    ...of('constraint', parts.domainConstraints),
    ...of('index', parts.indexes),
    ...of('rule', parts.rules),
    ...of('trigger', parts.triggers),
    ...of('policy', parts.policies),
    ...of('enumLabel', parts.labels),
  ]
}

function nameOf(object: ModelObject): string {
  return shown({
    schema: 'schema' in object && object.kind !== 'extension' ? object.schema : null,
    name: objectName(object),
  })
}

function partName(owner: ModelObject, part: Part): string {
  return `${nameOf(owner)}.${'label' in part ? part.label : part.name}`
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
