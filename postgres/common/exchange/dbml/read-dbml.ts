// DBML into an outline, by the parser of @dbml/core. It is large: loaded when it is first needed.
import { z } from 'zod'
import type { ImportProblem } from '#contract/capabilities/schema.ts'
import type { Outline, OutlineReference, OutlineTable } from '../outline.ts'

const Nullable = z.string().nullish()
const line = z.number().optional()
const Field = z.object({
  line,
  name: z.string(),
  type: z.object({ schemaName: Nullable, type_name: z.string() }),
  pk: z.boolean().nullish(),
  unique: z.boolean().nullish(),
  not_null: z.boolean().nullish(),
  increment: z.boolean().nullish(),
  note: Nullable,
  dbdefault: z.object({ value: z.union([z.string(), z.number(), z.boolean()]), type: z.string() }).nullish(),
})
const TableJson = z.object({
  line,
  name: z.string(),
  note: Nullable,
  fields: z.array(Field),
  indexes: z.array(
    z.object({
      unique: z.boolean().nullish(),
      pk: z.boolean().nullish(),
      columns: z.array(z.object({ type: z.string(), value: z.string() })),
    }),
  ),
})
const Endpoint = z.object({
  schemaName: Nullable,
  tableName: z.string(),
  fieldNames: z.array(z.string()),
  relation: z.string(),
})
const Ref = z.object({
  line,
  name: Nullable,
  onDelete: Nullable,
  onUpdate: Nullable,
  endpoints: z.array(Endpoint),
})
const Exported = z.object({
  schemas: z.array(
    z.object({
      name: z.string(),
      tables: z.array(TableJson),
      enums: z.array(z.object({ line, name: z.string(), values: z.array(z.object({ name: z.string() })) })),
      refs: z.array(Ref),
    }),
  ),
})
/** Where things stand is only in the parser's own objects. */
const Line = z.object({ start: z.object({ line: z.number() }) }).nullish()
const Located = z.object({ token: Line })
const Lines = z.object({
  schemas: z.array(
    z.object({
      tables: z.array(Located.extend({ fields: z.array(Located) })),
      enums: z.array(Located),
      refs: z.array(Located),
    }),
  ),
})

const Failure = z.object({
  diags: z.array(
    z.object({
      message: z.string(),
      location: z.object({ start: z.object({ line: z.number(), column: z.number() }) }).nullish(),
    }),
  ),
})

/** What the text says. Never rejects for what stands in it. */
export async function readDbml(
  text: string,
): Promise<{ readonly outline: Outline; readonly problems: readonly ImportProblem[] }> {
  const { Parser } = await import('@dbml/core')
  try {
    const database = new Parser().parse(text, 'dbmlv2')
    const exported = Exported.parse(database.export())
    const lines = Lines.safeParse(database)
    return { outline: outlineFrom(lines.success ? located(exported, lines.data) : exported), problems: [] }
  } catch (error) {
    const failure = Failure.safeParse(error)
    const problems = failure.success
      ? failure.data.diags.map(({ message, location }) => ({
          line: location?.start.line ?? 1,
          column: location?.start.column ?? 1,
          message,
        }))
      : [{ line: 1, column: 1, message: 'This is not DBML that can be read.' }]
    return { outline: { tables: [], enums: [], views: [] }, problems }
  }
}

/** Both list the same things in the same order. */
function located(exported: z.infer<typeof Exported>, lines: z.infer<typeof Lines>): z.infer<typeof Exported> {
  const at = (one: z.infer<typeof Located> | undefined): { line?: number } =>
    one?.token === null || one?.token === undefined ? {} : { line: one.token.start.line }
  return {
    schemas: exported.schemas.map((schema, index) => {
      const own = lines.schemas[index]
      return {
        ...schema,
        enums: schema.enums.map((one, number) => ({ ...one, ...at(own?.enums[number]) })),
        refs: schema.refs.map((one, number) => ({ ...one, ...at(own?.refs[number]) })),
        tables: schema.tables.map((table, number) => ({
          ...table,
          ...at(own?.tables[number]),
          fields: table.fields.map((field, place) => ({
            ...field,
            ...at(own?.tables[number]?.fields[place]),
          })),
        })),
      }
    }),
  }
}

function outlineFrom({ schemas }: z.infer<typeof Exported>): Outline {
  const refs = schemas.flatMap((one) => one.refs)
  return {
    tables: schemas.flatMap(({ name, tables }) => tables.map((table) => tableFrom(name, table, refs))),
    enums: schemas.flatMap(({ name: schema, enums }) =>
      enums.map(({ line, name, values }) => ({ line, schema, name, labels: values.map((one) => one.name) })),
    ),
    views: [],
  }
}

function tableFrom(
  schema: string,
  table: z.infer<typeof TableJson>,
  refs: readonly z.infer<typeof Ref>[],
): OutlineTable {
  const columnsOf = (index: {
    readonly columns: readonly { readonly type: string; readonly value: string }[]
  }): string[] =>
    index.columns.every(({ type }) => type === 'column') ? index.columns.map(({ value }) => value) : []
  const composite = table.indexes.find(({ pk }) => pk === true)
  const primaryKey =
    composite === undefined
      ? table.fields.filter(({ pk }) => pk === true).map(({ name }) => name)
      : columnsOf(composite)
  return {
    line: table.line,
    schema,
    name: table.name,
    comment: table.note ?? null,
    columns: table.fields.map((field) => ({
      name: field.name,
      type:
        field.type.schemaName === null || field.type.schemaName === undefined
          ? field.type.type_name
          : `${quote(field.type.schemaName)}.${quote(field.type.type_name)}`,
      isNullable: field.not_null !== true && !primaryKey.includes(field.name),
      isIdentity: field.increment === true,
      default: defaultOf(field.dbdefault),
      comment: field.note ?? null,
      line: field.line,
    })),
    primaryKey,
    uniques: [
      ...table.fields.filter(({ unique }) => unique === true).map(({ name }) => [name]),
      ...table.indexes
        .filter(({ unique }) => unique === true)
        .map(columnsOf)
        .filter((one) => one.length > 0),
    ],
    references: refs.flatMap((ref) => referencesOf(ref, schema, table.name)),
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function defaultOf(value: z.infer<typeof Field>['dbdefault']): string | null {
  if (value === null || value === undefined) return null
  const text = String(value.value)
  return value.type === 'string' ? `'${text.replaceAll("'", "''")}'` : text
}

/** The foreign key stands where there can be many; of two that are one, at the first. */
function referencesOf(ref: z.infer<typeof Ref>, schema: string, table: string): readonly OutlineReference[] {
  const [a, b] = ref.endpoints
  if (a === undefined || b === undefined || (a.relation === '*' && b.relation === '*')) return []
  const [from, to] = b.relation === '*' ? [b, a] : [a, b]
  if ((from.schemaName ?? 'public') !== schema || from.tableName !== table) return []
  return [
    {
      columns: from.fieldNames,
      schema: to.schemaName ?? 'public',
      table: to.tableName,
      references: to.fieldNames,
      onDelete: ref.onDelete ?? 'no action',
      onUpdate: ref.onUpdate ?? 'no action',
      name: ref.name ?? null,
      line: ref.line,
    },
  ]
}
