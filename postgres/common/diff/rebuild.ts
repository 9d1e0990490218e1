// What must be dropped and made again: things that Postgres cannot alter, and then whatever hangs on what is dropped or gets another type.
import type { Column, ModelObject, Table } from '#contract/schema/types.ts'
import { isConstraintRemade, isIndexRemade, isPolicyRemade } from '../ddl/alter/parts.ts'
import { areComparable } from '../ddl/alter/type-casts.ts'
import { shown } from '../ddl/create/context.ts'
import { isArray, isInContainer, isRewritten, isTightened, rowUsersOf, type RowUser } from './containers.ts'
import { inheritedColumns, isInPartitionKey, parentsOf, sameName } from './families.ts'
import type { ModelDiff, ObjectDiff, PartDiff } from './model-diff.ts'
import { idsIn, needsOf, type Needs } from './needs.ts'
import { partsOf, type Part } from './parts.ts'
import { isColumnRemade, isObjectRemade } from './remade.ts'

export interface Rebuild {
  /** Objects and parts (ids) that are dropped, for good or to be made again. Parts of a dropped object are not listed. */
  readonly gone: ReadonlySet<string>
  /** Those among them that are made again. */
  readonly remade: ReadonlySet<string>
  /** Tables that are made again with their rows. */
  readonly copied: ReadonlySet<string>
  /** Columns whose type is dropped and made again. */
  readonly retyped: ReadonlySet<string>
  /** Columns and domains whose default stands in the way. */
  readonly defaultsReset: ReadonlySet<string>
  /** Columns that hold rows of tables (by id) which are written anew: Postgres refuses that while they do. */
  readonly rowUsers: ReadonlyMap<string, ReadonlySet<string>>
  /** Those among them that become JSON for a while. */
  readonly detoured: ReadonlySet<string>
  /** What Postgres cannot do in any way that keeps the values, and why. */
  readonly impossible: readonly string[]
  /** In the older model; computed when something is gone. */
  readonly needs: Needs
}

const NO_NEEDS: Needs = { of: () => new Set(), on: () => new Set() }

type How = 'dropped' | 'remade' | 'retyped' | 'type remade'

/** Finds what must be made again. */
export function findRebuild(diff: ModelDiff): Rebuild {
  const work = new Propagation(diff)
  work.run()
  return work
}

interface Element {
  readonly owner: ModelObject
  /** Id of the owner as the plan knows it. */
  readonly ownerId: string
  readonly part: Part | null
  readonly partKind: string | null
}

class Propagation implements Rebuild {
  readonly gone = new Set<string>()
  readonly remade = new Set<string>()
  readonly copied = new Set<string>()
  readonly retyped = new Set<string>()
  readonly defaultsReset = new Set<string>()
  readonly rowUsers = new Map<string, Set<string>>()
  readonly detoured = new Set<string>()
  readonly impossible: string[] = []
  needs: Needs = NO_NEEDS
  private readonly diff: ModelDiff
  private readonly queue: { readonly id: string; readonly how: How }[] = []
  private readonly seen = new Set<string>()
  /** Objects and parts that change in place to something that may no longer need what goes. */
  private readonly altered = new Set<string>()
  private elements: Map<string, Element> | undefined
  private readonly rows: ReadonlyMap<string, readonly RowUser[]>
  private readonly types = new Map<string, { readonly before: string; readonly after: string }>()

  constructor(diff: ModelDiff) {
    this.diff = diff
    this.rows = diff.objects.length === 0 ? new Map() : rowUsersOf(diff.older)
  }

  run(): void {
    for (const object of this.diff.objects) this.own(object)
    if (this.queue.length === 0) return
    const changed = new Set(this.diff.objects.map(({ id }) => id))
    this.needs = needsOf(this.diff.older, { idOf: this.diff.matching.idOf, changed })
    // The queue grows while it is worked off.
    for (const item of this.queue) for (const id of this.needs.on(item.id)) this.affect(id, item)
  }

