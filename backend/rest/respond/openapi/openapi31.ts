// Our own description of the API, in OpenAPI 3.1: each table with its columns, comments and examples, each function with its arguments, and what
// requests and errors look like.
import type { Routine, Table } from '../../types.ts'
import { splitComment, visibleRoutines, visibleTables, type DocumentInput } from './input.ts'
import { optional, rowReference, type JsonObject } from './json.ts'
import { ERROR_SCHEMA, errorResponses, sharedParameters } from './openapi31-shared.ts'
import { argumentSchema, exampleOf, returnSchema, rowSchemas } from './openapi31-schemas.ts'

export interface OpenApiInput extends DocumentInput {
  /** In place of the first line of the schema's comment. */
  readonly title?: string | undefined
}

/** Describes what `input` shows, as JSON. */
export function openApi31(input: OpenApiInput): JsonObject {
  const { cache, schema, serverUrl } = input
  const { summary, description } = splitComment(cache.schemaDescriptions.get(schema))
  const tables = visibleTables(input)
  const routines = visibleRoutines(input)
  return {
    openapi: '3.1.0',
    'x-postgres-schema': schema,
    info: {
      title: input.title ?? summary ?? 'Data API',
      ...optional({ description }),
      // Of the document, not of a program: the schema has no number of its own.
      version: String(cache.version),
    },
    servers: [{ url: serverUrl.href.replace(/\/$/, '') }],
    tags: tables.map(({ name, description: comment }) =>
      optional({ name, description: splitComment(comment).summary }),
    ),
    security: [{ apiKey: [] }, { apiKey: [], bearer: [] }, { bearer: [] }],
    paths: Object.fromEntries([
      ...tables.map((table): [string, JsonObject] => [pathOf('/', table.name), tablePath(input, table)]),
      ...routines.map((routine): [string, JsonObject] => [
        pathOf('/rpc/', routine.name),
        routinePath(input, routine),
      ]),
    ]),
    components: {
      securitySchemes: {
        apiKey: {
          type: 'apiKey',
          in: 'header',
          name: 'apikey',
          description: 'A publishable or secret key of the project.',
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'A token of a signed-in user. Its role decides what may be seen and done.',
        },
      },
      parameters: sharedParameters(),
      responses: errorResponses(),
      schemas: Object.fromEntries([
        ['error', ERROR_SCHEMA],
        ...tables.flatMap((table) => rowSchemas(input, table)),
      ]),
    },
  }
}

/** A name in a path template: braces would open a parameter. */
function pathOf(prefix: string, name: string): string {
  return prefix + encodeURIComponent(name)
}

function reference(kind: 'parameters' | 'responses', name: string): JsonObject {
  return { $ref: `#/components/${kind}/${name}` }
}

function tablePath(input: DocumentInput, table: Table): JsonObject {
  const { oid, name, isInsertable, isUpdatable, isDeletable } = table
  const may = input.privileges?.relations.get(oid) ?? {
    select: true,
    insert: true,
    update: true,
    delete: true,
  }
  const filters = columnFilters(table)
  const operation = (verb: string, summary: string, parts: JsonObject): JsonObject => ({
    operationId: `${verb}_${name}`,
    tags: [name],
    summary,
    ...optional({ description: table.description }),
    ...parts,
  })
  return {
    ...(may.select
      ? {
          get: operation('read', `Read rows of ${name}`, {
            parameters: [
              ...filters,
              ...[
                'select',
                'order',
                'limit',
                'offset',
                'or',
                'and',
                'preferCount',
                'range',
                'acceptProfile',
              ].map((one) => reference('parameters', one)),
            ],
            responses: {
              200: rowsResponse('The rows.', name),
              206: rowsResponse('A part of the rows: there are more.', name),
              ...failures(),
            },
          }),
        }
      : {}),
    ...(isInsertable && may.insert
      ? {
          post: operation('insert', `Insert rows into ${name}`, {
            parameters: ['select', 'columns', 'onConflict', 'preferWrite', 'contentProfile'].map((one) =>
              reference('parameters', one),
            ),
            requestBody: body(name, 'insert'),
            responses: {
              200: rowsResponse('All rows were there before, and were updated.', name),
              201: rowsResponse('The rows that were inserted, with `return=representation`.', name),
              ...failures(),
            },
          }),
        }
      : {}),
    ...(isUpdatable && may.update
      ? {
          patch: operation('update', `Update rows of ${name}`, {
            parameters: [
              ...filters,
              ...['select', 'columns', 'or', 'and', 'preferWrite', 'contentProfile'].map((one) =>
                reference('parameters', one),
              ),
            ],
            requestBody: body(name, 'update'),
            responses: {
              200: rowsResponse('The updated rows, with `return=representation`.', name),
              204: { description: 'The rows were updated.' },
              ...failures(),
            },
          }),
        }
      : {}),
    ...(isDeletable && may.delete
      ? {
          delete: operation('delete', `Delete rows of ${name}`, {
            parameters: [
              ...filters,
              ...['select', 'or', 'and', 'preferWrite', 'contentProfile'].map((one) =>
                reference('parameters', one),
              ),
            ],
            responses: {
              200: rowsResponse('The deleted rows, with `return=representation`.', name),
              204: { description: 'The rows were deleted.' },
              ...failures(),
            },
          }),
        }
      : {}),
  }
}

