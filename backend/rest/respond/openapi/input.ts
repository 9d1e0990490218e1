// What a description of the API is made from: the schema cache, and what the role may see of it.
import { z } from 'zod'
import { key, type Routine, type SchemaCache, type Table } from '../../types.ts'

export interface DocumentInput {
  readonly cache: SchemaCache
  /** The exposed schema that is described. */
  readonly schema: string
  readonly extraSearchPath: readonly string[]
  /** Null shows everything that is exposed. */
  readonly privileges: Privileges | null
  /** Where the API's root is, as clients see it. */
  readonly serverUrl: URL
  /** Whether to say that a token is needed (openapi-security-active). */
  readonly hasSecurity: boolean
}

/** What a role may do with a relation. */
export interface RelationPrivileges {
  readonly select: boolean
  readonly insert: boolean
  readonly update: boolean
  readonly delete: boolean
}

/** By OID: what a role may see. */
export interface Privileges {
  readonly relations: ReadonlyMap<number, RelationPrivileges>
  readonly routines: ReadonlySet<number>
}

const PrivilegesJson = z.object({
  relations: z.array(z.tuple([z.number(), z.boolean(), z.boolean(), z.boolean(), z.boolean()])),
  routines: z.array(z.number()),
})

/** Reads the body that `privilegesSql` gave. */
export function readPrivileges(text: string): Privileges {
  const { relations, routines } = PrivilegesJson.parse(JSON.parse(text))
  return {
    relations: new Map(
      relations.map(([oid, select, insert, update, remove]) => [
        oid,
        { select, insert, update, delete: remove },
      ]),
    ),
    routines: new Set(routines),
  }
}

/** The relations of the schema that may be seen, by name. */
export function visibleTables({ cache, schema, privileges }: DocumentInput): Table[] {
  return [...cache.tables.values()]
    .filter((table) => table.schema === schema && (privileges?.relations.has(table.oid) ?? true))
    .sort(byName)
}

/** The functions of the schema that may be called, by name; of overloads the one with the most parameters, as paths are per name. */
export function visibleRoutines({ cache, schema, privileges }: DocumentInput): Routine[] {
  return [...cache.routines.values()]
    .flatMap((overloads) => {
      const visible = overloads.filter(
        (routine) => routine.schema === schema && (privileges?.routines.has(routine.oid) ?? true),
      )
      return visible.slice(-1)
    })
    .sort(byName)
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

export interface Comment {
  readonly summary: string | undefined
  readonly description: string | undefined
}

/** The first line is the summary, the rest, without the lines that keep it apart, the description. */
export function splitComment(comment: string | null | undefined): Comment {
  if (comment === null || comment === undefined) return { summary: undefined, description: undefined }
  const end = comment.indexOf('\n')
  if (end === -1) return { summary: comment, description: undefined }
  const description = comment.slice(end).replace(/^\n+/, '')
  return { summary: comment.slice(0, end), description: description === '' ? undefined : description }
}

/** The column that a foreign key of this one column refers to. Tables go before views. */
export function foreignKeyOf(
  { cache }: DocumentInput,
  table: Table,
  column: string,
): { readonly table: string; readonly column: string } | undefined {
  const candidates = (cache.relationships.get(key(table)) ?? []).flatMap((relationship) => {
    if (relationship.kind === 'computed' || relationship.foreignTable.schema !== table.schema) return []
    const { cardinality } = relationship
    const isOwn =
      cardinality.kind === 'many-to-one' || (cardinality.kind === 'one-to-one' && !cardinality.isParent)
    if (!isOwn || cardinality.columns.length !== 1) return []
    const [here, there] = cardinality.columns[0] ?? []
    if (here !== column || there === undefined) return []
    return [
      {
        isView: relationship.isForeignTableView,
        target: { table: relationship.foreignTable.name, column: there },
      },
    ]
  })
  return (candidates.find(({ isView }) => !isView) ?? candidates[0])?.target
}
