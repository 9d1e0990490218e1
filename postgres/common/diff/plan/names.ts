// Which names are taken while a migration runs. Postgres has one space of names for tables, views, sequences and indexes of a schema, another for types, and
// one per table for its columns, constraints, triggers, rules and policies.
import type { ModelObject } from '#contract/schema/types.ts'
import { objectName, schemaOf } from '../../catalog/find.ts'
import { byteLength, NAME_BYTES } from '../../ddl/create/column.ts'
import type { ChangedKind } from '../../ddl/change.ts'
import type { ModelDiff } from '../model-diff.ts'
import { partsOf, type Part } from '../parts.ts'

export interface Place {
  readonly schema: string | null
  readonly name: string
}

export interface Holder {
  readonly id: string
  readonly kind: ChangedKind
  readonly object: ModelObject
  readonly part: Part | null
  place: Place
  readonly ownerId: string
}

/** The spaces of names that something takes a name in: `relation`, `type`, or one of its own table. */
export function namespacesOf(
  kind: ChangedKind,
  { object, part }: { readonly object: ModelObject; readonly part: Part | null },
): readonly string[] {
  if (part !== null) {
    const isKey = kind === 'constraint' && ('isWithoutOverlaps' in part || 'definition' in part)
    if (kind === 'index') return ['relation']
    return isKey ? ['owner constraint', 'relation'] : [`owner ${kind}`]
  }
  switch (kind) {
    case 'table':
    case 'view':
    case 'composite':
      return ['relation', 'type']
    case 'sequence':
      return ['relation']
    case 'enum':
    case 'domain':
    case 'range':
      return ['type']
    case 'routine':
      return [`routine ${object.kind === 'routine' ? object.identityArguments : ''}`]
    case 'other':
      return [`other ${object.kind === 'other' ? object.what : ''}`]
    default:
      return [kind]
  }
}

/** One name in one space, as a key. */
export function nameKey(namespace: string, place: Place, ownerId: string): string {
  return namespace.startsWith('owner ')
    ? `${namespace}\0${ownerId}\0${place.name}`
    : `${namespace}\0${place.schema ?? ''}\0${place.name}`
}

interface At {
  readonly place: Place
  readonly ownerId: string
}

/** The names that are taken at one moment. */
export class Names {
  readonly schemas: ReadonlyMap<string, string>
  private readonly taken = new Map<string, Holder>()

  private readonly all = new Set<string>()

  /** Of the names of the older model, its schemas renamed, those that some rename begins or ends with. */
  constructor(diff: ModelDiff, schemas: ReadonlyMap<string, string>) {
    this.schemas = schemas
    const wanted = new Set(diff.renames.list.flatMap(({ before, after }) => [before.name, after.name]))
    const { idOf } = diff.matching
    for (const object of diff.older.objects) {
      const schema = schemaOf(object)
      const now = schema === '' ? null : (schemas.get(schema) ?? schema)
      const ownerId = idOf(object.id)
      const put = (kind: ChangedKind, id: string, part: Part | null, name: string): void => {
        this.all.add(name)
        if (!wanted.has(name)) return
        const holder = { id, kind, object, part, place: { schema: now, name }, ownerId }
        for (const namespace of namespacesOf(kind, { object, part }))
          this.taken.set(nameKey(namespace, holder.place, ownerId), holder)
      }
      put(object.kind, ownerId, null, object.name === '' ? objectName(object) : object.name)
      for (const { kind, parts } of partsOf(object))
        for (const part of parts) put(kind, idOf(part.id), part, 'label' in part ? part.label : part.name)
    }
  }

  isFree(namespaces: readonly string[], at: At & { readonly id: string }): boolean {
    const holder = this.holder(namespaces, at)
    return holder === undefined || holder.id === at.id
  }

  holder(namespaces: readonly string[], { place, ownerId }: At): Holder | undefined {
    for (const namespace of namespaces) {
      const holder = this.taken.get(nameKey(namespace, place, ownerId))
      if (holder !== undefined) return holder
    }
    return undefined
  }

  move(
    namespaces: readonly string[],
    {
      ownerId,
      from,
      to,
    }: { readonly id: string; readonly ownerId: string; readonly from: Place; readonly to: Place },
  ): void {
    for (const namespace of namespaces) {
      const holder = this.taken.get(nameKey(namespace, from, ownerId))
      if (holder === undefined) continue
      this.taken.delete(nameKey(namespace, from, ownerId))
      holder.place = to
      this.taken.set(nameKey(namespace, to, ownerId), holder)
    }
  }

  moveHolder(holder: Holder, to: Place): void {
    const { object, part, ownerId } = holder
    this.move(namespacesOf(holder.kind, { object, part }), { id: holder.id, ownerId, from: holder.place, to })
  }

  /** A name like the given one that nobody has. */
  spare(name: string): string {
    const spare = spareName(name, (one) => !this.all.has(one))
    this.all.add(spare)
    return spare
  }
}

/** `film_old`, `film_old2` and so on: the first that is free, no longer than Postgres takes. */
export function spareName(name: string, isFree: (name: string) => boolean): string {
  for (let attempt = 1; ; attempt++) {
    const suffix = attempt === 1 ? '_old' : `_old${String(attempt)}`
    let start = name
    while (byteLength(start) + suffix.length > NAME_BYTES) start = start.slice(0, -1)
    if (isFree(start + suffix)) return start + suffix
  }
}

/** A thing of the older model under the name it has when it is dropped. */
export function withPlace<T extends { readonly name: string }>(thing: T, place: Place | undefined): T {
  if (place === undefined) return thing
  return 'schema' in thing && place.schema !== null
    ? { ...thing, name: place.name, schema: place.schema }
    : { ...thing, name: place.name }
}
