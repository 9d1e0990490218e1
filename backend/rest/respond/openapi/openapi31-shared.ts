// What all paths of the 3.1 document share: parameters, errors.
import type { JsonObject } from './json.ts'

/** Every error's body. */
export const ERROR_SCHEMA: JsonObject = {
  type: 'object',
  description: 'What went wrong.',
  properties: {
    code: {
      type: 'string',
      description: 'A code of the API (PGRST…) or the SQLSTATE of the database.',
      example: 'PGRST100',
    },
    message: { type: 'string' },
    details: { description: 'Text, or a list of objects.' },
    hint: { type: ['string', 'null'], description: 'What may help.' },
  },
  required: ['code', 'message'],
}

const ERRORS: Readonly<Record<string, string>> = {
  400: 'The request or a value in it is wrong.',
  401: 'A key or token is missing, or is not valid.',
  403: 'The role may not do this.',
  404: 'There is no such table or function.',
  409: 'A constraint of the database does not allow it.',
  416: 'There are not so many rows.',
  429: 'Too many requests: try again after the time that Retry-After says.',
}

/** By status. */
export function errorResponses(): JsonObject {
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/error' } } }
  return Object.fromEntries(
    Object.entries(ERRORS).map(([status, description]) => [status, { description, content }]),
  )
}

/** Parameters that requests to tables and functions know. */
export function sharedParameters(): JsonObject {
  return {
    select: query('select', 'Columns, and rows of related tables.', 'id,name,orders(id)'),
    order: query('order', 'Order of the rows.', 'name.desc.nullslast,id'),
    limit: { ...query('limit', 'Largest number of rows.', 10), schema: { type: 'integer', minimum: 0 } },
    offset: { ...query('offset', 'Rows to pass over.', 0), schema: { type: 'integer', minimum: 0 } },
    or: query('or', 'Rows that match one of the conditions.', '(age.lt.18,age.gt.65)'),
    and: query('and', 'Rows that match all of the conditions.', '(age.gte.18,age.lt.65)'),
    columns: query('columns', 'Which keys of the body are written.', 'id,name'),
    onConflict: query('on_conflict', 'Unique columns by which rows are found that are there already.', 'id'),
    preferCount: header('Prefer', 'Whether rows are counted, and how.', [
      'count=exact',
      'count=planned',
      'count=estimated',
    ]),
    preferWrite: header('Prefer', 'What is answered, and what becomes of rows that are there already.', [
      'return=minimal',
      'return=headers-only',
      'return=representation',
      'resolution=merge-duplicates',
      'resolution=ignore-duplicates',
      'missing=default',
    ]),
    range: header('Range', 'First and last row, in place of limit and offset.', ['0-9']),
    acceptProfile: header('Accept-Profile', 'The exposed schema that is read.'),
    contentProfile: header('Content-Profile', 'The exposed schema that is written.'),
  }
}

function query(name: string, description: string, example: unknown): JsonObject {
  return { name, in: 'query', description, schema: { type: 'string' }, example }
}

function header(name: string, description: string, examples: readonly string[] = []): JsonObject {
  return {
    name,
    in: 'header',
    description,
    schema: { type: 'string', ...(examples.length > 0 ? { examples } : {}) },
  }
}
