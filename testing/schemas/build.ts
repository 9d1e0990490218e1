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
import { newColumn, newForeignKey, newIndex, newKey, newTable } from '#postgres/common/catalog/edit/parts.ts'

/** A model of Postgres 18 without dependencies. */
export function buildModel(objects: readonly ModelObject[], serverVersion = 180000): SchemaModel {
  return { serverVersion, database: 'test', objects, dependencies: [] }
}

export function buildColumn(name: string, type: string, rest: Partial<Column> = {}): Column {
  return { ...newColumn({ id: `column:${name}`, name, type, typeId: null }), ...rest }
}

export function buildTable(name: string, rest: Partial<Table> = {}): Table {
  return { ...newTable({ id: `table:${name}`, schema: 'public', name, owner: 'postgres' }), ...rest }
}

type Key = Exclude<Constraint, ForeignKey | ConstraintOfKind<'check'> | ConstraintOfKind<'exclusion'>>

export function buildKey(kind: 'primary key' | 'unique', name: string, rest: Partial<Key> = {}): Key {
  return { ...newKey({ kind, id: `constraint:${name}`, name, columns: ['id'] }), ...rest }
}

export function buildForeignKey(
  name: string,
  references: ForeignKey['references'],
  rest: Partial<ForeignKey> = {},
): ForeignKey {
  return {
    ...newForeignKey({ id: `constraint:${name}`, name, columns: ['id'], references }),
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
  return { ...newIndex({ id: `index:${name}`, name, columns }), ...rest }
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
