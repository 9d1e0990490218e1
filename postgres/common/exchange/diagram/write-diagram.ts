// A diagram as one text file that makes small differences: a table that is moved, or a column that gets another name, changes one line.
// docs/diagram-format.md describes it.
import type { Diagram } from '#contract/capabilities/designs.ts'
import type { SchemaModel } from '#contract/schema/types.ts'
import { outlineOf, type OutlineReference, type OutlineTable } from '../outline.ts'
import { quoted } from './tokens.ts'

export const FIRST_LINE = 'nebuladb diagram 1'

/** The same text for the same model and diagram, whatever order and ids they have. Where the canvas stands is left out. */
export function writeDiagram(model: SchemaModel, diagram: Diagram): string {
  const { tables, enums, views } = outlineOf(model)
  const nameOf = new Map<string, string>(Object.entries(diagram.names))
  for (const object of model.objects)
    if (object.kind === 'table' || object.kind === 'view' || object.kind === 'enum')
      nameOf.set(object.id, keyOf(object.kind, object))
  const places = new Map(
    Object.entries(diagram.positions).flatMap(([id, { x, y }]): [string, string][] => {
      const key = nameOf.get(id)
      return key === undefined ? [] : [[key, ` at ${number(x)} ${number(y)}`]]
    }),
  )
  const head = (kind: string, one: { readonly schema: string; readonly name: string }): string =>
    `${kind} ${quoted(one.schema)}.${quoted(one.name)}${places.get(keyOf(kind, one)) ?? ''}`
  const lines: string[] = [FIRST_LINE]
  if (diagram.schemas !== null)
    lines.push(`shown ${diagram.schemas.toSorted().map(quoted).join(' ')}`.trimEnd())
  for (const one of enums)
    lines.push('', head('enum', one), ...one.labels.map((label) => `  ${quoted(label)}`))
  for (const table of tables) lines.push('', head('table', table), ...tableLines(table))
  for (const view of views)
    lines.push(
      '',
      head('view', view),
      ...view.columns.map(({ name, type }) => `  ${quoted(name)}: ${quoted(type)}`),
    )
  const groups = diagram.groups.map(({ title, colour, members }) => [
    `group ${quoted(title)} colour ${colour}`,
    ...members
      .flatMap((id) => nameOf.get(id) ?? [])
      .sort()
      .map((key) => `  member ${memberText(key)}`),
  ])
  const notes = diagram.notes.map(({ x, y, width, height, colour, text }) => [
    `note at ${number(x)} ${number(y)} size ${number(width)} ${number(height)} colour ${colour}`,
    ...text.split(/\r\n|\r|\n/).map((line) => `  ${JSON.stringify(line)}`),
  ])
  for (const block of [...groups.toSorted(compare), ...notes.toSorted(compare)]) lines.push('', ...block)
  return `${lines.join('\n')}\n`
}

function compare(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [a.join('\n'), b.join('\n')]
  return left < right ? -1 : left > right ? 1 : 0
}

/** How Diagram.names names a shape. */
export function keyOf(
  kind: string,
  { schema, name }: { readonly schema: string; readonly name: string },
): string {
  return `${kind} ${schema}.${name}`
}

function memberText(key: string): string {
  const [, kind = '', rest = ''] = /^(\w+) (.*)$/s.exec(key) ?? []
  return `${kind} ${quoted(rest)}`
}

/** Half pixels are of no use to anyone. */
function number(value: number): string {
  return String(Object.is(Math.round(value), -0) ? 0 : Math.round(value))
}

function tableLines(table: OutlineTable): readonly string[] {
  const single = table.references.filter(({ columns }) => columns.length === 1)
  const list = (names: readonly string[]): string => names.map(quoted).join(' ')
  const target = (one: OutlineReference): string =>
    `-> ${quoted(one.schema)}.${quoted(one.table)}${one.references.length === 0 ? '' : ` ${list(one.references)}`}`
  return [
    ...table.columns.map((column) => {
      const flags = [
        table.primaryKey.length === 1 && table.primaryKey[0] === column.name ? 'pk' : '',
        table.uniques.some((one) => one.length === 1 && one[0] === column.name) ? 'unique' : '',
        column.isNullable ? 'null' : '',
        column.isIdentity ? 'identity' : '',
        ...single
          .filter(({ columns }) => columns[0] === column.name)
          .map(target)
          .sort(),
      ].filter((one) => one !== '')
      return `  ${quoted(column.name)}: ${quoted(column.type)}${flags.length === 0 ? '' : ` [${flags.join(', ')}]`}`
    }),
    ...(table.primaryKey.length > 1 ? [`  primary key (${list(table.primaryKey)})`] : []),
    ...table.uniques
      .filter((one) => one.length > 1)
      .map((one) => `  unique (${list(one)})`)
      .sort(),
    ...table.references
      .filter(({ columns }) => columns.length > 1)
      .map((one) => `  foreign key (${list(one.columns)}) ${target(one)}`)
      .sort(),
  ]
}
