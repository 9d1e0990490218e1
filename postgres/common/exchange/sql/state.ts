// The schema while a script is read: what has been made so far, changed by each statement.
import type { z } from 'zod'
import type * as model from '#contract/schema/model.ts'
import type * as table from '#contract/schema/table.ts'

export type SchemaDraft = z.infer<typeof model.SchemaObject>
export type ExtensionDraft = z.infer<typeof model.Extension>
export type TableDraft = z.infer<typeof table.Table>
export type ViewDraft = z.infer<typeof model.View>
export type SequenceDraft = z.infer<typeof model.Sequence>
export type EnumDraft = z.infer<typeof model.EnumType>
export type DomainDraft = z.infer<typeof model.DomainType>
export type CompositeDraft = z.infer<typeof model.CompositeType>
export type RangeDraft = z.infer<typeof model.RangeType>
export type RoutineDraft = z.infer<typeof model.Routine>
export type EventTriggerDraft = z.infer<typeof model.EventTrigger>
export type PublicationDraft = z.infer<typeof model.Publication>
export type DefaultPrivilegesDraft = z.infer<typeof model.DefaultPrivileges>
export type OtherDraft = z.infer<typeof model.OtherObject>
export type ColumnDraft = z.infer<typeof table.Column>
export type ConstraintDraft = z.infer<typeof table.Constraint>
export type IndexDraft = z.infer<typeof table.Index>
export type GrantDraft = z.infer<typeof table.Grant>
export type TypeDraft = EnumDraft | DomainDraft | CompositeDraft | RangeDraft
export type RelationDraft = TableDraft | ViewDraft | SequenceDraft
export type ObjectDraft =
  | SchemaDraft
  | ExtensionDraft
  | RelationDraft
  | TypeDraft
  | RoutineDraft
  | EventTriggerDraft
  | PublicationDraft
  | DefaultPrivilegesDraft
  | OtherDraft

/** Why a statement is not imported, in words for a person. */
export class NotImported extends Error {
  /** Bytes from the start of the text that the parser was given; null when it is the statement as a whole. */
  readonly location: number | null
  constructor(message: string, location: number | null = null) {
    super(message)
    this.name = 'NotImported'
    this.location = location
  }
}

type Space = 'relation' | 'type' | 'routine' | 'schema' | 'extension' | 'other'

/** What has been read so far. Names that are not qualified are looked for along the search path. */
export class ImportState {
  searchPath: readonly string[] = ['public']
  owner = 'postgres'
  readonly serverVersion: number
  /** Things that a text asks for but that are no part of a schema, or are passed over. */
  readonly notes: { readonly message: string; readonly location: number | null }[] = []
  private readonly byKey = new Map<string, ObjectDraft>()
  private readonly routineNames = new Map<string, RoutineDraft[]>()
  private readonly indexOwners = new Map<string, TableDraft | ViewDraft>()
  private readonly counts = new Map<string, number>()

  constructor(serverVersion: number) {
    this.serverVersion = serverVersion
    this.put({
      kind: 'schema',
      id: this.newId('schema'),
      name: 'public',
      owner: 'pg_database_owner',
      comment: 'standard public schema',
      grants: (serverVersion < 150_000 ? ['CREATE', 'USAGE'] : ['USAGE']).map((privilege) => ({
        grantee: null,
        privilege,
        isGrantable: false,
      })),
    })
  }

  /** The same ids for the same text. */
  newId(kind: string): string {
    const count = (this.counts.get(kind) ?? 0) + 1
    this.counts.set(kind, count)
    return `${kind}:text-${count}`
  }

  get objects(): readonly ObjectDraft[] {
    return [...this.byKey.values()]
  }

  /** Where a new object goes. */
  get currentSchema(): string {
    return this.searchPath.find((name) => this.byKey.has(key('schema', '', name))) ?? 'public'
  }

  put(object: ObjectDraft): void {
    const own = keyOf(object)
    const before = this.byKey.get(own)
    if (before !== undefined) this.remove(before)
    this.byKey.set(own, object)
    if (object.kind === 'routine') {
      const name = key('routine', object.schema, object.name)
      this.routineNames.set(name, [...(this.routineNames.get(name) ?? []), object])
    }
  }

