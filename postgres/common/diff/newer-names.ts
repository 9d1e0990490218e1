// An object of the older model written with the newer names: after it, whatever is the same has the same name.
import type { ModelObject, RelationName, Table, View } from '#contract/schema/types.ts'
import type { ChangedKind } from '../ddl/change.ts'
import type { Matching, ObjectPair } from './match.ts'
import type { Part } from './parts.ts'
import type { RenamedColumns } from './merged-columns.ts'
import { rewriteQualifiedNames, type Rewrites } from './sql-text.ts'

/** One object or part with another name, or in another schema. Names are as they were and as they will be. */
export interface Renamed {
  readonly kind: ChangedKind
  readonly id: string
  readonly olderId: string
  /** The object, or the one that the part belongs to. */
  readonly pair: ObjectPair
  readonly isPart: boolean
  readonly before: { readonly schema: string | null; readonly name: string }
  readonly after: { readonly schema: string | null; readonly name: string }
}

const key = (schema: string, name: string): string => `${schema}\0${name}`

/** What a part is called. */
export function nameOf(part: Part): string {
  return 'label' in part ? part.label : part.name
}

/** Old names to new ones, to write text anew. */
export function rewritesOf(list: readonly Renamed[]): Rewrites {
  const qualified = new Map<string, { schema: string; name: string }>()
  const schemas = new Map<string, string>()
  const plain = new Map<string, string>()
  for (const { kind, isPart, before, after } of list) {
    if (kind === 'schema' && !isPart) schemas.set(before.name, after.name)
    else {
      if (!isPart && before.schema !== null && after.schema !== null)
        qualified.set(key(before.schema, before.name), { schema: after.schema, name: after.name })
      if (before.name !== after.name) plain.set(before.name, after.name)
    }
  }
  return { qualified, schemas, plain, tables: tablesOf(list) }
}

/** Tables with renamed columns, by their old names. */
function tablesOf(list: readonly Renamed[]): ReadonlyMap<string, RenamedColumns> {
  const tables = new Map<string, RenamedColumns>()
  for (const { kind, isPart, pair } of list) {
    const { before, after } = pair
    if (kind !== 'column' || !isPart || before?.kind !== 'table' || after?.kind !== 'table') continue
    const place = key(before.schema, before.name)
    if (tables.has(place)) continue
    const renamed = new Map(
      list.flatMap((one) =>
        one.kind === 'column' && one.pair === pair ? [[one.before.name, one.after.name] as const] : [],
      ),
    )
    const present = new Set(after.columns.map(({ name }) => name))
    const columns = before.columns.filter(({ name }) => present.has(renamed.get(name) ?? name))
    tables.set(place, { columns: columns.map(({ name }) => name), renamed })
  }
  return tables
}

const NAMED_AS_TYPES: ReadonlySet<ChangedKind> = new Set<ChangedKind>([
  'schema',
  'table',
  'view',
  'enum',
  'domain',
  'composite',
  'range',
])

/** Writes newer names into what refers to things by name. */
export class NewerNames {
  private readonly relations = new Map<string, RelationName>()
  private readonly columns = new Map<string, string>()
  private readonly schemas = new Map<string, string>()
  private readonly types: Rewrites
  /** Objects with another name, or with parts that have one. */
  private readonly owners = new Set<string>()
  private readonly ids = new Set<string>()

  constructor(list: readonly Renamed[]) {
    for (const { kind, isPart, before, after, pair } of list) {
      const { schema } = before
      this.ids.add(pair.before?.id ?? '')
      if (schema !== null && pair.before !== null) this.owners.add(key(schema, pair.before.name))
      if (isPart) {
        const owner = pair.before
        if (owner !== null && schema !== null && kind === 'column')
          this.columns.set(`${key(schema, owner.name)}\0${before.name}`, after.name)
        if (schema !== null && kind === 'index' && after.schema !== null)
          this.relations.set(key(schema, before.name), { schema: after.schema, name: after.name })
      } else if (kind === 'schema') this.schemas.set(before.name, after.name)
      else if (schema !== null && after.schema !== null)
        this.relations.set(key(schema, before.name), { schema: after.schema, name: after.name })
    }
    // Types are printed with their schemas; a name that stands alone is that of an argument.
    this.types = {
      ...rewritesOf(list.filter(({ kind, isPart }) => !isPart && NAMED_AS_TYPES.has(kind))),
      plain: new Map(),
    }
  }

