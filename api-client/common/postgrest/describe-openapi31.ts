// Our own description, in OpenAPI 3.1 with its extensions for keys, relations and types.
import { z } from 'zod'
import {
  ApiRelation,
  type ApiColumn,
  type ApiDescription,
  type ApiFunction,
  type ApiTable,
} from '#contract/requests/api-description.ts'
import {
  decodeName,
  DocumentHead,
  ObjectSchema,
  Property,
  readPaths,
  resolveReference,
  typeName,
  type Operation,
  type PathOperations,
} from './document.ts'

interface Options {
  readonly baseUrl: string
  readonly schema: string
}

export function describeOpenApi31(document: unknown, options: Options): ApiDescription {
  const { info, paths = {}, ...head } = DocumentHead.parse(document)
  const schema = head['x-postgres-schema'] ?? options.schema
  const all = readPaths(document, paths).map((one) => ({ ...one, name: decodeName(one.name) }))
  return {
    title: info?.title ?? '',
    docs: info?.description ?? '',
    version: info?.version ?? '',
    baseUrl: options.baseUrl,
    schemas: [schema],
    tables: all.filter(({ kind }) => kind === 'table').map((one) => readTable(document, schema, one)),
    functions: all
      .filter(({ kind }) => kind === 'function')
      .map((one) => readFunction(document, schema, one)),
  }
}

function readTable(document: unknown, schema: string, { name, operations }: PathOperations): ApiTable {
  const row = rowSchema(document, operations)
  const insert = objectOf(document, bodySchema(document, operations.get('POST')))
  const required = new Set(insert?.required)
  const primaryKey = new Set(row?.['x-primary-key'])
  const columns = Object.entries(row?.properties ?? insert?.properties ?? {}).map(([column, value]) =>
    readColumn(column, resolveReference(document, value), {
      isPrimaryKey: primaryKey.has(column),
      isRequired: required.has(column),
    }),
  )
  const methods = [...operations.keys()]
  // A PUT writes one whole row by its primary key, where rows may be inserted and updated.
  const canPut = primaryKey.size > 0 && methods.includes('POST') && methods.includes('PATCH')
  return {
    kind: row?.['x-kind'] ?? 'table',
    schema,
    name,
    docs: row?.description ?? '',
    methods: canPut && !methods.includes('PUT') ? [...methods, 'PUT'] : methods,
    columns,
    relations: (row?.['x-relations'] ?? []).flatMap((one) => ApiRelation.safeParse(one).data ?? []),
  }
}

interface Told {
  readonly isPrimaryKey: boolean
  readonly isRequired: boolean
}

function readColumn(name: string, value: unknown, { isPrimaryKey, isRequired }: Told): ApiColumn {
  const property = Property.safeParse(value).data ?? EMPTY
  const isNullable = property['x-nullable'] ?? [property.type ?? []].flat().includes('null')
  const isGenerated = property.readOnly === true
  return {
    name,
    type: typeName(property),
    isNullable,
    hasDefault: property['x-has-default'] ?? (!isRequired && !isNullable && !isGenerated),
    isGenerated,
    isPrimaryKey: isPrimaryKey || paragraphs(property).includes(PRIMARY_KEY),
    maxLength: property.maxLength ?? null,
    values: (property.enum ?? []).filter((one) => typeof one === 'string'),
    references: property['x-references'] ?? null,
    docs: paragraphs(property)
      .filter((one) => one !== PRIMARY_KEY && !/^Refers to .+[.]$/.test(one))
      .join('\n\n'),
  }
}

const EMPTY: Property = { items: undefined, default: undefined }
const PRIMARY_KEY = 'Primary key.'

function paragraphs({ description = '' }: Property): string[] {
  return description.split('\n\n').filter((one) => one !== '')
}

function readFunction(document: unknown, schema: string, { name, operations }: PathOperations): ApiFunction {
  const operation = operations.get('POST') ?? operations.get('GET')
  const body = resolveReference(document, bodySchema(document, operations.get('POST')))
  const shape = ObjectSchema.safeParse(body).data
  const single = Property.safeParse(body).data
  const required = new Set(shape?.required)
  const parameters =
    shape?.properties === undefined
      ? // One without a name takes the whole body.
        single?.['x-postgres-type'] === undefined
        ? []
        : [{ name: '', type: single['x-postgres-type'], isRequired: true, isVariadic: false, docs: '' }]
      : Object.entries(shape.properties).map(([parameter, value]) => {
          const property = Property.safeParse(resolveReference(document, value)).data ?? EMPTY
          return {
            name: parameter,
            type: typeName(property),
            isRequired: required.has(parameter),
            isVariadic: property['x-variadic'] === true,
            docs: property.description ?? '',
          }
        })
  const summary = operation?.summary === `Call ${name}` ? undefined : operation?.summary
  return {
    kind: 'function',
    schema,
    name,
    docs: [summary, operation?.description].filter((one) => one !== undefined).join('\n\n'),
    methods: [...operations.keys()],
    parameters,
    returns: returnsOf(document, operation),
  }
}

const Response = z.object({ content: z.record(z.string(), z.object({ schema: z.unknown().optional() })) })

function returnsOf(document: unknown, operation: Operation | undefined): ApiFunction['returns'] {
  const response = Response.safeParse(resolveReference(document, operation?.responses?.['200'])).data
  const schema = resolveReference(document, response?.content['application/json']?.schema)
  const property = Property.safeParse(schema).data ?? EMPTY
  const row = objectOf(document, schema)
  const primaryKey = new Set(row?.['x-primary-key'])
  const told = operation?.['x-returns']
  return {
    type: told?.type ?? typeName(property),
    isSet: told?.isSet ?? property.type === 'array',
    columns: Object.entries(row?.properties ?? {}).map(([column, value]) =>
      readColumn(column, resolveReference(document, value), {
        isPrimaryKey: primaryKey.has(column),
        isRequired: false,
      }),
    ),
  }
}

/** Of a read; or of a write, where nobody may read. */
function rowSchema(document: unknown, operations: ReadonlyMap<string, Operation>) {
  for (const operation of operations.values()) {
    for (const status of ['200', '201']) {
      const response = Response.safeParse(resolveReference(document, operation.responses?.[status])).data
      const found = objectOf(document, response?.content['application/json']?.schema)
      if (found !== undefined) return found
    }
  }
  return undefined
}

const Body = z.object({ content: z.record(z.string(), z.object({ schema: z.unknown().optional() })) })

function bodySchema(document: unknown, operation: Operation | undefined): unknown {
  return Body.safeParse(resolveReference(document, operation?.requestBody)).data?.content['application/json']
    ?.schema
}

const Nested = z.object({
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional().catch(undefined),
})

/** The schema with properties: this one, that of its items, or the first alternative. */
function objectOf(document: unknown, value: unknown, depth = 0): z.infer<typeof ObjectSchema> | undefined {
  const resolved = resolveReference(document, value)
  const shape = ObjectSchema.safeParse(resolved).data
  if (shape?.properties !== undefined || depth > 4) return shape
  const nested = Nested.safeParse(resolved).data
  const [inside] = [nested?.items, ...(nested?.anyOf ?? [])].filter((one) => one !== undefined)
  return inside === undefined ? undefined : objectOf(document, inside, depth + 1)
}
