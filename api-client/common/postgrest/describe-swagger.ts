// The Swagger 2 of PostgREST: types stand in `format`, keys in the descriptions of columns.
import { z } from 'zod'
import type {
  ApiColumn,
  ApiDescription,
  ApiFunction,
  ApiRelation,
  ApiTable,
} from '#contract/requests/api-description.ts'
import {
  DocumentHead,
  ObjectSchema,
  Property,
  readPaths,
  resolveReference,
  type Operation,
  type PathOperations,
} from './document.ts'

interface Options {
  readonly baseUrl: string
  readonly schema: string
}

const Definitions = z.object({
  definitions: z.record(z.string(), z.unknown()).optional().catch(undefined),
  basePath: z.string().optional().catch(undefined),
})

export function describeSwagger(document: unknown, { baseUrl, schema }: Options): ApiDescription {
  const { info, paths = {} } = DocumentHead.parse(document)
  const { definitions = {} } = Definitions.parse(document)
  const all = readPaths(document, paths)
  const tables = all
    .filter(({ kind }) => kind === 'table')
    .map((one) => readTable(document, { schema, path: one, definition: definitions[one.name] }))
  return {
    title: info?.title ?? '',
    docs: info?.description ?? '',
    version: info?.version ?? '',
    baseUrl,
    schemas: [schema],
    tables: tables.map((table) => ({ ...table, relations: relationsOf(table, tables) })),
    functions: all
      .filter(({ kind }) => kind === 'function')
      .map((one) => readFunction(document, schema, one)),
  }
}

interface TableInput {
  readonly schema: string
  readonly path: PathOperations
  readonly definition: unknown
}

function readTable(document: unknown, { schema, path, definition }: TableInput): ApiTable {
  const { name, operations } = path
  const shape = ObjectSchema.safeParse(resolveReference(document, definition)).data
  const required = new Set(shape?.required)
  const columns = Object.entries(shape?.properties ?? {}).map(([column, value]) =>
    readColumn(column, value, required.has(column)),
  )
  const methods = [...operations.keys()]
  const canPut = columns.some(({ isPrimaryKey }) => isPrimaryKey) && methods.includes('POST')
  return {
    // It does not say what is a view: what cannot be written to may as well be a table without grants.
    kind: methods.includes('POST') ? 'table' : 'view',
    schema,
    name,
    docs: shape?.description ?? operations.get('GET')?.summary ?? '',
    methods: canPut && !methods.includes('PUT') ? [...methods, 'PUT'] : methods,
    columns,
    relations: [],
  }
}

const FOREIGN_KEY = /<fk table='([\s\S]*?)' column='([\s\S]*?)'\/>/
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['int32', 'integer'],
  ['int64', 'bigint'],
  ['float', 'real'],
  ['double', 'double precision'],
])

function readColumn(name: string, value: unknown, isRequired: boolean): ApiColumn {
  const property = Property.safeParse(value).data ?? { items: undefined, default: undefined }
  const description = property.description ?? ''
  const reference = FOREIGN_KEY.exec(description)
  const [, table, column] = reference ?? []
  return {
    name,
    type: typeOf(property),
    isNullable: !isRequired,
    hasDefault: property.default !== undefined,
    isGenerated: false,
    isPrimaryKey: description.includes('<pk/>'),
    maxLength: property.maxLength ?? null,
    values: (property.enum ?? []).filter((one) => typeof one === 'string'),
    references: table === undefined || column === undefined ? null : { table, column },
    docs: description.replace(/(?:^|\n\n)Note:\n(?=This is a (?:Primary|Foreign) Key)[\s\S]*$/, '').trim(),
  }
}

function typeOf({ format, type }: Property): string {
  if (format !== undefined) return FORMATS.get(format) ?? format
  const [first] = [type ?? []].flat()
  return first === undefined || first === 'object' ? 'json' : first === 'string' ? 'text' : first
}

/** Those that foreign keys of one column give, in both directions. */
function relationsOf(table: ApiTable, tables: readonly ApiTable[]): ApiRelation[] {
  const here = table.columns.flatMap(({ name, references }) =>
    references === null || !tables.some((one) => one.name === references.table)
      ? []
      : [
          {
            target: references.table,
            column: name,
            targetColumn: references.column,
            cardinality: 'one' as const,
          },
        ],
  )
  const there = tables.flatMap((other) =>
    other.columns.flatMap(({ name, isPrimaryKey, references }) =>
      references?.table !== table.name
        ? []
        : [
            {
              target: other.name,
              column: references.column,
              targetColumn: name,
              // A key that is the whole primary key refers once at most.
              cardinality:
                isPrimaryKey && other.columns.filter((one) => one.isPrimaryKey).length === 1
                  ? ('one' as const)
                  : ('many' as const),
            },
          ],
    ),
  )
  const isSelf = (target: string) => target === table.name
  const all = [...here, ...there]
  return all.map((one) => {
    const isOwn = here.some((own) => own === one)
    const rivals = all.filter(({ target }) => target === one.target).length
    const hint = isOwn ? one.column : one.targetColumn
    // Of a table's references to itself, the column's name means the row that it refers to.
    const name =
      isSelf(one.target) && isOwn
        ? one.column
        : rivals > (isSelf(one.target) ? 2 : 1)
          ? `${quoted(one.target)}!${quoted(hint)}`
          : one.target
    return {
      name,
      target: one.target,
      cardinality: one.cardinality,
      columns: [one.column],
      targetColumns: [one.targetColumn],
    }
  })
}

function quoted(name: string): string {
  return /^[\p{L}\p{N}_$]+$/u.test(name) ? name : `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

const Parameter = z.object({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  format: z.string().optional().catch(undefined),
  collectionFormat: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  schema: z.unknown().optional(),
})

function readFunction(document: unknown, schema: string, { name, operations }: PathOperations): ApiFunction {
  const operation = operations.get('POST') ?? operations.get('GET')
  const post = parametersOf(document, operations.get('POST'))
  const get = parametersOf(document, operations.get('GET')).filter((one) => one.in === 'query')
  const body = ObjectSchema.safeParse(
    resolveReference(document, post.find((one) => one.in === 'body')?.schema),
  ).data
  const required = new Set(body?.required)
  const variadic = new Set(get.filter((one) => one.collectionFormat === 'multi').map((one) => one.name))
  const parameters =
    body?.properties === undefined
      ? get.map((one) => ({
          name: one.name,
          type: FORMATS.get(one.format ?? '') ?? one.format ?? one.type ?? 'text',
          isRequired: one.required === true,
          isVariadic: variadic.has(one.name),
          docs: one.description ?? '',
        }))
      : Object.entries(body.properties).map(([parameter, value]) => {
          const property = Property.safeParse(value).data ?? { items: undefined, default: undefined }
          return {
            name: parameter,
            type: typeOf(property),
            isRequired: required.has(parameter),
            isVariadic: variadic.has(parameter),
            docs: property.description ?? '',
          }
        })
  return {
    kind: 'function',
    schema,
    name,
    docs: [operation?.summary, operation?.description].filter((one) => one !== undefined).join('\n\n'),
    methods: [...operations.keys()],
    parameters,
    // It does not say what a function gives.
    returns: { type: '', isSet: false, columns: [] },
  }
}

function parametersOf(document: unknown, operation: Operation | undefined): z.infer<typeof Parameter>[] {
  return (operation?.parameters ?? []).flatMap(
    (one) => Parameter.safeParse(resolveReference(document, one)).data ?? [],
  )
}
