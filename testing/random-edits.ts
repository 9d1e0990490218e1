// Random edits of a schema, as a person makes them in the designer: for tests that any row of them keeps the model consistent and can be applied.
import type { SchemaModel, Table } from '#contract/schema/types.ts'
import * as columns from '#postgres/common/catalog/edit/columns.ts'
import * as constraints from '#postgres/common/catalog/edit/constraints.ts'
import * as drop from '#postgres/common/catalog/edit/drop.ts'
import * as foreignKeys from '#postgres/common/catalog/edit/foreign-keys.ts'
import * as indexes from '#postgres/common/catalog/edit/indexes.ts'
import type { Edit, EditContext } from '#postgres/common/catalog/edit/model-edit.ts'
import * as objects from '#postgres/common/catalog/edit/objects.ts'
import * as policies from '#postgres/common/catalog/edit/policies.ts'
import * as renames from '#postgres/common/catalog/edit/rename.ts'
import * as parts from '#postgres/common/catalog/edit/rename-part.ts'
import * as tables from '#postgres/common/catalog/edit/tables.ts'
import * as types from '#postgres/common/catalog/edit/types.ts'
import { indexModel } from '#postgres/common/catalog/find.ts'
import type { Random } from './random-numbers.ts'

/** Ids for new objects: `table:new-1`, `column:new-2`, … */
export function countingIds(): EditContext['newId'] {
  let last = 0
  return (kind) => `${kind}:new-${(last += 1)}`
}

interface Draw {
  readonly random: Random
  readonly context: EditContext
  readonly model: SchemaModel
}

const WORDS = [
  'alpha',
  'Beta',
  'order',
  'größe',
  'user id',
  'delta',
  'select',
  'x'.repeat(63),
  'note',
  'kind',
] as const
const TYPES = [
  'int',
  'bigint',
  'text',
  'varchar(20)',
  'numeric(10,2)',
  'timestamptz',
  'uuid',
  'jsonb',
  'text[]',
  'date',
  'bool',
] as const

function name({ random }: Draw): string {
  const word = random.one(WORDS)
  return word.length > 60 ? word.slice(0, 60) + String(random.below(900)) : `${word}_${random.below(900)}`
}

/** Tables that can be changed freely: not foreign ones. */
function anyTable({ random, model }: Draw): Table | undefined {
  return random.pick(
    indexModel(model)
      .ofKind('table')
      .filter((table) => table.foreign === null),
  )
}

function anyTableOf({ random, model }: Draw, schema: string): string | undefined {
  return random.pick(
    indexModel(model)
      .ofKind('schema')
      .filter((one) => one.name !== schema),
  )?.name
}

type Make = (draw: Draw) => Edit | undefined

function onTable(make: (draw: Draw, table: Table) => Edit | undefined): Make {
  return (draw) => {
    const table = anyTable(draw)
    return table === undefined ? undefined : make(draw, table)
  }
}

function onColumn(
  make: (draw: Draw, at: { readonly table: Table; readonly columnId: string }) => Edit | undefined,
): Make {
  return onTable((draw, table) => {
    const column = draw.random.pick(table.columns)
    return column === undefined ? undefined : make(draw, { table, columnId: column.id })
  })
}

function type(draw: Draw): string {
  const named = [...indexModel(draw.model).ofKind('enum'), ...indexModel(draw.model).ofKind('domain')]
  const own = draw.random.chance(0.2) ? draw.random.pick(named) : undefined
  return own === undefined ? draw.random.one(TYPES) : `"${own.schema}"."${own.name.replaceAll('"', '""')}"`
}