  /** The older object of the pair, or null when it is new. Text stays as it is. */
  apply(pair: ObjectPair, matching: Matching): ModelObject | null {
    const { before, after } = pair
    if (before === null) return null
    if (!this.isTouched(before, after)) return before
    // What is to be dropped keeps its name, but stands in its schema under that one's new name.
    const name = after?.name ?? before.name
    switch (before.kind) {
      case 'table':
        return this.table(before, after?.kind === 'table' ? after : null, matching)
      case 'view':
        return this.view(before, after?.kind === 'view' ? after : null, matching)
      case 'sequence': {
        const { ownedBy } = before
        const owner =
          ownedBy === null
            ? null
            : { ...this.relation(ownedBy), column: this.column(ownedBy, ownedBy.column) }
        return { ...before, ...this.placed(before, after), ownedBy: owner }
      }
      case 'enum':
        return {
          ...before,
          ...this.placed(before, after),
          labels: after?.kind === 'enum' ? renameParts(before.labels, after.labels, matching) : before.labels,
        }
      case 'domain':
        return {
          ...before,
          ...this.placed(before, after),
          constraints:
            after?.kind === 'domain'
              ? renameParts(before.constraints, after.constraints, matching)
              : before.constraints,
        }
      case 'composite':
        return {
          ...before,
          ...this.placed(before, after),
          attributes:
            after?.kind === 'composite'
              ? renameParts(before.attributes, after.attributes, matching)
              : before.attributes,
        }
      case 'range':
        return {
          ...before,
          ...this.placed(before, after),
          multirange: before.multirange === null ? null : this.relation(before.multirange),
        }
      case 'routine':
        return {
          ...before,
          ...this.placed(before, after),
          identityArguments: rewriteQualifiedNames(before.identityArguments, this.types),
        }
      case 'eventTrigger':
        return { ...before, name, function: this.relation(before.function) }
      case 'publication':
        return {
          ...before,
          name,
          schemas: before.schemas.map((schema) => this.schemas.get(schema) ?? schema),
          tables: before.tables.map((table) => ({
            ...table,
            ...this.relation(table),
            columns: table.columns.map((column) => this.column(table, column)),
          })),
        }
      case 'schema':
        return { ...before, name }
      case 'extension':
        return { ...before, schema: this.schemas.get(before.schema) ?? before.schema }
      case 'defaultPrivileges':
        return before.schema === null
          ? before
          : { ...before, schema: this.schemas.get(before.schema) ?? before.schema }
      case 'other':
        return {
          ...before,
          schema: before.schema === null ? null : (this.schemas.get(before.schema) ?? before.schema),
          identity: rewriteQualifiedNames(before.identity, this.types),
        }
    }
  }

  /** Whether a rename can show in an object: most objects of a large model stay as they are. */
  private isTouched(before: ModelObject, after: ModelObject | null): boolean {
    if (this.ids.has(before.id) || this.schemas.size > 0) return true
    const refers = (name: RelationName): boolean => this.owners.has(key(name.schema, name.name))
    if (before.kind === 'view')
      return after?.kind === 'view' && before.indexes.length > 0 && before.indexes !== after.indexes
    if (before.kind !== 'table') return true
    return (
      (before.partitionOf !== null && refers(before.partitionOf.parent)) ||
      before.inherits.some(refers) ||
      before.indexes.some(
        ({ parent }) => parent !== null && this.relations.has(key(parent.schema, parent.name)),
      ) ||
      before.constraints.some((one) => one.kind === 'foreign key' && refers(one.references))
    )
  }

