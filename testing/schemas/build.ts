// Parts of a schema model for tests that need no database: each with usual values, and what the test says.
import type {
  Column,
  Constraint,
  ConstraintOfKind,
  ForeignKey,
  Index,
  IndexElement,
  ModelObject,
  Routine,
  SchemaModel,
  Table,
  View,
} from '#contract/schema/types.ts'

/** A model of Postgres 18 without dependencies. */
export function buildModel(objects: readonly ModelObject[], serverVersion = 180000): SchemaModel {
  return { serverVersion, database: 'test', objects, dependencies: [] }
}

export function buildColumn(name: string, type: string, rest: Partial<Column> = {}): Column {
  return {
    id: `column:${name}`,
    name,
    type,
    typeId: null,
    isNullable: true,
    notNull: null,
    default: null,
    identity: null,
    generated: null,
    collation: null,
    storage: null,
    compression: null,
    statisticsTarget: null,
    options: [],
    comment: null,
    grants: [],
    isInherited: false,
    ...rest,
  }
}

export function buildTable(name: string, rest: Partial<Table> = {}): Table {
  return {
    kind: 'table',
    id: `table:${name}`,
    schema: 'public',
    name,
    owner: 'postgres',
    comment: null,
    grants: [],
    isUnlogged: false,
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    rules: [],
    policies: [],
    hasRowSecurity: false,
    isRowSecurityForced: false,
    partitionKey: null,
    partitionOf: null,
    inherits: [],
    foreign: null,
    replicaIdentity: { kind: 'default', index: null },
    options: [],
    tablespace: null,
    accessMethod: null,
    estimatedRows: null,
    sizeBytes: null,
    ...rest,
  }
}

type Key = Exclude<Constraint, ForeignKey | ConstraintOfKind<'check'> | ConstraintOfKind<'exclusion'>>

export function buildKey(kind: 'primary key' | 'unique', name: string, rest: Partial<Key> = {}): Key {
  return {
    kind,
    id: `constraint:${name}`,
    name,
    comment: null,
    isInherited: false,
    isDeferrable: false,
    isInitiallyDeferred: false,
    columns: ['id'],
    include: [],
    isNullsNotDistinct: false,
    isWithoutOverlaps: false,
    options: [],
    tablespace: null,
    ...rest,
  }
}

export function buildForeignKey(
  name: string,
  references: ForeignKey['references'],
  rest: Partial<ForeignKey> = {},
): ForeignKey {
  return {
    kind: 'foreign key',
    id: `constraint:${name}`,
    name,
    comment: null,
    isInherited: false,
    isDeferrable: false,
    isInitiallyDeferred: false,
    columns: ['id'],
    references,
    match: 'simple',
    onUpdate: 'no action',
    onDelete: 'no action',
    onDeleteColumns: [],
    isPeriod: false,
    isValidated: true,
    isEnforced: true,
    ...rest,
  }
}

export function buildCheck(
  name: string,
  expression: string,
  rest: Partial<ConstraintOfKind<'check'>> = {},
): ConstraintOfKind<'check'> {
  return {
    kind: 'check',
    id: `constraint:${name}`,
    name,
    comment: null,
    isInherited: false,
    expression,
    isNoInherit: false,
    isValidated: true,
    isEnforced: true,
    ...rest,
  }
}

export function buildElement(rest: Partial<IndexElement>): IndexElement {
  return {
    column: null,
    expression: null,
    collation: null,
    operatorClass: null,
    isDescending: false,
    isNullsFirst: false,
    ...rest,
  }
}

export function buildIndex(name: string, columns: readonly string[], rest: Partial<Index> = {}): Index {
  return {
    id: `index:${name}`,
    name,
    method: 'btree',
    elements: columns.map((column) => buildElement({ column })),
    include: [],
    isUnique: false,
    isNullsNotDistinct: false,
    where: null,
    options: [],
    tablespace: null,
    isValid: true,
    isClustered: false,
    parent: null,
    comment: null,
    ...rest,
  }
}

export function buildView(name: string, definition: string, rest: Partial<View> = {}): View {
  return {
    kind: 'view',
    id: `view:${name}`,
    schema: 'public',
    name,
    owner: 'postgres',
    comment: null,
    isMaterialized: false,
    columns: [],
    definition,
    options: [],
    isPopulated: true,
    indexes: [],
    triggers: [],
    rules: [],
    grants: [],
    tablespace: null,
    accessMethod: null,
    ...rest,
  }
}

export function buildRoutine(name: string, body: string, rest: Partial<Routine> = {}): Routine {
  return {
    kind: 'routine',
    id: `routine:${name}`,
    schema: 'public',
    name,
    owner: 'postgres',
    comment: null,
    routineKind: 'function',
    identityArguments: '',
    returns: 'integer',
    language: 'sql',
    definition: `CREATE OR REPLACE FUNCTION public.${name}()\n RETURNS integer\n LANGUAGE sql\nAS $function$ ${body} $function$\n`,
    grants: [{ grantee: null, privilege: 'EXECUTE', isGrantable: false }],
    ...rest,
  }
}
