// ALTER … RENAME and SET SCHEMA.
import type { ModelObject } from '#contract/schema/types.ts'
import { fromCatalog, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import { kindInSql, qualified, shown, statement } from '../create/context.ts'
import { expression } from '../create/expression.ts'
import type { ChangedKind } from '../change.ts'
import type { Statement } from '../statement.ts'

/** An object as it is called at this moment: names change from statement to statement. */
function named(object: ModelObject, schema: string | null, current: string): SqlFragment {
  const kind = fromCatalog(kindInSql(object))
  if (object.kind === 'routine') {
    const text = object.identityArguments
    const list =
      text === '' && object.routineKind === 'aggregate' ? sql`*` : text === '' ? sql`` : expression(text)
    return sql`${kind} ${name(schema ?? '', current)}(${list})`
  }
  return schema === null ? sql`${kind} ${name(current)}` : sql`${kind} ${name(schema, current)}`
}

/** Gives an object another name. `schema` and `from` are what it is called now. */
export function renameObject(
  object: ModelObject,
  { schema, from, to }: { readonly schema: string | null; readonly from: string; readonly to: string },
): Statement {
  return statement(sql`alter ${named(object, schema, from)} rename to ${name(to)}`, {
    objectId: object.id,
    summary: `Rename ${kindInSql(object)} ${shown({ schema, name: from })} to ${to}`,
  })
}

/** Moves an object to another schema. */
export function moveObject(
  object: ModelObject,
  { from, to, name: current }: { readonly from: string; readonly to: string; readonly name: string },
): Statement {
  return statement(sql`alter ${named(object, from, current)} set schema ${name(to)}`, {
    objectId: object.id,
    summary: `Move ${kindInSql(object)} ${shown({ schema: from, name: current })} to schema ${to}`,
  })
}

/** Gives a part another name. `owner` has its new name already. */
export function renamePart(
  kind: ChangedKind,
  owner: ModelObject,
  { id, from, to }: { readonly id: string; readonly from: string; readonly to: string },
): Statement {
  const about = {
    objectId: id,
    summary: `Rename ${kindWord(kind)} ${from} of ${shown(relationOf(owner))} to ${to}`,
  }
  const target = qualified(relationOf(owner))
  const ownerKind = fromCatalog(kindInSql(owner))
  switch (kind) {
    case 'column':
      return statement(sql`alter ${ownerKind} ${target} rename column ${name(from)} to ${name(to)}`, about)
    case 'constraint':
      return statement(
        sql`alter ${ownerKind} ${target} rename constraint ${name(from)} to ${name(to)}`,
        about,
      )
    case 'index':
      return statement(sql`alter index ${name(relationOf(owner).schema, from)} rename to ${name(to)}`, about)
    case 'trigger':
      return statement(sql`alter trigger ${name(from)} on ${target} rename to ${name(to)}`, about)
    case 'rule':
      return statement(sql`alter rule ${name(from)} on ${target} rename to ${name(to)}`, about)
    case 'policy':
      return statement(sql`alter policy ${name(from)} on ${target} rename to ${name(to)}`, about)
    case 'enumLabel':
      return statement(sql`alter type ${target} rename value ${literal(from)} to ${literal(to)}`, about)
    case 'attribute':
      return statement(sql`alter type ${target} rename attribute ${name(from)} to ${name(to)}`, about)
    default:
      throw new TypeError(`${kind} is no part of an object`)
  }
}

function kindWord(kind: ChangedKind): string {
  return kind === 'enumLabel' ? 'value' : kind
}

function relationOf(owner: ModelObject): { readonly schema: string; readonly name: string } {
  return { schema: ('schema' in owner ? owner.schema : null) ?? '', name: owner.name }
}
