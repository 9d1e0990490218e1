// The renames of a migration in an order in which no name is taken twice. They come first: after them, what stays has its new name.
import type { ModelObject, Table } from '#contract/schema/types.ts'
import { qualified } from '../../ddl/create/context.ts'
import { createSchema } from '../../ddl/create/database-objects.ts'
import { moveObject, renameObject, renamePart } from '../../ddl/alter/rename.ts'
import type { ChangedKind } from '../../ddl/change.ts'
import type { Statement } from '../../ddl/statement.ts'
import { leaveParents } from '../../ddl/alter/table.ts'
import { parentsOf } from '../families.ts'
import type { ModelDiff } from '../model-diff.ts'
import { partsOf, type Part } from '../parts.ts'
import type { Renamed } from '../newer-names.ts'
import { Names, namespacesOf, withPlace, type Holder, type Place } from './names.ts'

export interface RenameSteps {
  readonly statements: readonly Statement[]
  /** What things that are to be dropped are called by then, where that is not the name that they had. */
  readonly aside: ReadonlyMap<string, Place>
  /** Schemas that had to be made for what moves into them. */
  readonly madeSchemas: ReadonlySet<string>
  /** Tables that have left their parents already: a column that is inherited cannot be renamed. */
  readonly detached: ReadonlySet<string>
}

/** The renames. `remade` is not renamed: it is dropped under its old name and made under its new one. */
export function renameSteps(diff: ModelDiff, remade: ReadonlySet<string>): RenameSteps {
  const { list } = diff.renames
  if (list.length === 0)
    return { statements: [], aside: new Map(), madeSchemas: new Set(), detached: new Set() }
  return new Steps(diff, remade).run(list)
}

interface Pending {
  readonly renamed: Renamed
  readonly object: ModelObject
  readonly part: Part | null
  now: Place
}

const ORDER: readonly ChangedKind[] = [
  'schema',
  'table',
  'view',
  'sequence',
  'enum',
  'domain',
  'composite',
  'range',
  'routine',
]

class Steps {
  private readonly statements: Statement[] = []
  private readonly aside = new Map<string, Place>()
  private readonly madeSchemas = new Set<string>()
  private readonly detached = new Set<string>()
  private readonly diff: ModelDiff
  private readonly remade: ReadonlySet<string>
  private readonly names: Names
  private pending: readonly Pending[] = []
  /** What objects are called by now, where that has changed. */
  private readonly places = new Map<string, Place>()

  constructor(diff: ModelDiff, remade: ReadonlySet<string>) {
    this.diff = diff
    this.remade = remade
    const schemas = new Map(
      diff.renames.list
        .filter(({ kind, isPart }) => kind === 'schema' && !isPart)
        .map(({ before, after }) => [before.name, after.name]),
    )
    this.names = new Names(diff, schemas)
  }

  run(list: readonly Renamed[]): RenameSteps {
    this.leaveParents(list)
    const pending = list.flatMap((renamed) => this.pendingOf(renamed))
    this.pending = pending
    this.work(pending.filter(({ renamed }) => renamed.kind === 'schema'))
    this.makeSchemas(pending)
    const rank = ({ renamed: { kind } }: Pending): number =>
      ORDER.includes(kind) ? ORDER.indexOf(kind) : ORDER.length
    this.work(
      pending
        .filter(({ renamed }) => !renamed.isPart && renamed.kind !== 'schema')
        .sort((a, b) => rank(a) - rank(b)),
    )
    this.work(pending.filter(({ renamed }) => renamed.isPart))
    const { statements, aside, madeSchemas, detached } = this
    return { statements, aside, madeSchemas, detached }
  }

  private pendingOf(renamed: Renamed): readonly Pending[] {
    const { pair, id, isPart, before } = renamed
    const { schemas } = this.names
    const object = this.diff.pairs.get(pair.id)?.before
    if (object === null || object === undefined || pair.before === null) return []
    const now = {
      schema: before.schema === null ? null : (schemas.get(before.schema) ?? before.schema),
      name: before.name,
    }
    if (isPart) {
      const part = partsOf(pair.before)
        .flatMap(({ parts }) => parts)
        .find((one) => one.id === renamed.olderId)
      if (part === undefined || this.remade.has(pair.id)) return []
      if ('isInherited' in part && part.isInherited && !this.detached.has(pair.id)) return []
      if (this.remade.has(id) && renamed.kind !== 'column') {
        this.aside.set(id, { schema: renamed.after.schema, name: before.name })
        return []
      }
      return [{ renamed, object, part, now }]
    }
    if (this.remade.has(id) && !['table', 'enum', 'domain', 'composite', 'range'].includes(renamed.kind)) {
      this.aside.set(id, now)
      return []
    }
    // A sequence goes where the table of its column goes.
    const follows =
      object.kind === 'sequence' && pair.before.kind === 'sequence' && pair.before.ownedBy !== null
    return [
      { renamed, object, part: null, now: follows ? { ...now, schema: renamed.after.schema } : now },
    ].filter(({ now: place }) => place.name !== renamed.after.name || place.schema !== renamed.after.schema)
  }