/** Words of the query that a column of this name cannot be filtered by. */
const RESERVED = new Set(['select', 'order', 'limit', 'offset', 'or', 'and', 'columns', 'on_conflict'])

/** `?column=operator.value` */
function columnFilters({ columns }: Table): JsonObject[] {
  const filterable = [...columns.values()].filter(({ name }) => !RESERVED.has(name))
  return filterable.map((column) => ({
    name: column.name,
    in: 'query',
    description: column.description ?? `Filter by ${column.name}: an operator and a value.`,
    schema: { type: 'string' },
    example: `eq.${plainExample(exampleOf(column))}`,
  }))
}

function plainExample(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function rowsResponse(description: string, table: string): JsonObject {
  const row = rowReference('row', table)
  return {
    description,
    headers: {
      'Content-Range': {
        description: 'First and last row, and how many there are: `0-9/100`.',
        schema: { type: 'string' },
      },
    },
    content: {
      'application/json': { schema: { type: 'array', items: row } },
      'application/vnd.pgrst.object+json': { schema: row },
      'text/csv': { schema: { type: 'string' } },
    },
  }
}

function body(table: string, kind: 'insert' | 'update'): JsonObject {
  const row = rowReference(kind, table)
  const schema = kind === 'update' ? row : { anyOf: [row, { type: 'array', items: row }] }
  return {
    required: true,
    content: {
      'application/json': { schema },
      ...(kind === 'insert' ? { 'text/csv': { schema: { type: 'string' } } } : {}),
    },
  }
}

function failures(): JsonObject {
  return Object.fromEntries(
    ['400', '401', '403', '404', '409', '416', '429'].map((status) => [
      status,
      reference('responses', status),
    ]),
  )
}

/** In the types of Postgres, where JSON's say less. */
function returnsOf({ returns }: Routine): JsonObject {
  if (returns.kind === 'void') return { type: 'void', isSet: false }
  return {
    type: returns.kind === 'scalar' ? returns.type : returns.type.name,
    isSet: returns.isSetOf,
  }
}

function routinePath(input: DocumentInput, routine: Routine): JsonObject {
  const { name, parameters } = routine
  const { summary, description } = splitComment(routine.description)
  const common = {
    tags: ['functions'],
    summary: summary ?? `Call ${name}`,
    ...optional({ description }),
    responses: {
      200: {
        description: 'What the function returns.',
        content: { 'application/json': { schema: returnSchema(input, routine) } },
      },
      ...(routine.returns.kind === 'void' ? { 204: { description: 'The function was run.' } } : {}),
      ...failures(),
    },
  }
  const post = {
    ...common,
    operationId: `call_${name}`,
    parameters: [reference('parameters', 'contentProfile')],
    'x-volatility': routine.volatility,
    'x-returns': returnsOf(routine),
    requestBody: {
      required: parameters.some(({ isRequired }) => isRequired),
      content: { 'application/json': { schema: argumentSchema(routine) } },
    },
  }
  if (routine.volatility === 'volatile') return { post }
  const get = {
    ...common,
    operationId: `get_${name}`,
    parameters: [
      ...parameters
        .filter((parameter) => parameter.name !== '')
        .map((parameter) => ({
          name: parameter.name,
          in: 'query',
          required: parameter.isRequired,
          description: `Type: ${parameter.type}.`,
          schema: { type: 'string' },
        })),
      reference('parameters', 'acceptProfile'),
    ],
  }
  return { get, post }
}
