// Operations that make tables, drop them, and make them again with their rows.
import type { Table } from '#contract/schema/types.ts'
import { continueIdentity } from '../../ddl/alter/column.ts'
import { copyRows, lostColumns } from '../../ddl/alter/table.ts'
import { setDefault } from '../../ddl/create/column.ts'
import { commentStatements, ownerStatements } from '../../ddl/create/comments.ts'
import { addConstraint } from '../../ddl/create/constraint.ts'
import { qualified, shown, statement } from '../../ddl/create/context.ts'
import { ownIndexes } from '../../ddl/create/create.ts'
import { grantStatements } from '../../ddl/create/grants.ts'
import { createIndex } from '../../ddl/create/index-definition.ts'
import { attachStatements, createTable, tableSettings } from '../../ddl/create/table.ts'
import { createPolicy, createRule, createTrigger } from '../../ddl/create/table-parts.ts'
import { detachPartition, dropStatements } from '../../ddl/drop.ts'
import type { Statement } from '../../ddl/statement.ts'
import { name, sql } from '../../sql/sql.ts'
import { partsOf } from '../parts.ts'
import { withPlace } from './names.ts'
import { RANK } from './operations.ts'
import { breakAll, sortName, type Planner } from './planner.ts'

/** A table that is new, or is made again. `later`: columns and constraints that wait for something that needs the table itself. */
export function createTableOperations(planner: Planner, table: Table, later: ReadonlySet<string>): void {
  const { operations, context } = planner
  const label = (part: string): string => sortName(table, part)
  const key = operations.add({
    key: `create ${table.id}`,
    rank: RANK.createTable,
    name: label(''),
    statements: createTable(table, context, { later }),
  })
  operations.begins.set(table.id, key)
  for (const { parts } of partsOf(table)) for (const part of parts) operations.begins.set(part.id, key)
  const put = (id: string, rank: number, statements: readonly Statement[]): string => {
    const added = operations.add({ key: `create ${id}`, rank, name: label(id), statements })
    operations.order(key, added)
    operations.begins.set(id, added)
    return added
  }
  const settled: string[] = []
  for (const column of table.columns)
    if (later.has(column.id) && column.default !== null)
      put(`${column.id}`, RANK.alterColumn, [setDefault(column, table)])
  for (const constraint of table.constraints)
    if (constraint.kind === 'foreign key' ? !constraint.isInherited : later.has(constraint.id))
      settled.push(
        put(
          constraint.id,
          constraint.kind === 'foreign key' ? RANK.createForeignKey : RANK.createConstraint,
          [addConstraint(constraint, table)],
        ),
      )
  const indexes = ownIndexes(table, context).map((index) =>
    put(index.id, RANK.createIndex, [createIndex(index, table)]),
  )
  const attach = attachStatements(table, context)
  if (attach.length > 0) {
    const attached = operations.add({
      key: `attach ${table.id}`,
      rank: RANK.attach,
      name: label('attach'),
      statements: attach,
    })
    operations.order(key, attached)
    for (const index of indexes) operations.order(index, attached)
    settled.push(attached)
  }
  const settings = tableSettings(table)
  if (settings.length > 0) {
    const settle = operations.add({
      key: `settle ${table.id}`,
      rank: RANK.settle,
      name: label('settle'),
      statements: settings,
    })
    operations.order(key, settle)
    for (const index of indexes) operations.order(index, settle)
  }
  settled.push(...indexes)
  for (const rule of table.rules) settled.push(put(rule.id, RANK.createRule, createRule(rule, table)))
  for (const trigger of table.triggers) {
    const statements = createTrigger(trigger, table, context)
    if (statements.length > 0) settled.push(put(trigger.id, RANK.createTrigger, statements))
  }
  for (const policy of table.policies)
    settled.push(put(policy.id, RANK.createPolicy, [createPolicy(policy, table)]))
  const around = [
    ...ownerStatements(table, context),
    ...grantStatements(table, context),
    ...commentStatements(table, context),
  ]
  if (around.length > 0) {
    const grants = operations.add({
      key: `grants ${table.id}`,
      rank: RANK.grants,
      name: label(''),
      statements: around,
    })
    operations.order(key, grants)
    for (const one of settled) operations.order(one, grants)
  }
}

