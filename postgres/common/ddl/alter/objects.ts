// ALTER of schemas, extensions, views, event triggers and publications, and what all objects share: owner, comment, privileges.
import type { EventTrigger, ModelObject, ObjectOfKind, Publication, View } from '#contract/schema/types.ts'
import type { Difference } from '../../diff/fields.ts'
import type { PartDiff } from '../../diff/model-diff.ts'
import type { ViewColumn } from '../../diff/parts.ts'
import { fromCatalog, join, keyword, literal, name, sql, type SqlFragment } from '../../sql/sql.ts'
import { changeOwner, commentOn, commentOnPart } from '../create/comments.ts'
import { describe, kindInSql, qualified, shown, statement, type CompileContext } from '../create/context.ts'
import { publishedObjects, setEventTriggerState } from '../create/database-objects.ts'
import { value } from '../create/expression.ts'
import { changeGrants, columnGrants, defaultPrivilegeStatements } from '../create/grants.ts'
import { createView } from '../create/view.ts'
import type { Statement } from '../statement.ts'
import { optionChange } from './table.ts'

/** Owner, privileges and comment of an object that stays. */
export function alterShared(
  before: ModelObject,
  after: ModelObject,
  { differences, context }: { readonly differences: readonly Difference[]; readonly context: CompileContext },
): Statement[] {
  const has = new Set(differences.map(({ field }) => field))
  const statements: Statement[] = []
  if (has.has('owner')) statements.push(changeOwner(after))
  if (has.has('privileges') && context.withGrants && 'grants' in after && 'grants' in before)
    statements.push(
      ...(after.kind === 'defaultPrivileges'
        ? defaultPrivilegeStatements(after, before.grants)
        : changeGrants(after, { from: before.grants, context })),
    )
  if (has.has('comment') && context.withComments) {
    const comment = commentOn(after)
    if (comment !== null) statements.push(comment)
  }
  return statements
}

/** Privileges on columns that stay, where they differ. */
export function alterColumnGrants(
  before: ObjectOfKind<'table' | 'view'>,
  after: ObjectOfKind<'table' | 'view'>,
  context: CompileContext,
): Statement[] {
  if (!context.withGrants) return []
  const had = new Map(before.columns.map((column) => [column.name, column.grants]))
  return columnGrants(after, { from: (column) => had.get(column) ?? [], context })
}

/** ALTER EXTENSION: version and schema. */
export function alterExtension(
  after: ObjectOfKind<'extension'>,
  differences: readonly Difference[],
): Statement[] {
  const has = new Set(differences.map(({ field }) => field))
  const about = { objectId: after.id, summary: `Change extension ${after.name}` }
  return [
    ...(has.has('version')
      ? [statement(sql`alter extension ${name(after.name)} update to ${literal(after.version)}`, about)]
      : []),
    ...(has.has('schema')
      ? [statement(sql`alter extension ${name(after.name)} set schema ${name(after.schema)}`, about)]
      : []),
  ]
}

/** Whether CREATE OR REPLACE VIEW can lead from one to the other: the columns stay as they are, new ones come last. */
export function isReplaceable(
  before: View,
  after: View,
  sameType: (a: string, b: string) => boolean,
): boolean {
  return (
    !before.isMaterialized &&
    !after.isMaterialized &&
    before.columns.length <= after.columns.length &&
    before.columns.every((column, at) => {
      const other = after.columns[at]
      return other !== undefined && other.name === column.name && sameType(column.type, other.type)
    })
  )
}

export interface ViewChange {
  readonly before: View
  readonly after: View
  readonly differences: readonly Difference[]
  readonly columns: readonly PartDiff<ViewColumn>[]
  readonly context: CompileContext
}

/** CREATE OR REPLACE VIEW, options, storage, defaults and comments of columns. */
export function alterView(change: ViewChange): Statement[] {
  const { before, after, differences, columns, context } = change
  const has = new Set(differences.map(({ field }) => field))
  const kind = fromCatalog(kindInSql(after))
  const about = { objectId: after.id, summary: `Change ${describe(after)}` }
  const alter = (action: SqlFragment): Statement =>
    statement(sql`alter ${kind} ${qualified(after)} ${action}`, about)
  const statements: Statement[] = []
  if (has.has('definition'))
    statements.push({ ...createView(after, { orReplace: true }), summary: `Change ${describe(after)}` })
  // CREATE OR REPLACE takes the new options, and only those.
  else if (has.has('options')) statements.push(...optionChange(before.options, after.options).map(alter))
  if (has.has('tablespace'))
    statements.push(alter(sql`set tablespace ${name(after.tablespace ?? 'pg_default')}`))
  if (has.has('populated'))
    statements.push(
      statement(
        sql`refresh materialized view ${qualified(after)}${after.isPopulated ? sql`` : sql` with no data`}`,
        { objectId: after.id, summary: `${after.isPopulated ? 'Fill' : 'Empty'} ${describe(after)}` },
      ),
    )
  for (const { after: column, differences: fields } of columns) {
    if (column === null) continue
    const columnAbout = { objectId: column.id, summary: `Change column ${column.name} of ${describe(after)}` }
    const isNew = fields.length === 0
    if (isNew ? column.default !== null : fields.some(({ field }) => field === 'default'))
      statements.push(
        statement(
          sql`alter view ${qualified(after)} alter column ${name(column.name)} ${
            column.default === null ? sql`drop default` : sql`set default ${value(column.default)}`
          }`,
          columnAbout,
        ),
      )
    if (
      context.withComments &&
      (isNew ? column.comment !== null : fields.some(({ field }) => field === 'comment'))
    )
      statements.push(commentOnPart('column', column, { where: qualified(after), of: shown(after) }))
  }
  return statements
}

/** When an event trigger fires. */
export function alterEventTrigger(after: EventTrigger, differences: readonly Difference[]): Statement[] {
  return differences.some(({ field }) => field === 'enabled') ? [setEventTriggerState(after)] : []
}

/** ALTER PUBLICATION: what is published, and how. */
export function alterPublication(
  after: Publication,
  { differences, context }: { readonly differences: readonly Difference[]; readonly context: CompileContext },
): Statement[] {
  const has = new Set(differences.map(({ field }) => field))
  const about = { objectId: after.id, summary: `Change publication ${after.name}` }
  const alter = (action: SqlFragment): Statement =>
    statement(sql`alter publication ${name(after.name)} ${action}`, about)
  const parameters: SqlFragment[] = []
  if (has.has('operations')) parameters.push(sql`publish = ${literal(after.operations.join(', '))}`)
  if (has.has('via root'))
    parameters.push(sql`publish_via_partition_root = ${after.isViaRoot ? sql`true` : sql`false`}`)
  if (has.has('generated columns'))
    parameters.push(sql`publish_generated_columns = ${keyword(after.generatedColumns, ['none', 'stored'])}`)
  const objects = publishedObjects(after, context)
  return [
    ...(parameters.length > 0 ? [alter(sql`set (${join(parameters)})`)] : []),
    ...((has.has('tables') || has.has('schemas')) && objects.length > 0
      ? [alter(sql`set ${join(objects)}`)]
      : []),
  ]
}

/** Whether a publication can only be dropped and made again: Postgres changes no publication to all tables or away from it, nor empties one. */
export function isPublicationRemade(before: Publication, after: Publication): boolean {
  const isEmpty = after.tables.length === 0 && after.schemas.length === 0
  const wasEmpty = before.tables.length === 0 && before.schemas.length === 0
  return before.isForAllTables !== after.isForAllTables || (isEmpty && !wasEmpty)
}
