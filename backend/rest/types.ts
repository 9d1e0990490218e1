// What the stages of the REST engine share: its configuration, the snapshot of the database's schema, the SQL to run and what came of it.
// The stages' own types stand with them: parse/api-request.ts and plan/plan.ts.

/** A name with its schema. */
export interface QualifiedName {
  readonly schema: string
  readonly name: string
}

// ---- configuration (https://docs.postgrest.org/en/stable/references/configuration.html, by the names used there)

export type TransactionEnd = 'commit' | 'commit-allow-override' | 'rollback' | 'rollback-allow-override'

/** How the engine behaves for one database. Immutable: a reload makes another. */
export interface RestConfig {
  /** db-schemas: the first one is the default. */
  readonly schemas: readonly [string, ...string[]]
  /** db-extra-search-path */
  readonly extraSearchPath: readonly string[]
  /** db-anon-role: null refuses requests without a token. */
  readonly anonRole: string | null
  /** db-max-rows */
  readonly maxRows: number | null
  /** db-aggregates-enabled */
  readonly aggregatesEnabled: boolean
  /** db-plan-enabled */
  readonly planEnabled: boolean
  /** db-pre-request; the schema is '' where none was named: the search path finds it. */
  readonly preRequest: QualifiedName | null
  /** db-root-spec; the schema is '' where none was named: the request's is meant. */
  readonly rootSpec: QualifiedName | null
  /** db-tx-end */
  readonly txEnd: TransactionEnd
  /** db-hoisted-tx-settings: settings of functions that are set for the whole transaction. */
  readonly hoistedTxSettings: readonly string[]
  /** db-prepared-statements */
  readonly preparedStatements: boolean
  /** db-timezone-enabled: whether `Prefer: timezone=` is looked at. */
  readonly timezoneEnabled: boolean
  /** openapi-mode */
  readonly openApiMode: 'follow-privileges' | 'ignore-privileges' | 'disabled'
  /** openapi-security-active */
  readonly openApiSecurityActive: boolean
  /** openapi-server-proxy-uri */
  readonly openApiServerProxyUri: string | null
  /** server-cors-allowed-origins: empty allows every origin. */
  readonly corsAllowedOrigins: readonly string[]
  /** server-timing-enabled */
  readonly serverTimingEnabled: boolean
  /** server-trace-header: echoed in the response. */
  readonly traceHeader: string | null
  /** client-error-verbosity: `minimal` leaves out details and hint. */
  readonly errorVerbosity: 'verbose' | 'minimal'
  /** url-use-legacy-target-names: an embed's parameters may name its target though it has an alias. */
  readonly useLegacyTargetNames: boolean
  /** app.settings.*: by full name, `app.settings.jwt_lifetime`. */
  readonly appSettings: Readonly<Record<string, string>>
  /** Largest request body in bytes; null for no limit. Not a setting of PostgREST. */
  readonly maxBodyBytes: number | null
  /** Largest plan cost that is run, as EXPLAIN counts; null for no limit. Not a setting of PostgREST. */
  readonly maxPlanCost: number | null
  /** How long a statement may run unless its role has a statement_timeout of its own; null or left out leaves it to the database. Not a setting of PostgREST. */
  readonly statementTimeoutMs?: number | null
}

// ---- the schema cache: one immutable snapshot, which a request keeps to its end

export interface Column {
  readonly name: string
  readonly description: string | null
  readonly isNullable: boolean
  /** The type as format_type prints it without its modifier, domains resolved to their base: `character varying`, `test.color`, `integer[]`. */
  readonly type: string
  /** The type as declared, modifier and domain kept: `character varying(10)`, `public.email`. */
  readonly nominalType: string
  readonly maxLength: number | null
  /** The default's expression, or its domain's; `nextval(…)` for `by default` identities; null without one, for generated columns and for `always` identities. */
  readonly default: string | null
  /** Labels in order, of the enum or of an enum below a domain; empty for other types. */
  readonly enumValues: readonly string[]
  readonly isArray: boolean
  readonly isComposite: boolean
  readonly isGenerated: boolean
  /** `GENERATED ALWAYS AS IDENTITY` cannot be written. */
  readonly identity: 'always' | 'by default' | null
}

export type RelationKind = 'table' | 'partitioned table' | 'foreign table' | 'view' | 'materialized view'

