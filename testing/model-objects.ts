// Objects of the schema model for unit tests: everything usual, and what a test says otherwise.
import type {
  Column,
  Constraint,
  EnumType,
  ForeignKey,
  Index,
  ModelObject,
  ObjectOfKind,
  Routine,
  SchemaModel,
  Table,
  View,
} from '#contract/schema/types.ts'
import { newColumn, newForeignKey, newIndex, newKey, newTable } from '#postgres/common/catalog/edit/parts.ts'

/** A model of Postgres 18 with these objects and a schema `public`. */
export function testModel(
  objects: readonly ModelObject[],
  dependencies: SchemaModel['dependencies'] = [],
): SchemaModel {
  return {
    serverVersion: 180000,
    database: 'test',
    objects: [testSchema('public'), ...objects],
    dependencies,
  }
}

export function testSchema(name: string, id = `schema:${name}`): ObjectOfKind<'schema'> {
  return { kind: 'schema', id, name, owner: 'owner', comment: null, grants: [] }
}

/** A column; its id is `column:` and its name unless said otherwise. */
export function testColumn(name: string, type = 'text', rest: Partial<Column> = {}): Column {
  return { ...newColumn({ id: `column:${name}`, name, type, typeId: null }), ...rest }
}

/** A table of the columns; ids are `table:` and its name unless said otherwise. */
export function testTable(name: string, columns: readonly Column[], rest: Partial<Table> = {}): Table {
  const table = newTable({ id: `table:${name}`, schema: 'public', name, owner: 'owner' })
  return { ...table, columns, ...rest }
}

export function testKey(
  name: string,
  columns: readonly string[],
  kind: 'primary key' | 'unique' = 'primary key',
): Constraint {
  return newKey({ kind, id: `constraint:${name}`, name, columns })
}

export function testForeignKey(
  name: string,
  columns: readonly string[],
  references: ForeignKey['references'],
  rest: Partial<ForeignKey> = {},
): ForeignKey {
  return {
    ...newForeignKey({ id: `constraint:${name}`, name, columns: columns, references }),
    ...rest,
  }
}

export function testCheck(name: string, expression: string): Constraint {
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
  }
}

export function testIndex(name: string, columns: readonly string[], rest: Partial<Index> = {}): Index {
  return { ...newIndex({ id: `index:${name}`, name, columns }), ...rest }
}

export function testView(
  name: string,
  columns: readonly (readonly [string, string])[],
  definition: string,
): View {
  return {
    kind: 'view',
    id: `view:${name}`,
    schema: 'public',
    name,
    owner: 'owner',
    comment: null,
    isMaterialized: false,
    columns: columns.map(([column, type]) => ({
      id: `column:${name}.${column}`,
      name: column,
      type,
      comment: null,
      default: null,
      grants: [],
    })),
    definition,
    options: [],
    isPopulated: true,
    indexes: [],
    triggers: [],
    rules: [],
    grants: [],
    tablespace: null,
    accessMethod: null,
  }
}

export function testEnum(name: string, labels: readonly string[]): EnumType {
  return {
    kind: 'enum',
    id: `enum:${name}`,
    schema: 'public',
    name,
    owner: 'owner',
    comment: null,
    labels: labels.map((label) => ({ id: `enumLabel:${label}`, label })),
    grants: [{ grantee: null, privilege: 'USAGE', isGrantable: false }],
  }
}

export function testFunction(name: string, body: string, rest: Partial<Routine> = {}): Routine {
  return {
    kind: 'routine',
    id: `routine:${name}`,
    schema: 'public',
    name,
    owner: 'owner',
    comment: null,
    routineKind: 'function',
    identityArguments: '',
    returns: 'integer',
    language: 'sql',
    definition: `CREATE OR REPLACE FUNCTION public.${name}()\n RETURNS integer\n LANGUAGE sql\nAS $function$${body}$function$\n`,
    grants: [{ grantee: null, privilege: 'EXECUTE', isGrantable: false }],
    ...rest,
  }
}
