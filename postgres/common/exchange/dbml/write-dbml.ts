// A model as DBML.
import type { IndexElement, SchemaModel, Table } from '#contract/schema/types.ts'
import { printedName } from '../../catalog/edit/qualified.ts'
import { outlineOf, type OutlineColumn, type OutlineTable } from '../outline.ts'

/** The same text for the same model. Checks, policies, functions and other things that DBML has no words for are left out. */
export function dbmlText(model: SchemaModel): string {
  const outline = outlineOf(model)
  const tables = new Map(
    model.objects.flatMap((one): [string, Table][] =>
      one.kind === 'table' ? [[printedName(one.schema, one.name), one]] : [],
    ),
  )
  const types = new Map(
    model.objects.flatMap((one): [string, string][] =>
      one.kind === 'enum' ? [[printedName(one.schema, one.name), full(one)]] : [],
    ),
  )
  const outlines = new Map(outline.tables.map((one) => [`${one.schema}\0${one.name}`, one] as const))
  const blocks = [
    ...outline.enums.map((one) => [
      `Enum ${full(one)} {`,
      ...one.labels.map((label) => `  ${name(label)}`),
      '}',
    ]),
    ...outline.tables.map((one) => tableBlock(one, tables.get(printedName(one.schema, one.name)), types)),
    ...outline.tables.map((one) =>
      one.references.flatMap((reference) => {
        const target = outlines.get(`${reference.schema}\0${reference.table}`)
        // Partitions are no tables of their own here.
        if (target === undefined) return []
        const columns = reference.references.length > 0 ? reference.references : target.primaryKey
        const isOne = [one.primaryKey, ...one.uniques].some(
          (key) => key.length > 0 && key.every((column) => reference.columns.includes(column)),
        )
        const settings = [
          reference.onDelete === 'no action' ? '' : `delete: ${reference.onDelete}`,
          reference.onUpdate === 'no action' ? '' : `update: ${reference.onUpdate}`,
        ].filter((each) => each !== '')
        const to = full({ schema: reference.schema, name: reference.table })
        return `Ref ${name(reference.name ?? '')}: ${full(one)}.${list(reference.columns)} ${isOne ? '-' : '>'} ${to}.${list(columns)}${settings.length === 0 ? '' : ` [${settings.join(', ')}]`}`
      }),
    ),
  ]
  return `${blocks
    .filter((one) => one.length > 0)
    .map((one) => one.join('\n'))
    .join('\n\n')}\n`
}

function tableBlock(
  outline: OutlineTable,
  table: Table | undefined,
  types: ReadonlyMap<string, string>,
): readonly string[] {
  if (outline.columns.length === 0) return [`// ${full(outline)} has no columns, and DBML no such tables.`]
  const indexes = [
    ...(outline.primaryKey.length > 1 ? [`    ${list(outline.primaryKey)} [pk]`] : []),
    ...outline.uniques.filter((one) => one.length > 1).map((one) => `    ${list(one)} [unique]`),
    ...(table?.indexes ?? [])
      .filter(({ where }) => where === null)
      .map((index) => {
        const method = index.method === 'btree' || index.method === 'hash' ? `, type: ${index.method}` : ''
        return `    (${index.elements.map(element).join(', ')}) [${index.isUnique ? 'unique, ' : ''}name: ${string(index.name)}${method}]`
      }),
  ]
  return [
    `Table ${full(outline)} {`,
    ...outline.columns.map((column) => columnLine(outline, column, types)),
    ...(indexes.length === 0 ? [] : ['', '  indexes {', ...indexes, '  }']),
    ...(outline.comment === null ? [] : ['', `  Note: ${string(outline.comment)}`]),
    '}',
  ]
}

function element({ column, expression }: IndexElement): string {
  return column === null ? `\`${(expression ?? '').replaceAll('`', "'")}\`` : name(column)
}

function columnLine(table: OutlineTable, column: OutlineColumn, types: ReadonlyMap<string, string>): string {
  const settings = [
    table.primaryKey.length === 1 && table.primaryKey[0] === column.name ? 'pk' : '',
    column.isIdentity ? 'increment' : '',
    table.uniques.some((one) => one.length === 1 && one[0] === column.name) ? 'unique' : '',
    column.isNullable ? '' : 'not null',
    column.default === null
      ? ''
      : `default: \`${column.default.replaceAll('`', "'").replaceAll(/[\r\n]+/g, ' ')}\``,
    column.comment === null ? '' : `note: ${string(column.comment)}`,
  ].filter((one) => one !== '')
  const type =
    types.get(column.type) ??
    (/^[a-z_][\w]*(\([\d, ]+\))?$/i.test(column.type) ? column.type : name(column.type))
  return `  ${name(column.name)} ${type}${settings.length === 0 ? '' : ` [${settings.join(', ')}]`}`
}

function full(one: { readonly schema: string; readonly name: string }): string {
  return one.schema === 'public' ? name(one.name) : `${name(one.schema)}.${name(one.name)}`
}

function list(columns: readonly string[]): string {
  return columns.length === 1 ? name(columns[0] ?? '') : `(${columns.map(name).join(', ')})`
}

/** Quoted when it must be. */
function name(text: string): string {
  return /^[a-z_]\w*$/i.test(text)
    ? text
    : `"${text
        .replaceAll('\\', '\\\\')
        .replaceAll('"', '\\"')
        .replaceAll(/[\r\n]+/g, ' ')}"`
}

function string(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  return /[\r\n]/.test(text) ? `'''${escaped}'''` : `'${escaped}'`
}
