// What rows, arguments and results look like, as JSON Schema.
import { key, type Column, type Routine, type Table } from '../../types.ts'
import { foreignKeyOf, type DocumentInput } from './input.ts'
import { optional, rowComponent, rowReference, type JsonObject } from './json.ts'
import { relationsOf } from './relations.ts'
import { isArray, parseDefault } from './swagger-types.ts'

interface KnownType {
  readonly schema: JsonObject
  readonly example: unknown
}

/** Types may be named as anything, so that no object is looked up in. */
const TYPES: ReadonlyMap<string, KnownType> = new Map(
  Object.entries<KnownType>({
    boolean: { schema: { type: 'boolean' }, example: true },
    smallint: { schema: { type: 'integer', minimum: -32_768, maximum: 32_767 }, example: 1 },
    integer: { schema: { type: 'integer', format: 'int32' }, example: 1 },
    bigint: { schema: { type: 'integer', format: 'int64' }, example: 1 },
    numeric: { schema: { type: 'number' }, example: 9.99 },
    real: { schema: { type: 'number', format: 'float' }, example: 0.5 },
    'double precision': { schema: { type: 'number', format: 'double' }, example: 0.5 },
    json: { schema: {}, example: { name: 'value' } },
    jsonb: { schema: {}, example: { name: 'value' } },
    uuid: {
      schema: { type: 'string', format: 'uuid' },
      example: '3b241101-e2bb-4255-8caf-4136c566a962',
    },
    date: { schema: { type: 'string', format: 'date' }, example: '2026-01-31' },
    'timestamp with time zone': {
      schema: { type: 'string', format: 'date-time' },
      example: '2026-01-31T12:00:00+00:00',
    },
    'timestamp without time zone': { schema: { type: 'string' }, example: '2026-01-31T12:00:00' },
    'time without time zone': { schema: { type: 'string' }, example: '12:00:00' },
    interval: { schema: { type: 'string' }, example: '1 day' },
    bytea: { schema: { type: 'string' }, example: String.raw`\x00ff` },
    text: { schema: { type: 'string' }, example: 'text' },
  }),
)
const OTHER: KnownType = { schema: { type: 'string' }, example: 'text' }

function knownType(type: string): KnownType {
  if (!isArray(type)) return TYPES.get(type) ?? OTHER
  const item = knownType(type.slice(0, -2))
  return { schema: { type: 'array', items: item.schema }, example: [item.example] }
}

/** A value that the column could have. */
export function exampleOf({ type, enumValues, isComposite }: Column): unknown {
  return enumValues[0] ?? (isComposite ? {} : knownType(type).example)
}

/** `row.films`: a row as it is read; `insert.films` and `update.films`: as it is written. */
export function rowSchemas(input: DocumentInput, table: Table): [string, JsonObject][] {
  const columns = [...table.columns.values()]
  const writable = columns.filter(({ isGenerated, identity }) => !isGenerated && identity !== 'always')
  const schema = (members: readonly Column[], required: readonly Column[]): JsonObject => ({
    type: 'object',
    ...optional({ description: table.description }),
    properties: Object.fromEntries(
      members.map((column) => [column.name, columnSchema(input, table, column)]),
    ),
    ...(required.length > 0 ? { required: required.map(({ name }) => name) } : {}),
    example: Object.fromEntries(members.map((column) => [column.name, exampleOf(column)])),
  })
  const isNeeded = (column: Column): boolean =>
    !column.isNullable && column.default === null && column.identity === null
  return [
    [rowComponent('row', table.name), { ...schema(columns, []), ...shapeOf(input, table) }],
    ...(table.isInsertable
      ? [
          [rowComponent('insert', table.name), schema(writable, writable.filter(isNeeded))] satisfies [
            string,
            JsonObject,
          ],
        ]
      : []),
    ...(table.isUpdatable
      ? [[rowComponent('update', table.name), schema(writable, [])] satisfies [string, JsonObject]]
      : []),
  ]
}