/** A table, view, materialised view, foreign or partitioned table. */
export interface Table extends QualifiedName {
  readonly oid: number
  readonly kind: RelationKind
  readonly description: string | null
  /** By pg_relation_is_updatable, triggers counted. */
  readonly isInsertable: boolean
  readonly isUpdatable: boolean
  readonly isDeletable: boolean
  /** By name, as Location lists them; of a view those of the tables behind it, in the keys' order, where all are selected. */
  readonly primaryKey: readonly string[]
  /** By name, in the table's order. */
  readonly columns: ReadonlyMap<string, Column>
}

/** [column here, column there] */
export type ColumnPair = readonly [string, string]

export interface Junction {
  readonly table: QualifiedName
  readonly sourceConstraint: string
  readonly targetConstraint: string
  /** [column of the source table, column of the junction] */
  readonly sourceColumns: readonly ColumnPair[]
  /** [column of the target table, column of the junction] */
  readonly targetColumns: readonly ColumnPair[]
}

export type Cardinality =
  | { readonly kind: 'one-to-many'; readonly constraint: string; readonly columns: readonly ColumnPair[] }
  | { readonly kind: 'many-to-one'; readonly constraint: string; readonly columns: readonly ColumnPair[] }
  | {
      readonly kind: 'one-to-one'
      readonly constraint: string
      readonly columns: readonly ColumnPair[]
      /** Whether this side is the one that is referred to. */
      readonly isParent: boolean
    }
  | { readonly kind: 'many-to-many'; readonly junction: Junction }

export interface ForeignKeyRelationship {
  readonly kind: 'foreign-key'
  readonly table: QualifiedName
  readonly foreignTable: QualifiedName
  readonly isSelf: boolean
  readonly cardinality: Cardinality
  readonly isTableView: boolean
  readonly isForeignTableView: boolean
}

/** A function from a row to rows, which embeds as if a foreign key were there. */
export interface ComputedRelationship {
  readonly kind: 'computed'
  readonly function: QualifiedName
  readonly table: QualifiedName
  readonly foreignTable: QualifiedName
  /** Whether it gives one row at most: `returns` a row, or `rows 1`. */
  readonly isToOne: boolean
  readonly isSelf: boolean
}

export type Relationship = ForeignKeyRelationship | ComputedRelationship

export interface RoutineParameter {
  readonly name: string
  /** As format_type prints it. */
  readonly type: string
  readonly isRequired: boolean
  readonly isVariadic: boolean
}

export type RoutineReturn = {
  readonly isSetOf: boolean
} & (
  | { readonly kind: 'scalar'; readonly type: string }
  | {
      readonly kind: 'composite'
      /** The relation or composite type; for `returns table` and several OUT parameters there is none: `record`. */
      readonly type: QualifiedName
      /** Whether the type is a domain over it. */
      readonly isAlias: boolean
    }
  | { readonly kind: 'void' }
)

/** A function that may be called; procedures may not. */
export interface Routine extends QualifiedName {
  readonly oid: number
  readonly description: string | null
  /** Input parameters in their order; the names are empty where they have none. */
  readonly parameters: readonly RoutineParameter[]
  readonly returns: RoutineReturn
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  readonly hasVariadic: boolean
  /** `default_transaction_isolation` of its SET clauses. */
  readonly isolation: Isolation | null
  /** The other SET clauses, names in lower case. */
  readonly settings: readonly (readonly [name: string, value: string])[]
}

export type Isolation = 'read committed' | 'repeatable read' | 'serializable'

/** A cast that makes a domain look different to clients (domain representations). */
export interface Representation {
  readonly source: string
  readonly target: string
  readonly function: QualifiedName
}

/** A function or aggregate that makes a response of its own media type (custom media type handlers). */
export interface CustomHandler {
  readonly function: QualifiedName
  /** The relation an aggregate takes, or `anyelement` for all; of a routine its own name. */
  readonly target: QualifiedName | 'anyelement'
  /** The media type that its domain names: `application/vnd.twkb`, or any media type for the domain named by star slash star. */
  readonly mediaType: string
  /** A routine that is called (its result is the body), or an aggregate over the rows. */
  readonly kind: 'routine' | 'aggregate'
}

export interface RoleSettings {
  readonly isolation: Isolation | null
  /** Set for each transaction: name and value. */
  readonly settings: readonly (readonly [name: string, value: string])[]
}

