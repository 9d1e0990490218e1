// The parameters that Swagger's paths refer to.
import type { Table } from '../../types.ts'
import { pointer, type JsonObject } from './json.ts'

const PREFER = { name: 'Prefer', in: 'header', description: 'Preference', required: false, type: 'string' }
const RETURN = ['return=representation', 'return=minimal', 'return=none']
const RESOLUTION = ['resolution=ignore-duplicates', 'resolution=merge-duplicates']

const COMMON: JsonObject = {
  preferParams: PREFER,
  preferReturn: { ...PREFER, enum: RETURN },
  preferCount: { ...PREFER, enum: ['count=none'] },
  preferPost: { ...PREFER, enum: [...RETURN, ...RESOLUTION] },
  select: text('select', 'Filtering Columns'),
  on_conflict: text('on_conflict', 'On Conflict'),
  order: text('order', 'Ordering'),
  range: { ...text('Range', 'Limiting and Pagination'), in: 'header' },
  rangeUnit: { ...text('Range-Unit', 'Limiting and Pagination'), in: 'header', default: 'items' },
  offset: text('offset', 'Limiting and Pagination'),
  limit: text('limit', 'Limiting and Pagination'),
}

/** Those that all paths share, and the body and filters of each table. */
export function parameterDefinitions(tables: readonly Table[]): JsonObject {
  return {
    ...COMMON,
    ...Object.fromEntries(
      tables.flatMap(({ name, columns }): [string, JsonObject][] => [
        [
          `body.${name}`,
          {
            name,
            in: 'body',
            description: name,
            required: false,
            schema: { $ref: `#/definitions/${pointer(name)}` },
          },
        ],
        ...[...columns.values()].map((column): [string, JsonObject] => [
          `rowFilter.${name}.${column.name}`,
          text(column.name, column.description),
        ]),
      ]),
    ),
  }
}

function text(name: string, description: string | null): JsonObject {
  return {
    name,
    in: 'query',
    ...(description === null ? {} : { description }),
    required: false,
    type: 'string',
  }
}
