// Proposes what may have been renamed between two models that share no ids: things that are gone on one side and new on the other, and look alike.
import type { Column, ModelObject, SchemaModel, Table } from '#contract/schema/types.ts'
import type { ChangedKind, Rename } from '../ddl/change.ts'
import { shown } from '../ddl/create/context.ts'
import { matchModels } from './match.ts'

export interface RenameProposal extends Rename {
  readonly kind: ChangedKind
  /** Ids of the tables that a column belongs to, in the two models; null for an object. */
  readonly parents: Rename | null
  /** `shop.film.title`, unquoted. */
  readonly fromName: string
  readonly toName: string
  /** From 0 to 1: how alike they are. */
  readonly score: number
}

/** Below it two things have less in common than not. */
const LEAST = 0.5

/** Pairs that may be renames, most likely first; each thing stands in one pair at most. A person confirms them. */
export function proposeRenames(older: SchemaModel, newer: SchemaModel): RenameProposal[] {
  const { pairs } = matchModels(older, newer, { matchBy: 'name' })
  const gone = pairs.flatMap(({ before, after }) => (after === null && before !== null ? [before] : []))
  const added = pairs.flatMap(({ before, after }) => (before === null && after !== null ? [after] : []))
  const objects = best(
    gone.flatMap((before) =>
      added.flatMap((after) => {
        if (before.kind !== after.kind || !CAN_BE_RENAMED.has(before.kind)) return []
        const score = similarity(before, after)
        return score < LEAST ? [] : [proposal(before.kind, { before, after, score })]
      }),
    ),
  )
  const renamedTables = objects.flatMap(({ from, to }) => {
    const before = older.objects.find(({ id }) => id === from)
    const after = newer.objects.find(({ id }) => id === to)
    return before?.kind === 'table' && after?.kind === 'table' ? [{ before, after }] : []
  })
  const tables = [
    ...pairs.flatMap(({ before, after }) =>
      before?.kind === 'table' && after?.kind === 'table' ? [{ before, after }] : [],
    ),
    ...renamedTables,
  ]
  return [...objects, ...tables.flatMap(columnProposals)].sort(
    (a, b) => b.score - a.score || (a.fromName < b.fromName ? -1 : a.fromName > b.fromName ? 1 : 0),
  )
}

const CAN_BE_RENAMED = new Set<ModelObject['kind']>([
  'schema',
  'table',
  'view',
  'sequence',
  'enum',
  'domain',
  'composite',
  'range',
  'routine',
])

function proposal(
  kind: ChangedKind,
  {
    before,
    after,
    score,
  }: { readonly before: ModelObject; readonly after: ModelObject; readonly score: number },
): RenameProposal {
  const name = (object: ModelObject): string =>
    shown({ schema: 'schema' in object ? object.schema : null, name: object.name })
  return {
    kind,
    from: before.id,
    to: after.id,
    parents: null,
    fromName: name(before),
    toName: name(after),
    score,
  }
}

/** The likeliest pairs first; each side is taken once. */
function best(proposals: readonly RenameProposal[]): RenameProposal[] {
  const taken = new Set<string>()
  const left = (id: string): string => `from ${id}`
  const right = (id: string): string => `to ${id}`
  return [...proposals]
    .sort((a, b) => b.score - a.score || (a.fromName + a.toName < b.fromName + b.toName ? -1 : 1))
    .filter(({ from, to }) => {
      if (taken.has(left(from)) || taken.has(right(to))) return false
      taken.add(left(from)).add(right(to))
      return true
    })
}

function columnProposals({
  before,
  after,
}: {
  readonly before: Table
  readonly after: Table
}): RenameProposal[] {
  const kept = new Set(after.columns.map(({ name }) => name))
  const had = new Set(before.columns.map(({ name }) => name))
  const gone = before.columns.filter(({ name }) => !kept.has(name))
  const added = after.columns.filter(({ name }) => !had.has(name))
  if (gone.length === 0 || added.length === 0) return []
  const found = gone.flatMap((from) =>
    added.flatMap((to) => {
      const score = columnSimilarity({
        from,
        to,
        place: before.columns.indexOf(from) === after.columns.indexOf(to),
      })
      if (score < LEAST) return []
      return [
        {
          kind: 'column' as const,
          from: from.id,
          to: to.id,
          parents: { from: before.id, to: after.id },
          fromName: `${shown(before)}.${from.name}`,
          toName: `${shown(after)}.${to.name}`,
          score,
        },
      ]
    }),
  )
  return best(found)
}

interface ColumnPair {
  readonly from: Column
  readonly to: Column
  /** They stand at the same place. */
  readonly place: boolean
}

function columnSimilarity({ from, to, place }: ColumnPair): number {
  if (from.type !== to.type) return 0.4 * nameSimilarity(from.name, to.name)
  const same = [
    from.isNullable === to.isNullable,
    from.default === to.default,
    from.comment === to.comment,
    from.generated?.expression === to.generated?.expression,
    from.identity?.kind === to.identity?.kind,
  ].filter(Boolean).length
  return 0.35 + 0.07 * same + (place ? 0.1 : 0) + 0.2 * nameSimilarity(from.name, to.name)
}

/** How alike two objects of one kind are: by what they hold first, by their names a little. Of the columns of a table the types count too: names may have changed with it. */
function similarity(before: ModelObject, after: ModelObject): number {
  const inside = Math.max(
    share(contentOf(before), contentOf(after)),
    0.85 * share(shapeOf(before), shapeOf(after)),
  )
  const isMoved = before.name === after.name
  return isMoved ? 0.5 + 0.5 * inside : 0.8 * inside + 0.2 * nameSimilarity(before.name, after.name)
}

function contentOf(object: ModelObject): readonly string[] {
  switch (object.kind) {
    case 'table':
      return object.columns.map(({ name, type }) => `${name} ${type}`)
    case 'view':
      return [...object.columns.map(({ name, type }) => `${name} ${type}`), object.definition]
    case 'enum':
      return object.labels.map(({ label }) => label)
    case 'composite':
      return object.attributes.map(({ name, type }) => `${name} ${type}`)
    case 'domain':
      return [object.type, object.default ?? '', ...object.constraints.map(({ expression }) => expression)]
    case 'range':
      return [object.subtype]
    case 'routine':
      return [
        object.identityArguments,
        object.returns ?? '',
        object.language,
        object.definition.replace(/^.*\n/, ''),
      ]
    case 'sequence':
      return [JSON.stringify(object.options)]
    default:
      return []
  }
}

/** The types of a table's columns in order; they say something from three columns on. */
function shapeOf(object: ModelObject): readonly string[] {
  return object.kind === 'table' && object.columns.length > 2
    ? object.columns.map(({ type }, at) => `${String(at)} ${type}`)
    : []
}

/** The part that two lists have in common, of all that either has. */
function share(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 && right.length === 0) return 0
  const other = new Set(right)
  const common = left.filter((one) => other.has(one)).length
  return common / (new Set([...left, ...right]).size || 1)
}

/** By pairs of neighbouring letters (Dice). */
function nameSimilarity(left: string, right: string): number {
  const pairsOf = (name: string): readonly string[] =>
    Array.from({ length: Math.max(name.length - 1, 0) }, (_, at) => name.slice(at, at + 2).toLowerCase())
  const a = pairsOf(left)
  const b = [...pairsOf(right)]
  if (a.length + b.length === 0) return left === right ? 1 : 0
  let common = 0
  for (const pair of a) {
    const at = b.indexOf(pair)
    if (at < 0) continue
    common++
    b.splice(at, 1)
  }
  return (2 * common) / (a.length + pairsOf(right).length)
}