  /** Tables that will stand alone leave their parents at once, by their old names, when a column is renamed here or there: it would be renamed in both, or in neither. */
  private leaveParents(list: readonly Renamed[]): void {
    const tables = new Map<string, Table>()
    for (const { before } of this.diff.matching.pairs)
      if (before?.kind === 'table') tables.set(qualified(before).text, before)
    const renamed = new Set(
      list.flatMap(({ kind, pair: { before } }) =>
        kind === 'column' && before?.kind === 'table' ? [qualified(before).text] : [],
      ),
    )
    const isTouched = (table: Table): boolean =>
      renamed.has(qualified(table).text) ||
      parentsOf(table).some((parent) => {
        const above = tables.get(qualified(parent).text)
        return above !== undefined && isTouched(above)
      })
    if (renamed.size === 0) return
    for (const { id, before, after } of this.diff.matching.pairs)
      if (before?.kind === 'table' && after?.kind === 'table' && !this.remade.has(id))
        if (parentsOf(before).length > 0 && parentsOf(after).length === 0 && isTouched(before)) {
          this.detached.add(id)
          this.statements.push(...leaveParents(before, parentsOf(before)))
        }
  }

  private makeSchemas(pending: readonly Pending[]): void {
    const targets = new Set(
      pending
        .filter(({ now, renamed }) => !renamed.isPart && now.schema !== renamed.after.schema)
        .map(({ renamed }) => renamed.after.schema),
    )
    for (const { id, before, after } of this.diff.pairs.values())
      if (before === null && after?.kind === 'schema' && targets.has(after.name)) {
        this.madeSchemas.add(id)
        this.statements.push(createSchema(after))
      }
  }

  private work(all: readonly Pending[]): void {
    let pending = [...all]
    while (pending.length > 0) {
      const rest = pending.filter((one) => !this.tryStep(one))
      if (rest.length === pending.length) {
        const [first] = rest
        if (first === undefined) return
        this.makeRoom(first, rest)
      }
      pending = rest
    }
  }

  /** Brings one to its name, when that is free. */
  private tryStep(one: Pending): boolean {
    const { after } = one.renamed
    if (one.now.schema !== after.schema && !one.renamed.isPart) {
      if (
        one.now.name !== after.name &&
        this.isFree(one, { schema: one.now.schema, name: after.name }) &&
        !this.isFree(one, { schema: after.schema, name: one.now.name })
      )
        this.rename(one, after.name)
      if (!this.isFree(one, { schema: after.schema, name: one.now.name })) return false
      this.move(one)
    }
    if (one.now.name === after.name) return true
    if (!this.isFree(one, after)) return false
    this.rename(one, after.name)
    return true
  }

  private isFree(one: Pending, place: Place): boolean {
    return this.names.isFree(namespacesOf(one.renamed.kind, one), {
      place,
      id: one.renamed.id,
      ownerId: one.renamed.pair.id,
    })
  }

  /** Nothing can move: what stands in the way steps aside, or, when all wait for each other, the first one does. */
  private makeRoom(one: Pending, rest: readonly Pending[]): void {
    const { renamed } = one
    const kinds = namespacesOf(renamed.kind, one)
    const target = renamed.after
    const holder =
      this.names.holder(kinds, { place: target, ownerId: renamed.pair.id }) ??
      this.names.holder(kinds, {
        place: { schema: renamed.after.schema, name: one.now.name },
        ownerId: renamed.pair.id,
      })
    const isWaiting =
      holder === undefined || holder.id === renamed.id || rest.some((other) => other.renamed.id === holder.id)
    if (isWaiting) return this.rename(one, this.names.spare(one.now.name))
    const spare = this.names.spare(holder.place.name)
    if (holder.part === null)
      this.statements.push(
        renameObject(holder.object, { schema: holder.place.schema, from: holder.place.name, to: spare }),
      )
    else
      this.statements.push(
        renamePart(holder.kind, this.asItIsNow(holder), {
          id: holder.id,
          from: holder.place.name,
          to: spare,
        }),
      )
    const place = { schema: holder.place.schema, name: spare }
    const later = this.pending.find((other) => other.renamed.id === holder.id)
    if (later === undefined) this.aside.set(holder.id, place)
    else later.now = place
    if (holder.part === null) this.places.set(holder.id, place)
    this.names.moveHolder(holder, place)
  }

  /** The object that something belongs to, under the name that it has at this moment. */
  private asItIsNow({ object, ownerId, place }: Holder): ModelObject {
    return withPlace(object, this.places.get(ownerId) ?? { schema: place.schema, name: object.name })
  }

  private rename(one: Pending, to: string): void {
    const { renamed, object, part } = one
    this.statements.push(
      part === null
        ? renameObject(object, { schema: one.now.schema, from: one.now.name, to })
        : renamePart(renamed.kind, object, { id: renamed.id, from: one.now.name, to }),
    )
    this.goTo(one, { schema: one.now.schema, name: to })
  }

  private move(one: Pending): void {
    const { schema } = one.renamed.after
    if (schema === null || one.now.schema === null) return
    this.statements.push(moveObject(one.object, { from: one.now.schema, to: schema, name: one.now.name }))
    this.goTo(one, { schema, name: one.now.name })
  }

  private goTo(one: Pending, place: Place): void {
    this.names.move(namespacesOf(one.renamed.kind, one), {
      id: one.renamed.id,
      ownerId: one.renamed.pair.id,
      from: one.now,
      to: place,
    })
    one.now = place
    if (one.part === null) this.places.set(one.renamed.id, place)
  }
}