  remove(object: ObjectDraft): void {
    this.byKey.delete(keyOf(object))
    if (object.kind !== 'routine') return
    const name = key('routine', object.schema, object.name)
    this.routineNames.set(
      name,
      (this.routineNames.get(name) ?? []).filter((one) => one !== object),
    )
  }

  /** Changes what an object is found by. */
  rekey(object: ObjectDraft, change: () => void): void {
    this.remove(object)
    change()
    this.put(object)
  }

  schema(name: string): SchemaDraft | undefined {
    const found = this.byKey.get(key('schema', '', name))
    return found?.kind === 'schema' ? found : undefined
  }

  extension(name: string): ExtensionDraft | undefined {
    const found = this.byKey.get(key('extension', '', name))
    return found?.kind === 'extension' ? found : undefined
  }

  relation(schema: string | null | undefined, name: string): RelationDraft | undefined {
    const found = this.find('relation', schema, name)
    return found?.kind === 'table' || found?.kind === 'view' || found?.kind === 'sequence' ? found : undefined
  }

  type(schema: string | null | undefined, name: string): TypeDraft | undefined {
    const found = this.find('type', schema, name)
    if (found === undefined) return undefined
    return found.kind === 'enum' ||
      found.kind === 'domain' ||
      found.kind === 'composite' ||
      found.kind === 'range'
      ? found
      : undefined
  }

  routines(schema: string | null | undefined, name: string): readonly RoutineDraft[] {
    for (const one of this.path(schema)) {
      const found = this.routineNames.get(key('routine', one, name)) ?? []
      if (found.length > 0) return found
    }
    return []
  }

  others(what: string): readonly OtherDraft[] {
    return this.objects.filter(
      (object): object is OtherDraft => object.kind === 'other' && object.what === what,
    )
  }

  ofKind<Kind extends ObjectDraft['kind']>(kind: Kind): readonly Extract<ObjectDraft, { kind: Kind }>[] {
    return this.objects.filter(
      (object): object is Extract<ObjectDraft, { kind: Kind }> => object.kind === kind,
    )
  }

  /** The table or view whose index has this name. */
  indexOwner(schema: string | null | undefined, name: string): TableDraft | ViewDraft | undefined {
    for (const one of this.path(schema)) {
      const found = this.indexOwners.get(key('relation', one, name))
      if (found !== undefined) return found
    }
    return undefined
  }

  addIndexName(owner: TableDraft | ViewDraft, name: string): void {
    this.indexOwners.set(key('relation', owner.schema, name), owner)
  }

  removeIndexName(owner: TableDraft | ViewDraft, name: string): void {
    this.indexOwners.delete(key('relation', owner.schema, name))
  }

  isRelationName(schema: string, name: string): boolean {
    return (
      this.byKey.has(key('relation', schema, name)) || this.indexOwners.has(key('relation', schema, name))
    )
  }

  private find(space: Space, schema: string | null | undefined, name: string): ObjectDraft | undefined {
    for (const one of this.path(schema)) {
      const found = this.byKey.get(key(space, one, name))
      if (found !== undefined) return found
    }
    return undefined
  }

  private path(schema: string | null | undefined): readonly string[] {
    return schema === null || schema === undefined ? this.searchPath : [schema]
  }
}

/** What an object is found by. */
export function keyOf(object: ObjectDraft): string {
  switch (object.kind) {
    case 'table':
    case 'view':
    case 'sequence':
      return key('relation', object.schema, object.name)
    case 'enum':
    case 'domain':
    case 'composite':
    case 'range':
      return key('type', object.schema, object.name)
    case 'routine':
      return key('routine', object.schema, `${object.name}(${object.identityArguments})`)
    case 'schema':
    case 'extension':
      return key(object.kind, '', object.name)
    case 'defaultPrivileges':
      return key('other', object.kind, `${object.owner} ${object.schema ?? ''} ${object.objects}`)
    case 'other':
      return key('other', object.what, object.identity)
    default:
      return key('other', object.kind, object.name)
  }
}

function key(space: Space, schema: string, name: string): string {
  return `${space}\0${schema}\0${name}`
}