/** Everything that plans need to know of a database at one moment. */
export interface SchemaCache {
  /** Counts up with each reload; for caches that hang on a snapshot. */
  readonly version: number
  readonly loadedAt: Date
  /** server_version_num: 150004 */
  readonly serverVersion: number
  /** By `key(name)`. Includes relations of schemas that are not exposed: junctions and base tables are looked up here. Partitions are left out. */
  readonly tables: ReadonlyMap<string, Table>
  /** By `key(table)`, both directions of each, in a stable order. */
  readonly relationships: ReadonlyMap<string, readonly Relationship[]>
  /** By `key(name)`: the overloads. Only of exposed schemas. */
  readonly routines: ReadonlyMap<string, readonly Routine[]>
  /** By `${source} ${target}`. */
  readonly representations: ReadonlyMap<string, Representation>
  readonly handlers: readonly CustomHandler[]
  /** Lower-case names of time zones. */
  readonly timezones: ReadonlySet<string>
  readonly schemaDescriptions: ReadonlyMap<string, string>
  /** Of the roles that the login role may become. */
  readonly roleSettings: ReadonlyMap<string, RoleSettings>
}

/** The key of a name in the maps of the schema cache. */
export function key({ schema, name }: QualifiedName): string {
  return `${schema}\u0000${name}`
}

// ---- whom a request acts as

/** The outcome of authentication: the role and what request.jwt.claims will hold. */
export interface Identity {
  readonly role: string
  /** JSON text of an object. Always there: for anonymous requests it holds the role alone. */
  readonly claims: string
  readonly isAnonymous: boolean
}

// ---- SQL to run, and what came of it

/** A value goes as text unless it is bytes, which go in binary. */
export type ParameterValue = string | null | Uint8Array

export interface Statement {
  readonly text: string
  readonly values: readonly ParameterValue[]
}

/** One transaction. `settings`, `preRequest`, `main` and `planned` run in this order, sent together where that is possible. */
export interface Transaction {
  readonly isReadOnly: boolean
  readonly isolation: Isolation
  readonly end: 'commit' | 'rollback'
  /** Role, claims, headers, search_path and the rest, by set_config(…, true). */
  readonly settings: Statement
  readonly preRequest: Statement | null
  /** Gives one row of MAIN_COLUMNS; null where only the settings and pre-request matter. */
  readonly main: Statement | null
  /** EXPLAIN (FORMAT JSON) of the rows without limit, for planned and estimated counts. */
  readonly planned: Statement | null
  /** When the row says otherwise the transaction is rolled back and the request fails with this outcome. */
  readonly require: Requirement | null
  /** Named on the server and kept; false sends it unnamed. */
  readonly isPrepared: boolean
  /** Whether functions or triggers of the database's people run that may change the session for longer than the transaction: it is cleaned after them. */
  readonly mayChangeSession: boolean
}

/** What must be true of the main row, or all is undone. */
export type Requirement =
  /** `maxAffected`: no more than so many either, null where no limit was set. */
  | { readonly kind: 'single-row'; readonly maxAffected: number | null }
  | { readonly kind: 'max-affected'; readonly rows: number }
  | { readonly kind: 'put-one-row' }

/**
 * Columns of the main statement, in this order. `body` is last, so that its bytes can be passed on while they arrive.
 * total: bigint or null, count=exact. page_total: bigint, rows in the body or affected. inserted: bigint or null, rows that an upsert inserted.
 * location: JSON or null, where the client can go on: of writes the query string of Location as a list of [name, value], not encoded yet; of full
 * pages by cursor the key of the last row, a list of texts. headers, status: text or null, of
 * response.headers and response.status. body: json, text or bytea; asked for in binary, its bytes are what is sent (of a custom handler
 * that gives jsonb with the version byte before them, as PostgREST does); null is no bytes.
 * With ResponsePlan.explain the statement gives rows of one column instead: the lines of the plan.
 */
export const MAIN_COLUMNS = [
  'total',
  'page_total',
  'inserted',
  'location',
  'headers',
  'status',
  'body',
] as const

/** The body as Postgres made it: all of it, or on its way. */
export type ResultBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly sizeBytes: number; readonly chunks: AsyncIterable<Uint8Array> }

export interface ResultSet {
  /** Rows without limit, where they were counted: exact, or the planner's guess. */
  readonly total: number | null
  readonly pageTotal: number
  readonly inserted: number | null
  readonly location: string | null
  /** Raw text of the response.headers setting, null when unset or empty. */
  readonly headers: string | null
  readonly status: string | null
  /** What the media type's handler gave; null for a statement without rows (`explain`'s text is the body). */
  readonly body: ResultBody
}

/** What the engine answers: written to the socket as it is. */
export interface RestResponse {
  readonly status: number
  /** The reason phrase, where a function chose one. */
  readonly statusText: string | null
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** null writes none, and no Content-Length either. */
  readonly body: ResultBody | null
}
