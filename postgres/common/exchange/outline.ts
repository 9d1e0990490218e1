// What a diagram shows of a model, and what formats with less than a model can say: tables, columns, keys, references, enums.
import type { SchemaModel, Table } from '#contract/schema/types.ts'
import { printedName } from '../catalog/edit/qualified.ts'
import { createLexer } from '../script/lexer.ts'
import { quoteLiteral } from '../sql/quote.ts'
import { readableName } from '../sql/readable-name.ts'

/** Where it was read, from 1; not known for what comes from a model. */
interface Placed {
  readonly line?: number | undefined
}

export interface OutlineColumn extends Placed {
  readonly name: string
  /** As the model prints it. */
  readonly type: string
  readonly isNullable: boolean
  readonly isIdentity: boolean
  readonly default: string | null
  readonly comment: string | null
}

export interface OutlineReference extends Placed {
  readonly columns: readonly string[]
  readonly schema: string
  readonly table: string
  /** Empty means the primary key. */
  readonly references: readonly string[]
  readonly onDelete: string
  readonly onUpdate: string
  readonly name: string | null
}

export interface OutlineTable extends Placed {
  readonly schema: string
  readonly name: string
  readonly comment: string | null
  readonly columns: readonly OutlineColumn[]
  readonly primaryKey: readonly string[]
  readonly uniques: readonly (readonly string[])[]
  readonly references: readonly OutlineReference[]
}

export interface Outline {
  readonly tables: readonly OutlineTable[]
  readonly enums: readonly (Placed & {
    readonly schema: string
    readonly name: string
    readonly labels: readonly string[]
  })[]
  readonly views: readonly {
    readonly schema: string
    readonly name: string
    readonly columns: readonly { readonly name: string; readonly type: string }[]
  }[]
}

function byName<T extends { readonly schema: string; readonly name: string }>(a: T, b: T): number {
  const [left, right] = [`${a.schema}\0${a.name}`, `${b.schema}\0${b.name}`]
  return left < right ? -1 : left > right ? 1 : 0
}

/** The outline of a model, in an order that does not depend on the model's. Partitions are part of their table. */
export function outlineOf(model: SchemaModel): Outline {
  const tables = new Map<string, Table>()
  for (const object of model.objects)
    if (object.kind === 'table') tables.set(`${object.schema}\0${object.name}`, object)
  return {
    tables: [...tables.values()]
      .filter(({ partitionOf }) => partitionOf === null)
      .map((table) => tableOutline(table, tables))
      .sort(byName),
    enums: model.objects
      .flatMap((one) =>
        one.kind === 'enum'
          ? [{ schema: one.schema, name: one.name, labels: one.labels.map(({ label }) => label) }]
          : [],
      )
      .sort(byName),
    views: model.objects
      .flatMap((one) =>
        one.kind === 'view'
          ? [
              {
                schema: one.schema,
                name: one.name,
                columns: one.columns.map(({ name, type }) => ({ name, type })),
              },
            ]
          : [],
      )
      .sort(byName),
  }
}

function tableOutline(table: Table, tables: ReadonlyMap<string, Table>): OutlineTable {
  const primaryKey = primaryKeyOf(table)
  return {
    schema: table.schema,
    name: table.name,
    comment: table.comment,
    columns: table.columns.map((column) => ({
      name: column.name,
      type: column.type,
      isNullable: column.isNullable,
      isIdentity: column.identity !== null,
      default: column.default,
      comment: column.comment,
    })),
    primaryKey,
    uniques: table.constraints.flatMap((one) => (one.kind === 'unique' ? [one.columns] : [])),
    references: table.constraints.flatMap((one) => {
      if (one.kind !== 'foreign key') return []
      const { schema, name, columns } = one.references
      const target = tables.get(`${schema}\0${name}`)
      const isKey = target !== undefined && primaryKeyOf(target).join('\0') === columns.join('\0')
      return [
        {
          columns: one.columns,
          schema,
          table: name,
          references: isKey ? [] : columns,
          onDelete: one.onDelete,
          onUpdate: one.onUpdate,
          name: one.name,
        },
      ]
    }),
  }
}