  private push(id: string, how: How): void {
    const key = `${how} ${id}`
    if (this.seen.has(key)) return
    this.seen.add(key)
    this.queue.push({ id, how })
    if (this.rows.size > 0 && (how === 'retyped' || how === 'remade')) {
      const element = this.elementOf(id)
      if (element?.owner.kind === 'table' && (element.part === null || element.partKind === 'column'))
        this.writeAnew(element.owner)
    }
    for (const child of this.inheriting(id)) this.push(child, how)
  }

  /** A table is written anew: columns that hold its rows must not, meanwhile. */
  private writeAnew(table: Table): void {
    const { idOf } = this.diff.matching
    for (const { column, table: holder } of this.rows.get(table.id) ?? []) {
      const id = idOf(column.id)
      const known = this.rowUsers.get(id)
      if (known !== undefined) {
        known.add(idOf(table.id))
        continue
      }
      this.rowUsers.set(id, new Set([idOf(table.id)]))
      const after = this.diff.pairs.get(idOf(holder.id))?.after
      const then = after?.kind === 'table' ? after.columns.find((one) => one.id === id) : undefined
      if (
        then === undefined ||
        column.isInherited ||
        then.typeId === null ||
        idOf(column.typeId ?? '') !== then.typeId
      )
        continue
      if (isArray(column)) {
        this.impossible.push(
          `${shown(table)} cannot be changed like this while column ${then.name} of ${shown(holder)} holds arrays of its rows: Postgres does not write the rows inside anew. Give that column another type or drop it first, or leave ${shown(table)} as it is.`,
        )
        continue
      }
      this.detoured.add(id)
      if (column.default !== null) this.defaultsReset.add(id)
      this.push(id, 'retyped')
    }
    for (const { before } of this.diff.pairs.values())
      if (before?.kind === 'table' && parentsOf(before).some((parent) => sameName(parent, table)))
        this.writeAnew(before)
  }

  private children: Map<string, readonly string[]> | undefined

  /** The columns of partitions and inheriting tables that change with a column. */
  private inheriting(id: string): readonly string[] {
    if (this.children === undefined) this.children = inheritedColumns(this.diff)
    return this.children.get(id) ?? []
  }

  private drop(id: string, object: ModelObject | null): void {
    this.gone.add(id)
    this.push(id, 'dropped')
    if (object !== null) for (const part of idsIn(object)) this.push(this.diff.matching.idOf(part), 'dropped')
  }

  private remake(id: string, object: ModelObject | null): void {
    if (this.remade.has(id)) return
    this.gone.add(id)
    this.remade.add(id)
    const isType = object !== null && ['enum', 'domain', 'composite', 'range'].includes(object.kind)
    this.push(id, isType ? 'type remade' : 'remade')
    if (object !== null)
      for (const part of idsIn(object))
        if (this.diff.matching.idOf(part) !== id) this.push(this.diff.matching.idOf(part), 'remade')
    if (object?.kind === 'table') this.copyRows(id, object)
  }

  /** A table that is made again keeps its rows where old and new can hold rows; its partitions go with it. */
  private copyRows(id: string, table: Table): void {
    const pair = this.diff.pairs.get(id)
    const after = pair?.after
    if (after?.kind !== 'table') return
    if (table.foreign === null && after.foreign === null) this.copied.add(id)
    for (const child of this.partitionsOf(table)) {
      const childPair = this.diff.pairs.get(child.id)
      const then = childPair?.after
      if (then?.kind === 'table' && then.partitionOf !== null && sameName(then.partitionOf.parent, after))
        this.remake(child.id, child.table)
    }
  }

  private partitionsOf(table: Table): readonly { readonly id: string; readonly table: Table }[] {
    const found: { id: string; table: Table }[] = []
    for (const { id, before } of this.diff.pairs.values())
      if (
        before?.kind === 'table' &&
        before.partitionOf !== null &&
        sameName(before.partitionOf.parent, table)
      )
        found.push({ id, table: before })
    return found
  }