/** A table that is dropped, or moved aside to be made again. */
export function dropTableOperations(planner: Planner, id: string, table: Table): void {
  const { operations, rebuild, renames, asideSchema } = planner
  const standing = withPlace(table, renames.aside.get(id))
  const label = sortName(table)
  if (!rebuild.remade.has(id)) {
    const key = operations.add({
      key: `drop ${id}`,
      rank: RANK.dropTable,
      name: label,
      statements: [
        ...(isReferredToThroughParent(planner, table) ? [detachPartition(standing)] : []),
        ...dropTableStatements(standing),
      ],
    })
    breakAll(planner, table, key)
    return
  }
  const after = planner.diff.pairs.get(id)?.after
  if (!rebuild.copied.has(id) || after?.kind !== 'table') {
    const key = operations.add({
      key: `drop ${id}`,
      rank: RANK.setAside,
      name: label,
      statements: dropTableStatements(standing),
    })
    breakAll(planner, table, key)
    return
  }
  // Moved to a schema of its own it leaves its names, and those of its indexes and sequences, to the table that takes its place.
  const about = { objectId: id, summary: `Set ${shown(table)} aside` }
  const make = operations.add({
    key: 'aside schema',
    rank: RANK.setAside - 1,
    name: '',
    statements: operations.has('aside schema')
      ? []
      : [
          statement(sql`create schema ${name(asideSchema)}`, {
            ...about,
            summary: 'Make room for what is made again',
          }),
        ],
  })
  const key = operations.add({
    key: `drop ${id}`,
    rank: RANK.setAside,
    name: label,
    statements: [statement(sql`alter table ${qualified(standing)} set schema ${name(asideSchema)}`, about)],
  })
  operations.order(make, key)
  breakAll(planner, table, key)
  const finish = `finish ${id}`
  const isPartition = table.partitionOf !== null
  const parentId = isPartition ? partitionParent(planner, table) : undefined
  const isWithParent = parentId !== undefined && rebuild.copied.has(parentId)
  if (!isWithParent) {
    const copy = operations.add({
      key: `copy ${id}`,
      rank: RANK.copy,
      name: label,
      statements: [
        copyRows({ from: table, to: after, aside: asideSchema, fillsColumns: planner.fillsColumns }),
        ...after.columns
          .filter(({ identity }) => identity !== null)
          .map((column) => continueIdentity(column, after)),
      ],
    })
    operations.order(`create ${id}`, copy)
    operations.order(`attach ${id}`, copy)
    for (const { kind, id: other, after: child } of planner.diff.objects)
      if (kind === 'table' && child !== null && isBelow(planner, child, after)) {
        operations.order(`create ${other}`, copy)
        operations.order(`attach ${other}`, copy)
      }
    for (const constraint of after.constraints)
      if (constraint.kind === 'foreign key') operations.order(copy, `create ${constraint.id}`)
    for (const trigger of after.triggers) operations.order(copy, `create ${trigger.id}`)
    for (const policy of after.policies) operations.order(copy, `create ${policy.id}`)
    operations.order(copy, `settle ${id}`)
    const lost = lostColumns(table, after)
    operations.add({
      key: finish,
      rank: RANK.copy + 1,
      name: label,
      statements: [
        statement(sql`drop table ${name(asideSchema, standing.name)}`, {
          objectId: id,
          summary:
            lost.length === 0
              ? `Drop what ${shown(table)} was; its rows are copied`
              : `Drop what ${shown(table)} was, with the values of ${lost.join(', ')}`,
          isDestructive: lost.length > 0,
        }),
      ],
    })
    operations.order(copy, finish)
  }
  const clear = operations.add({
    key: 'drop aside schema',
    rank: RANK.dropSchema,
    name: '',
    statements: operations.has('drop aside schema')
      ? []
      : [
          statement(sql`drop schema ${name(asideSchema)}`, {
            ...about,
            summary: 'Clear away the room for what was made again',
          }),
        ],
  })
  operations.order(isWithParent ? `finish ${parentId}` : finish, clear)
}

/** Whether a foreign key that stays refers to what the table is a partition of: it holds on to each partition. */
function isReferredToThroughParent({ newer, context }: Planner, table: Table): boolean {
  const parents = new Set<Table>()
  for (let { partitionOf } = table; partitionOf !== null;) {
    const parent = context.index.byName('table', partitionOf.parent.schema, partitionOf.parent.name)
    if (parent === undefined) break
    parents.add(parent)
    partitionOf = parent.partitionOf
  }
  if (parents.size === 0) return false
  return newer.objects.some(
    (object) =>
      object.kind === 'table' &&
      object.constraints.some(
        (one) =>
          one.kind === 'foreign key' &&
          [...parents].some(
            ({ schema, name: parent }) => one.references.schema === schema && one.references.name === parent,
          ),
      ),
  )
}

function dropTableStatements(table: Table): readonly Statement[] {
  return dropStatements(table).map((one) =>
    one.isDestructive
      ? { ...one, summary: `${one.summary} with its rows; undone, it comes back empty` }
      : one,
  )
}

function partitionParent({ diff }: Planner, table: Table): string | undefined {
  const parent = table.partitionOf?.parent
  for (const { id, before } of diff.pairs.values())
    if (before?.kind === 'table' && before.schema === parent?.schema && before.name === parent.name) return id
  return undefined
}

/** Whether a table is a partition of the other, however deep. */
function isBelow({ context }: Planner, table: Table, top: Table): boolean {
  let parent = table.partitionOf?.parent
  while (parent !== undefined) {
    if (parent.schema === top.schema && parent.name === top.name) return true
    parent = context.index.byName('table', parent.schema, parent.name)?.partitionOf?.parent
  }
  return false
}