function primaryKeyOf(table: Table): readonly string[] {
  return table.constraints.flatMap((one) => (one.kind === 'primary key' ? one.columns : []))
}

export interface OutlineScript {
  readonly sql: string
  /** For each line of the script the line that it was read from. */
  readonly lines: readonly number[]
}

/** The outline as a script, for the importer of SQL. Types and defaults that could be more than that are left as names and strings. */
export function outlineScript(outline: Outline): OutlineScript {
  const pieces: string[] = []
  const lines: number[] = []
  const write = (text: string, line: number | undefined): void => {
    pieces.push(`${text}\n`)
    for (const _ of text.split('\n')) lines.push(line ?? 1)
  }
  const schemas = new Set([...outline.tables, ...outline.enums].map(({ schema }) => schema))
  for (const schema of [...schemas].sort())
    if (schema !== 'public') write(`create schema ${readableName(schema)};`, undefined)
  for (const { schema, name, labels, line } of outline.enums)
    write(`create type ${printedName(schema, name)} as enum (${labels.map(quoteLiteral).join(', ')});`, line)
  const list = (names: readonly string[]): string => names.map(readableName).join(', ')
  for (const table of outline.tables) {
    const own = printedName(table.schema, table.name)
    const parts = table.columns.map((column) => ({
      text: columnSql(column),
      line: column.line ?? table.line,
    }))
    for (const columns of [
      ...(table.primaryKey.length === 0 ? [] : [`primary key (${list(table.primaryKey)})`]),
      ...table.uniques.map((unique) => `unique (${list(unique)})`),
    ])
      parts.push({ text: columns, line: table.line })
    write(`create table ${own} (`, table.line)
    parts.forEach(({ text, line }, at) => write(at === parts.length - 1 ? text : `${text},`, line))
    write(');', table.line)
    if (table.comment !== null)
      write(`comment on table ${own} is ${quoteLiteral(table.comment)};`, table.line)
    for (const { name, comment, line } of table.columns)
      if (comment !== null)
        write(
          `comment on column ${own}.${readableName(name)} is ${quoteLiteral(comment)};`,
          line ?? table.line,
        )
  }
  for (const table of outline.tables)
    for (const one of table.references) {
      const target = one.references.length === 0 ? '' : ` (${list(one.references)})`
      const name = one.name === null ? '' : ` constraint ${readableName(one.name)}`
      write(
        `alter table ${printedName(table.schema, table.name)} add${name} foreign key (${list(one.columns)}) references ${printedName(one.schema, one.table)}${target}${action('update', one.onUpdate)}${action('delete', one.onDelete)};`,
        one.line ?? table.line,
      )
    }
  return { sql: pieces.join(''), lines }
}

function action(when: 'update' | 'delete', what: string): string {
  return ['restrict', 'cascade', 'set null', 'set default'].includes(what) ? ` on ${when} ${what}` : ''
}

function columnSql(column: OutlineColumn): string {
  const value =
    column.default === null
      ? ''
      : ` default ${isExpression(column.default) ? `(${column.default})` : quoteLiteral(column.default)}`
  const identity =
    column.isIdentity && /^(integer|int|int4|bigint|int8|smallint|int2)$/i.test(column.type)
      ? ' generated by default as identity'
      : ''
  return `${readableName(column.name)} ${safeType(column.type)}${column.isNullable ? '' : ' not null'}${identity === '' ? value : identity}`
}

/** Whether it is one balanced piece without a comment or the end of a statement. */
function isExpression(text: string): boolean {
  const lexer = createLexer(text)
  let depth = 0
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    if (lexer.kind === 'open') depth += 1
    if (lexer.kind === 'close') depth -= 1
    if (depth < 0 || lexer.kind === 'semicolon' || lexer.kind === 'comment' || lexer.isUnterminated)
      return false
  }
  return depth === 0 && text.trim() !== ''
}

function safeType(type: string): string {
  const isPlain =
    /^(?:(?:[a-z_][\w$]*|"(?:[^"]|"")+")\.)?(?:[a-z_][\w$ ]*|"(?:[^"]|"")+")(?:\(\s*[\d\w.,\s-]*\))?(?: with(?:out)? time zone)?(?:\[\d*\])*$/i
  return isPlain.test(type) ? type : readableName(type)
}