  private placed(before: RelationName, after: ModelObject | null): RelationName {
    if (after !== null && 'schema' in after && after.schema !== null)
      return { schema: after.schema, name: after.name }
    return { schema: this.schemas.get(before.schema) ?? before.schema, name: before.name }
  }

  private relation({ schema, name }: RelationName): RelationName {
    return this.relations.get(key(schema, name)) ?? { schema: this.schemas.get(schema) ?? schema, name }
  }

  private column(table: RelationName, column: string): string {
    return this.columns.get(`${key(table.schema, table.name)}\0${column}`) ?? column
  }

  private table(before: Table, after: Table | null, matching: Matching): Table {
    const column = (name: string): string => this.column(before, name)
    return {
      ...before,
      ...this.placed(before, after),
      columns: before.columns.map((one) => ({
        ...one,
        name: column(one.name),
        identity:
          one.identity === null
            ? null
            : { ...one.identity, sequence: this.identitySequence(one.identity.sequence, after) },
      })),
      constraints: renameParts(before.constraints, after?.constraints ?? [], matching).map((one) => {
        switch (one.kind) {
          case 'check':
          case 'exclusion':
            return one
          case 'foreign key':
            return {
              ...one,
              columns: one.columns.map(column),
              onDeleteColumns: one.onDeleteColumns.map(column),
              references: {
                ...this.relation(one.references),
                columns: one.references.columns.map((name) => this.column(one.references, name)),
              },
            }
          default:
            return { ...one, columns: one.columns.map(column), include: one.include.map(column) }
        }
      }),
      indexes: this.indexes(before, after, matching),
      rules: renameParts(before.rules, after?.rules ?? [], matching),
      triggers: renameParts(before.triggers, after?.triggers ?? [], matching),
      policies: renameParts(before.policies, after?.policies ?? [], matching),
      partitionOf:
        before.partitionOf === null
          ? null
          : { ...before.partitionOf, parent: this.relation(before.partitionOf.parent) },
      inherits: before.inherits.map((parent) => this.relation(parent)),
      replicaIdentity:
        before.replicaIdentity.index === null
          ? before.replicaIdentity
          : {
              ...before.replicaIdentity,
              index: this.relation({ schema: before.schema, name: before.replicaIdentity.index }).name,
            },
    }
  }

  /** Sequences of identity columns are no objects of their own; they go where their table goes. */
  private identitySequence(sequence: RelationName, table: Table | null): RelationName {
    return {
      schema: table?.schema ?? this.schemas.get(sequence.schema) ?? sequence.schema,
      name: sequence.name,
    }
  }

  private indexes(before: Table | View, after: Table | View | null, matching: Matching): Table['indexes'] {
    const column = (name: string): string => this.column(before, name)
    return renameParts(before.indexes, after?.indexes ?? [], matching).map((index) => ({
      ...index,
      elements: index.elements.map((element) =>
        element.column === null ? element : { ...element, column: column(element.column) },
      ),
      include: index.include.map(column),
      parent: index.parent === null ? null : this.relation(index.parent),
    }))
  }

  private view(before: View, after: View | null, matching: Matching): View {
    return {
      ...before,
      ...this.placed(before, after),
      columns: renameParts(before.columns, after?.columns ?? [], matching),
      indexes: this.indexes(before, after, matching),
      rules: renameParts(before.rules, after?.rules ?? [], matching),
      triggers: renameParts(before.triggers, after?.triggers ?? [], matching),
    }
  }
}

/** Parts with the newer names of those that are in both lists. */
function renameParts<T extends Part>(
  older: readonly T[],
  newer: readonly T[],
  { idOf }: Matching,
): readonly T[] {
  const names = new Map(newer.map((part) => [part.id, nameOf(part)]))
  return older.map((part) => {
    const name = names.get(idOf(part.id))
    if (name === undefined || name === nameOf(part)) return part
    return 'label' in part ? { ...part, label: name } : { ...part, name }
  })
}
