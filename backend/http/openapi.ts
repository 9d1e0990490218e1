// The description of the HTTP API (OpenAPI 3.1), made from the schemas of the contract: nothing of it is written by hand.
import { z } from 'zod'
import { ERROR_CATALOGUE, WireError } from '#contract/errors.ts'
import type { Contract } from '#contract/rpc/definition.ts'
import { listOperations, type Operation, readsQuery } from './operations.ts'

type Json = Record<string, unknown>

/** Makes the document. */
export function createOpenApi(contract: Contract): Json {
  const operations = listOperations(contract)
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const path = `/v1${operation.http.path}`
    paths[path] = { ...paths[path], [operation.http.method.toLowerCase()]: describe(operation) }
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'NebulaDB',
      version: '1',
      description:
        'Accounts, organisations, projects and their databases. The desktop app uses the same calls.',
    },
    servers: [{ url: '/' }],
    security: [{ accessToken: [] }],
    tags: [...new Set(operations.map((operation) => operation.capability))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The accessToken of auth.logIn, auth.signUp or auth.refresh.',
        },
      },
      schemas: { Error: errorSchema() },
      responses: errorResponses(),
    },
  }
}

function describe(operation: Operation): Json {
  const input = toSchema(operation.definition.input, 'input')
  const properties = recordOf(input['properties'])
  const required = arrayOf(input['required'])
  const inPath = operation.pathFields.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: properties[name] ?? { type: 'string' },
  }))
  const others = Object.keys(properties).filter((name) => !operation.pathFields.includes(name))
  const usesQuery = readsQuery(operation.http)
  const inQuery = usesQuery
    ? others.map((name) => ({
        name,
        in: 'query',
        required: required.includes(name),
        schema: properties[name],
      }))
    : []
  return {
    operationId: operation.id,
    tags: [operation.capability],
    summary: operation.http.summary,
    ...(operation.http.public === true ? { security: [] } : {}),
    parameters: [...inPath, ...inQuery],
    ...(usesQuery || others.length === 0 ? {} : { requestBody: bodyOf(input, others) }),
    responses: { ...success(operation), ...failures(operation) },
  }
}

function bodyOf(input: Json, names: readonly string[]): Json {
  const properties = recordOf(input['properties'])
  const required = arrayOf(input['required']).filter((name) => names.includes(name))
  return {
    required: required.length > 0,
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
          ...(required.length > 0 ? { required } : {}),
        },
      },
    },
  }
}

function success(operation: Operation): Json {
  const { definition } = operation
  if (definition.kind === 'stream')
    return {
      200: {
        description: 'Server-sent events: `data` holds one item each, the last event is `end` or `error`.',
        content: { 'text/event-stream': { schema: toSchema(definition.item, 'output') } },
      },
    }
  if (definition.output instanceof z.ZodVoid) return { 204: { description: 'Done.' } }
  return {
    200: {
      description: 'Done.',
      content: { 'application/json': { schema: toSchema(definition.output, 'output') } },
    },
  }
}

/** Statuses that every operation may answer; the body's code says more. */
function failures(operation: Operation): Json {
  const statuses = [400, ...(operation.http.public === true ? [] : [401]), 403, 404, 409, 413, 429, 500, 503]
  return {
    ...Object.fromEntries(
      statuses.map((status) => [status, { $ref: `#/components/responses/${name(status)}` }]),
    ),
    default: { $ref: '#/components/responses/Error' },
  }
}

function errorResponses(): Json {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  const statuses = [...new Set(Object.values(ERROR_CATALOGUE).map((kind) => kind.status))].sort(
    (a, b) => a - b,
  )
  return {
    Error: { description: 'Any other error of the catalogue.', content },
    ...Object.fromEntries(
      statuses.map((status) => [
        name(status),
        {
          description: Object.entries(ERROR_CATALOGUE)
            .filter(([, kind]) => kind.status === status)
            .map(([code, kind]) => `${code}: ${kind.meaning}`)
            .join('\n'),
          ...(status === 429
            ? { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } } }
            : {}),
          content,
        },
      ]),
    ),
  }
}

function errorSchema(): Json {
  const error = toSchema(WireError.extend({ code: z.enum(Object.keys(ERROR_CATALOGUE)) }), 'output')
  return { type: 'object', properties: { error }, required: ['error'] }
}

function name(status: number): string {
  return `Error${status}`
}

/** A zod schema as JSON Schema. What JSON cannot say (a refinement) is left out: the service still checks it. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return json
}

function recordOf(value: unknown): Json {
  return z.record(z.string(), z.unknown()).catch({}).parse(value)
}

function arrayOf(value: unknown): readonly string[] {
  return z.array(z.string()).catch([]).parse(value)
}