  /** What an object's own differences ask for. */
  private own(object: ObjectDiff): void {
    if (object.after === null) {
      if (object.before !== null) this.drop(object.id, object.before)
      return
    }
    if (object.before === null) return
    this.altered.add(object.id)
    if (isObjectRemade(object) || this.isRefused(object)) this.remake(object.id, object.before)
    else this.parts(object)
    if (this.rows.size > 0 && object.kind === 'table' && object.before !== null && isRewritten(object))
      this.writeAnew(object.before)
  }

  /** Values inside others are not checked: the domain is made again, and they go through text. */
  private isRefused(object: ObjectDiff): boolean {
    return (
      object.kind === 'domain' &&
      object.before !== null &&
      isTightened(object) &&
      isInContainer(this.diff.older, object.before.id)
    )
  }

  private parts(object: ObjectDiff): void {
    const { parts } = object
    for (const column of parts.columns) this.column(column, object)
    const each = <T extends { readonly id: string }>(
      list: readonly PartDiff<T>[],
      isRemade: (before: T, after: T, part: PartDiff<T>) => boolean,
    ): void => {
      for (const part of list) {
        this.altered.add(part.id)
        if (part.before !== null && part.after === null) this.drop(part.id, null)
        else if (part.before !== null && part.after !== null && isRemade(part.before, part.after, part)) {
          this.remake(part.id, null)
        }
      }
    }
    each(parts.constraints, (before, after, part) => isConstraintRemade(before, after, part.differences))
    each(parts.indexes, (before, _after, part) => isIndexRemade(before, part.differences))
    each(parts.triggers, (_before, _after, part) =>
      part.differences.some(({ field }) => field === 'definition'),
    )
    each(parts.rules, () => false)
    each(parts.policies, (before, after, part) => isPolicyRemade(before, after, part.differences))
  }

  private column({ id, before, after, differences }: PartDiff<Column>, object: ObjectDiff): void {
    this.altered.add(id)
    if (before === null) return
    if (after === null) return this.drop(id, null)
    const has = new Set(differences.map(({ field }) => field))
    const retypes = has.has('type') || has.has('collation')
    if (isColumnRemade(before, after, { has, serverVersion: this.diff.newer.serverVersion }))
      return this.remake(id, null)
    if (!retypes) return
    this.types.set(id, { before: before.type, after: after.type })
    if (object.kind === 'table' && object.before !== null && isInPartitionKey(after.name, object.before))
      return this.remake(object.id, object.before)
    this.push(id, 'retyped')
  }

  private elementOf(id: string): Element | undefined {
    if (this.elements === undefined) {
      this.elements = new Map()
      const { idOf } = this.diff.matching
      for (const { id: ownerId, before } of this.diff.pairs.values()) {
        if (before === null) continue
        this.elements.set(ownerId, { owner: before, ownerId, part: null, partKind: null })
        for (const { kind, parts } of partsOf(before))
          for (const part of parts)
            this.elements.set(idOf(part.id), { owner: before, ownerId, part, partKind: kind })
      }
    }
    return this.elements.get(id)
  }

