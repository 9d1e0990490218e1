// Random renames, moves and drops of what a schema has.
import type { ModelObject } from '#contract/schema/types.ts'
import { quoteIdentifier } from '#postgres/common/sql/quote.ts'
import {
  newColumnName,
  newName,
  q,
  schemaName,
  tablesOf,
  viewsOf,
  type Draw,
  type Maker,
} from './random-draw.ts'

function sqlKind(object: ModelObject): string | undefined {
  switch (object.kind) {
    case 'table':
    case 'sequence':
    case 'domain':
      return object.kind
    case 'view':
      return object.isMaterialized ? 'materialized view' : 'view'
    case 'enum':
    case 'composite':
    case 'range':
      return 'type'
    default:
      return undefined
  }
}

/** An object by its name, and its kind as ALTER and DROP take it. */
function anyObject({
  random,
  model,
}: Draw): { readonly kind: string; readonly target: string; readonly object: ModelObject } | undefined {
  const object = random.pick(
    model.objects.filter(
      ({ kind }) =>
        !['schema', 'extension', 'publication', 'eventTrigger', 'defaultPrivileges', 'other'].includes(kind),
    ),
  )
  if (object === undefined || !('schema' in object) || object.schema === null) return undefined
  const named = { schema: object.schema, name: object.name }
  if (object.kind === 'routine')
    return { kind: object.routineKind, object, target: `${q(named)}(${object.identityArguments})` }
  const kind = sqlKind(object)
  return kind === undefined ? undefined : { kind, object, target: q(named) }
}

const renameObject: Maker = (draw) => {
  const found = anyObject(draw)
  return found && `alter ${found.kind} ${found.target} rename to ${quoteIdentifier(newName(draw))}`
}

const moveObject: Maker = (draw) => {
  const found = anyObject(draw)
  return found && `alter ${found.kind} ${found.target} set schema ${quoteIdentifier(schemaName(draw))}`
}

const dropObject: Maker = (draw) => {
  const found = anyObject(draw)
  return found && `drop ${found.kind} ${found.target}${draw.random.chance(0.6) ? ' cascade' : ''}`
}

const renameSchema: Maker = (draw) =>
  `alter schema ${quoteIdentifier(schemaName(draw))} rename to ${quoteIdentifier(newName(draw))}`

const renameColumn: Maker = (draw) => {
  const table = draw.random.pick([...tablesOf(draw.model), ...viewsOf(draw.model)])
  const column = table === undefined ? undefined : draw.random.pick(table.columns)
  if (table === undefined || column === undefined) return undefined
  return `alter ${sqlKind(table) ?? 'table'} ${q(table)} rename column ${quoteIdentifier(column.name)} to ${quoteIdentifier(newColumnName(draw))}`
}

const swapColumns: Maker = (draw) => {
  const table = draw.random.pick(tablesOf(draw.model))
  const [a, b] = table === undefined ? [] : draw.random.shuffle(table.columns)
  if (table === undefined || a === undefined || b === undefined) return undefined
  const rename = (from: string, to: string): string =>
    `alter table ${q(table)} rename column ${quoteIdentifier(from)} to ${quoteIdentifier(to)}`
  return [rename(a.name, 'swap tmp'), rename(b.name, a.name), rename('swap tmp', b.name)].join('; ')
}

const swapTables: Maker = (draw) => {
  const [a, b] = draw.random.shuffle(tablesOf(draw.model))
  if (a === undefined || b === undefined || a.schema !== b.schema) return undefined
  const rename = (from: string, to: string): string =>
    `alter table ${q({ schema: a.schema, name: from })} rename to ${quoteIdentifier(to)}`
  return [rename(a.name, 'swap tmp'), rename(b.name, a.name), rename('swap tmp', b.name)].join('; ')
}

const renamePart: Maker = (draw) => {
  const { random } = draw
  const table = random.pick(tablesOf(draw.model))
  if (table === undefined) return undefined
  const parts = [
    ...table.constraints.map(
      ({ name }) =>
        `alter table ${q(table)} rename constraint ${quoteIdentifier(name)} to ${quoteIdentifier(newName(draw))}`,
    ),
    ...table.indexes.map(
      ({ name }) =>
        `alter index ${q({ schema: table.schema, name })} rename to ${quoteIdentifier(newName(draw))}`,
    ),
    ...table.triggers.map(
      ({ name }) =>
        `alter trigger ${quoteIdentifier(name)} on ${q(table)} rename to ${quoteIdentifier(newName(draw))}`,
    ),
    ...table.policies.map(
      ({ name }) =>
        `alter policy ${quoteIdentifier(name)} on ${q(table)} rename to ${quoteIdentifier(newName(draw))}`,
    ),
  ]
  return random.pick(parts)
}

const dropPart: Maker = (draw) => {
  const { random } = draw
  const table = random.pick(tablesOf(draw.model))
  if (table === undefined) return undefined
  const parts = [
    ...table.columns.map(
      ({ name }) => `alter table ${q(table)} drop column ${quoteIdentifier(name)} cascade`,
    ),
    ...table.constraints.map(
      ({ name }) => `alter table ${q(table)} drop constraint ${quoteIdentifier(name)} cascade`,
    ),
    ...table.indexes.map(({ name }) => `drop index ${q({ schema: table.schema, name })} cascade`),
    ...table.triggers.map(({ name }) => `drop trigger ${quoteIdentifier(name)} on ${q(table)}`),
    ...table.policies.map(({ name }) => `drop policy ${quoteIdentifier(name)} on ${q(table)}`),
    ...table.rules.map(({ name }) => `drop rule ${quoteIdentifier(name)} on ${q(table)}`),
  ]
  return random.pick(parts)
}

/** Each with its weight. */
export const RENAMES_AND_DROPS: readonly (readonly [number, Maker])[] = [
  [6, renameObject],
  [3, moveObject],
  [5, dropObject],
  [1, renameSchema],
  [6, renameColumn],
  [1, swapColumns],
  [1, swapTables],
  [3, renamePart],
  [6, dropPart],
]