const MAKERS: readonly Make[] = [
  (draw) =>
    tables.addTable(draw.context, {
      schema: draw.random.pick(indexModel(draw.model).ofKind('schema'))?.name ?? 'public',
      ...(draw.random.chance(0.5) ? { name: name(draw) } : {}),
    }),
  onTable((draw, table) => renames.renameObject(draw.context, { objectId: table.id, name: name(draw) })),
  onTable((draw, table) => {
    const schema = anyTableOf(draw, table.schema)
    // What the server printed about a table names its schema: only what a draft made can be compared after a move.
    if (!table.id.includes(':new-')) return undefined
    return schema === undefined
      ? undefined
      : renames.moveObjects(draw.context, { objectIds: [table.id], schema })
  }),
  onTable((draw, table) => tables.duplicateTables(draw.context, { tableIds: [table.id] })),
  onTable((draw, table) =>
    draw.random.chance(0.3) ? drop.dropObjects(draw.context, { objectIds: [table.id] }) : undefined,
  ),
  onTable((draw, table) =>
    columns.addColumn(draw.context, { tableId: table.id, name: name(draw), type: type(draw) }),
  ),
  onTable((draw, table) => columns.addColumn(draw.context, { tableId: table.id, type: 'serial' })),
  onColumn((draw, { table, columnId }) =>
    columns.renameColumn(draw.context, { tableId: table.id, columnId, name: name(draw) }),
  ),
  onColumn((draw, { table, columnId }) =>
    columns.changeColumn(draw.context, {
      tableId: table.id,
      columnId,
      change: { isNullable: draw.random.chance(0.5) },
    }),
  ),
  onColumn((draw, { table, columnId }) =>
    columns.changeColumn(draw.context, {
      tableId: table.id,
      columnId,
      change: { comment: draw.random.chance(0.5) ? 'A comment, with "quotes" and \'more\'.' : '' },
    }),
  ),
  onColumn((draw, { table, columnId }) =>
    drop.dropPart(draw.context, { objectId: table.id, partId: columnId }),
  ),
  onColumn((draw, { table, columnId }) =>
    constraints.addUnique(draw.context, { tableId: table.id, columnIds: [columnId] }),
  ),
  onColumn((draw, { table, columnId }) => {
    const column = table.columns.find(({ id }) => id === columnId)
    if (column === undefined || /json|\[\]|\./.test(column.type)) return undefined
    return constraints.setPrimaryKey(draw.context, { tableId: table.id, columnIds: [columnId] })
  }),
  onColumn((draw, { table, columnId }) => {
    const column = table.columns.find(({ id }) => id === columnId)
    if (column === undefined || /^json|^xml|^point|\./.test(column.type)) return undefined
    return indexes.addIndex(draw.context, {
      tableId: table.id,
      elements: [{ column: column.name, isDescending: draw.random.chance(0.3) }],
    })
  }),
  onColumn((draw, { table, columnId }) => {
    const column = table.columns.find(({ id }) => id === columnId)
    const expression = `"${column?.name.replaceAll('"', '""') ?? ''}" is not null`
    return constraints.addCheck(draw.context, { tableId: table.id, expression })
  }),
  onTable((draw, table) => {
    const target = anyTable(draw)
    const key = target?.constraints.find(({ kind }) => kind === 'primary key')
    if (target === undefined || key?.kind !== 'primary key' || key.columns.length !== 1) return undefined
    const to = target.columns.find((column) => column.name === key.columns[0])
    const from = table.columns.find((column) => column.type === to?.type && column.id !== to.id)
    if (to === undefined || from === undefined) return undefined
    return foreignKeys.addForeignKey(draw.context, {
      tableId: table.id,
      columnIds: [from.id],
      references: { tableId: target.id, columnIds: [to.id] },
      withIndex: draw.random.chance(0.5),
    })
  }),
  onTable((draw, table) => {
    const other = anyTable(draw)
    if (other === undefined) return undefined
    return foreignKeys.addJunction(draw.context, { leftId: table.id, rightId: other.id })
  }),
  onTable((draw, table) => {
    const part = draw.random.pick([...table.constraints, ...table.indexes, ...table.policies])
    if (part === undefined) return undefined
    return parts.renamePart(draw.context, { objectId: table.id, partId: part.id, name: name(draw) })
  }),
  onTable((draw, table) => {
    const part = draw.random.pick([...table.constraints, ...table.indexes, ...table.policies])
    return part === undefined
      ? undefined
      : drop.dropPart(draw.context, { objectId: table.id, partId: part.id })
  }),
  onTable((draw, table) =>
    policies.addPolicy(draw.context, { tableId: table.id, name: name(draw), using: 'true', enable: true }),
  ),
  onTable((draw, table) =>
    tables.changeTable(draw.context, { tableId: table.id, change: { comment: 'A table.' } }),
  ),
  (draw) => types.addEnum(draw.context, { schema: 'public', name: name(draw), labels: ['one', 'two'] }),
  (draw) => {
    const found = draw.random.pick(indexModel(draw.model).ofKind('enum'))
    if (found === undefined) return undefined
    const first = draw.random.pick(found.labels)
    return types.addLabel(draw.context, {
      enumId: found.id,
      label: name(draw),
      ...(first === undefined ? {} : { before: first.id }),
    })
  },
  (draw) => {
    const found = draw.random.pick(indexModel(draw.model).ofKind('enum'))
    const label = draw.random.pick(found?.labels ?? [])
    // Defaults that the server printed say the old value.
    if (found === undefined || label === undefined || !found.id.includes(':new-')) return undefined
    return types.renameLabel(draw.context, { enumId: found.id, labelId: label.id, label: name(draw) })
  },
  (draw) => {
    const found = draw.random.pick([
      ...indexModel(draw.model).ofKind('enum'),
      ...indexModel(draw.model).ofKind('domain'),
      ...indexModel(draw.model).ofKind('sequence'),
      ...indexModel(draw.model).ofKind('view'),
      ...indexModel(draw.model).ofKind('schema'),
    ])
    if (found === undefined || (found.kind === 'schema' && !found.id.includes(':new-'))) return undefined
    return renames.renameObject(draw.context, { objectId: found.id, name: name(draw) })
  },
  (draw) =>
    types.addDomain(draw.context, { schema: 'public', name: name(draw), type: 'text', check: "VALUE <> ''" }),
  (draw) =>
    objects.addSequence(draw.context, { schema: 'public', name: name(draw), options: { type: 'integer' } }),
  (draw) => objects.addSchema(draw.context, { name: name(draw) }),
  onTable((draw, table) => {
    const column = table.columns[0]
    if (column === undefined) return undefined
    const q = (text: string): string => `"${text.replaceAll('"', '""')}"`
    const definition = `select ${q(column.name)} as first from ${q(table.schema)}.${q(table.name)}`
    return objects.addView(draw.context, { schema: 'public', name: name(draw), definition })
  }),
  (draw) => {
    const found = draw.random.pick([
      ...indexModel(draw.model).ofKind('view'),
      ...indexModel(draw.model).ofKind('enum'),
      ...indexModel(draw.model).ofKind('sequence'),
    ])
    return found === undefined ? undefined : drop.dropObjects(draw.context, { objectIds: [found.id] })
  },
]

/** One random edit; undefined where what it was to be about is not there. */
export function randomEdit(random: Random, context: EditContext): Edit | undefined {
  return random.pick(MAKERS)?.({ random, context, model: context.model })
}
