// The rows of pg_catalog that a schema cache is made of, by OID, as they were read. A reload replaces single entries; everything that names another
// object keeps its OID, so that a renamed table or type needs no other row to be read again.
import type { CustomHandler, RelationKind, Representation, RoleSettings } from '../types.ts'

export interface CatalogColumn {
  readonly position: number
  readonly name: string
  readonly typeOid: number
  readonly typeModifier: number
  readonly isNotNull: boolean
  readonly identity: 'always' | 'by default' | null
  readonly isGenerated: boolean
}

/** A view's column that shows another relation's column as it is. */
export interface Origin {
  readonly relation: number
  readonly column: number
}

export interface CatalogRelation {
  readonly oid: number
  readonly namespace: number
  readonly name: string
  readonly kind: RelationKind
  readonly isPartition: boolean
  /** Bits of pg_relation_is_updatable: 4 update, 8 insert, 16 delete. */
  readonly updatable: number
  /** By position. Dropped ones are left out. */
  readonly columns: readonly CatalogColumn[]
  /** By position of the column; 0 is the relation's own. */
  readonly comments: ReadonlyMap<number, string>
  /** Expressions by position of the column. */
  readonly defaults: ReadonlyMap<number, string>
  /** Of views: by position of the column. */
  readonly origins: ReadonlyMap<number, Origin>
}

export interface CatalogConstraint {
  readonly oid: number
  readonly name: string
  readonly kind: 'primary key' | 'unique' | 'foreign key'
  readonly relation: number
  /** Positions, in the key's order. */
  readonly columns: readonly number[]
  /** 0 but for foreign keys. */
  readonly foreignRelation: number
  readonly foreignColumns: readonly number[]
}

export interface CatalogParameter {
  readonly name: string
  readonly typeOid: number
  readonly isVariadic: boolean
}

export interface CatalogRoutine {
  readonly oid: number
  readonly namespace: number
  readonly name: string
  readonly comment: string | null
  /** Input parameters. */
  readonly parameters: readonly CatalogParameter[]
  readonly defaultCount: number
  readonly returnType: number
  readonly isSetOf: boolean
  /** Whether it has OUT, INOUT or TABLE parameters. */
  readonly hasOutput: boolean
  readonly estimatedRows: number
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  /** SET clauses as `name=value`. */
  readonly settings: readonly string[]
}

/** A type with its modifier, as columns have it; domains are followed to their base. */
export interface CatalogType {
  /** With the modifier, the domain kept: `character varying(10)`, `public.email`. */
  readonly nominal: string
  /** Without a modifier, the domain kept. */
  readonly plain: string
  readonly isDomain: boolean
  readonly domainDefault: string | null
  readonly domainIsNotNull: boolean
  /** Below all domains. */
  readonly base: {
    readonly oid: number
    readonly modifier: number
    readonly schema: string
    readonly name: string
    readonly plain: string
    readonly kind: 'base' | 'composite' | 'enum' | 'pseudo' | 'range'
    readonly isArray: boolean
    /** The relation of a composite type: a table or view, or the type's own. 0 for other types. */
    readonly relation: number
    readonly enumLabels: readonly string[]
  }
}

/** Which transactions the last reading saw: pg_current_snapshot(). IDs have their epoch, so that they only grow. */
export interface CatalogSnapshot {
  /** As the server printed it: the same text is the same state of the database. */
  readonly text: string
  /** Rows of transactions from this one on may be new to the next reading. */
  readonly firstUnseen: bigint
  /** Rows of transactions from this one on could not be seen. */
  readonly end: bigint
}

/** What is small enough to be read anew each time. */
export interface CatalogExtras {
  /** Exposed or not; system schemas left out. By OID. */
  readonly namespaces: ReadonlyMap<number, string>
  readonly schemaDescriptions: ReadonlyMap<string, string>
  readonly representations: readonly Representation[]
  readonly handlers: readonly CustomHandler[]
  readonly roleSettings: ReadonlyMap<string, RoleSettings>
}

export interface Catalog {
  readonly serverVersion: number
  readonly snapshot: CatalogSnapshot
  readonly relations: ReadonlyMap<number, CatalogRelation>
  readonly constraints: ReadonlyMap<number, CatalogConstraint>
  /** Of exposed schemas. */
  readonly routines: ReadonlyMap<number, CatalogRoutine>
  /** By `typeKey(oid, modifier)`. */
  readonly types: ReadonlyMap<string, CatalogType>
  readonly extras: CatalogExtras
  /** As `ReadExtras` has it. */
  readonly rules: string
  readonly timezones: ReadonlySet<string>
}

/** What is looked at, as the configuration says. */
export interface SchemaScope {
  /** db-schemas */
  readonly schemas: readonly string[]
  /** db-extra-search-path: views there are looked through, though they are not exposed. */
  readonly extraSearchPath: readonly string[]
  /** db-hoisted-tx-settings */
  readonly hoistedTxSettings: readonly string[]
}

/** The key of a type with its modifier; -1 is none. */
export function typeKey(oid: number, modifier: number): string {
  return modifier === -1 ? String(oid) : `${oid}:${modifier}`
}
