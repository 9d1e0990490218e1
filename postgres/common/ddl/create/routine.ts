// Functions, procedures and aggregates, and sequences.
import type { Routine, Sequence } from '#contract/schema/types.ts'
import { empty, fromCatalog, name, sql, type SqlFragment } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { describe, kindInSql, qualified, shown, statement } from './context.ts'
import { definition, expression, typeText } from './expression.ts'
import { sequenceOptionsSql } from './sequence-options.ts'

/** CREATE OR REPLACE FUNCTION, as the model has it. */
export function createRoutine(routine: Routine): Statement {
  return statement(definition(routine.definition), {
    objectId: routine.id,
    summary: `Create ${describe(routine)}`,
  })
}

/** `function shop.price(item bigint)`, as DROP, ALTER and COMMENT take it. */
export function routineSql(routine: Routine): SqlFragment {
  const text = routine.identityArguments
  const list = text === '' ? (routine.routineKind === 'aggregate' ? sql`*` : empty) : expression(text)
  return sql`${fromCatalog(kindInSql(routine))} ${qualified(routine)}(${list})`
}

/** CREATE SEQUENCE. Which column owns it is said later: that must be there first. */
export function createSequence(sequence: Sequence): Statement {
  const { options } = sequence
  const unlogged = sequence.isUnlogged ? sql`unlogged ` : empty
  const type = options.type === 'bigint' ? empty : sql` as ${typeText(options.type)}`
  return statement(
    sql`create ${unlogged}sequence ${qualified(sequence)}${type}${sequenceOptionsSql(options)}`,
    { objectId: sequence.id, summary: `Create ${describe(sequence)}` },
  )
}

/** `alter sequence … owned by …`; null for one that no column owns. */
export function sequenceOwnedBy(sequence: Sequence): Statement | null {
  const { ownedBy } = sequence
  if (ownedBy === null) return null
  return statement(
    sql`alter sequence ${qualified(sequence)} owned by ${name(ownedBy.schema, ownedBy.name, ownedBy.column)}`,
    {
      objectId: sequence.id,
      summary: `Let column ${ownedBy.column} of ${shown(ownedBy)} own sequence ${shown(sequence)}`,
    },
  )
}