  /** Something needs what is dropped or gets another type: does it have to go as well? */
  private affect(id: string, cause: { readonly id: string; readonly how: How }): void {
    const element = this.elementOf(id)
    if (element === undefined || this.gone.has(element.ownerId) || this.gone.has(id)) return
    if (this.diff.pairs.get(element.ownerId)?.after === null) return
    const { part, owner } = element
    if (part === null) return this.affectObject(id, owner, cause)
    // What is inherited goes and comes with the parent's.
    if ('isInherited' in part && part.isInherited && element.partKind !== 'column') return
    if ('parent' in part && part.parent !== null) return
    switch (element.partKind) {
      case 'column':
        return 'generated' in part ? this.affectColumn(id, { column: part, table: owner, cause }) : undefined
      case 'constraint':
        return this.affectConstraint(id, { part, cause })
      case 'index':
        if (cause.how === 'retyped' && !this.detoured.has(cause.id)) return
        if (
          cause.how === 'type remade' &&
          'elements' in part &&
          part.where === null &&
          part.elements.every(({ expression }) => expression === null)
        )
          return
        // Its own relation is there: it goes with that one.
        if (cause.id === element.ownerId) return
        return this.remake(id, null)
      case 'policy':
      case 'rule':
        // ALTER POLICY and CREATE OR REPLACE RULE before the drop are enough.
        if (cause.how === 'dropped' && this.altered.has(id)) return
        return this.remake(id, null)
      case 'trigger':
        if (cause.id === element.ownerId) return
        return this.remake(id, null)
      default:
        return
    }
  }

  private affectColumn(
    id: string,
    {
      column,
      table,
      cause,
    }: {
      readonly column: Column
      readonly table: ModelObject
      readonly cause: { readonly id: string; readonly how: How }
    },
  ): void {
    if (
      cause.how === 'type remade' &&
      column.typeId !== null &&
      this.diff.matching.idOf(column.typeId) === cause.id
    ) {
      // It follows its parent's.
      if (column.isInherited) return
      this.retyped.add(id)
      this.defaultsReset.add(id)
      if (table.kind === 'table' && isInPartitionKey(column.name, table)) {
        const owner = this.elementOf(id)?.ownerId
        if (owner !== undefined) return this.remake(owner, table)
      }
      return this.push(id, 'retyped')
    }
    const target = this.elementOf(cause.id)?.owner
    // Of its own table or a parent only what a generated column is computed from matters.
    if (column.generated !== null) {
      if (target?.kind === 'table' && this.elementOf(cause.id)?.part === null) return
      return this.remake(id, null)
    }
    if (target?.kind === 'table') return
    if (column.default !== null && cause.how !== 'retyped') {
      if (cause.how === 'dropped' && this.altered.has(id)) return
      this.defaultsReset.add(id)
    }
  }

  private affectConstraint(
    id: string,
    { part, cause }: { readonly part: Part; readonly cause: { readonly id: string; readonly how: How } },
  ): void {
    const isKey = 'include' in part && 'isWithoutOverlaps' in part
    const isForeign = 'references' in part
    if (cause.how === 'retyped') {
      if (isForeign) {
        const change = this.types.get(cause.id)
        if (change === undefined || !areComparable(change.before, change.after)) this.remake(id, null)
      } else if (!isKey && (this.retyped.has(cause.id) || this.detoured.has(cause.id))) this.remake(id, null)
      return
    }
    if (cause.how === 'type remade' && isKey) return
    const source = this.elementOf(cause.id)
    if (source !== undefined && source.part === null && source.ownerId === this.elementOf(id)?.ownerId) return
    this.remake(id, null)
  }

  private affectObject(
    id: string,
    object: ModelObject,
    cause: { readonly id: string; readonly how: How },
  ): void {
    const isReplaced = cause.how === 'dropped' && this.altered.has(id)
    switch (object.kind) {
      case 'view':
      case 'routine':
        if (!isReplaced) this.remake(id, object)
        return
      case 'domain': {
        const source = this.elementOf(cause.id)?.owner
        if (source !== undefined && ['enum', 'domain', 'composite', 'range'].includes(source.kind))
          return this.remake(id, object)
        if (!isReplaced) {
          if (object.default !== null) this.defaultsReset.add(id)
          if (object.constraints.length > 0) this.remake(id, object)
        }
        return
      }
      case 'composite':
      case 'range':
        if (cause.how === 'type remade' || !isReplaced) this.remake(id, object)
        return
      case 'eventTrigger':
      case 'other':
        this.remake(id, object)
        return
      case 'publication':
        if (cause.how === 'retyped' || isReplaced) return
        this.remake(id, object)
        return
      default:
        return
    }
  }
}