/** What JSON Schema has no words for: keys, relations, and whether it is a view. */
function shapeOf(input: DocumentInput, table: Table): JsonObject {
  return {
    'x-kind': table.kind === 'view' || table.kind === 'materialized view' ? 'view' : 'table',
    'x-primary-key': table.primaryKey,
    'x-relations': relationsOf(input, table),
  }
}

function columnSchema(input: DocumentInput, table: Table, column: Column): JsonObject {
  const { schema } = column.isComposite ? { schema: { type: 'object' } } : knownType(column.type)
  const foreignKey = foreignKeyOf(input, table, column.name)
  const notes = [
    ...(column.description === null ? [] : [column.description]),
    ...(table.primaryKey.includes(column.name) ? ['Primary key.'] : []),
    ...(foreignKey === undefined ? [] : [`Refers to ${foreignKey.table}.${foreignKey.column}.`]),
  ]
  return {
    ...nullable(schema, column.isNullable),
    ...optional({
      description: notes.length === 0 ? undefined : notes.join('\n\n'),
      enum: enumOf(column),
      maxLength: column.maxLength,
      default: column.default === null ? undefined : constantDefault(column),
    }),
    ...(column.isGenerated || column.identity === 'always' ? { readOnly: true } : {}),
    'x-postgres-type': column.nominalType,
    'x-nullable': column.isNullable,
    'x-has-default': column.default !== null || column.identity !== null,
    ...(foreignKey === undefined ? {} : { 'x-references': foreignKey }),
  }
}

function enumOf({ enumValues, isNullable }: Column): readonly (string | null)[] | undefined {
  if (enumValues.length === 0) return undefined
  return isNullable ? [...enumValues, null] : enumValues
}

function nullable(schema: JsonObject, isNullable: boolean): JsonObject {
  return isNullable && typeof schema['type'] === 'string'
    ? { ...schema, type: [schema['type'], 'null'] }
    : schema
}

/** Only of constants: what is computed for each row is no value. */
function constantDefault({ type, default: expression }: Column): unknown {
  if (expression === null) return undefined
  const isConstant = /^('[^']*'(::[^(]*)?|-?\d+(\.\d+)?|true|false)$/.test(expression)
  const schemaType = knownType(type).schema['type']
  return isConstant && typeof schemaType === 'string' && schemaType !== 'array'
    ? parseDefault(type, expression)
    : undefined
}

/** The arguments of a call, as the body of a POST. */
export function argumentSchema({ parameters }: Routine): JsonObject {
  const [first] = parameters
  // A single parameter without a name takes the whole body.
  if (first?.name === '') return { ...knownType(first.type).schema, 'x-postgres-type': first.type }
  const required = parameters.filter(({ isRequired }) => isRequired).map(({ name }) => name)
  return {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, type, isVariadic }) => [
        name,
        {
          ...knownType(type).schema,
          'x-postgres-type': type,
          ...(isVariadic ? { 'x-variadic': true } : {}),
        },
      ]),
    ),
    ...(required.length > 0 ? { required } : {}),
    example: Object.fromEntries(parameters.map(({ name, type }) => [name, knownType(type).example])),
  }
}

/** What a call gives. */
export function returnSchema({ cache, schema, privileges }: DocumentInput, { returns }: Routine): JsonObject {
  const one = (): JsonObject => {
    if (returns.kind === 'void') return { type: 'null' }
    if (returns.kind === 'scalar') return knownType(returns.type).schema
    const table = returns.type.schema === schema ? cache.tables.get(key(returns.type)) : undefined
    const isDescribed = table !== undefined && (privileges?.relations.has(table.oid) ?? true)
    return isDescribed ? rowReference('row', table.name) : { type: 'object' }
  }
  return returns.isSetOf ? { type: 'array', items: one() } : one()
}
