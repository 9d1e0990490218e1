// SQL that a person wrote in the draft follows renames made in the draft. What the server printed is left as it is: Postgres follows by itself, and the differ
// knows. A text counts as the server's while the same object of the base has it.
import type { ModelObject, RelationName, Table } from '#contract/schema/types.ts'
import { namesIn } from '../../diff/sql-text.ts'
import { indexModel } from '../find.ts'
import { mapTexts } from '../map-texts.ts'
import type { ModelEdit } from './model-edit.ts'
import { rewriteNames, rewritePlain, rewriteQualified, type RenameQualified } from './qualified.ts'

type Rewrite = (text: string) => string

/** After a column got another name: in its own table's texts, and in those that name the table. */
export function followColumnInTexts(edit: ModelEdit, table: Table, from: string, to: string): void {
  for (const object of [...edit.objects()])
    rewriteWritten(edit, object, (text) =>
      object.id === table.id || namesIn(text).has(table.name) ? rewritePlain(text, from, to) : text,
    )
}

/** After a table, view, sequence or type got another name or schema. */
export function followRelationInTexts(edit: ModelEdit, from: RelationName, to: RelationName): void {
  followQualifiedInTexts(edit, (schema, name) =>
    schema === from.schema && name === from.name ? [to.schema, to.name] : [schema, name],
  )
  if (from.name === to.name) return
  for (const object of [...edit.objects()])
    rewriteWritten(edit, object, (text) => rewritePlain(text, from.name, to.name))
}

/** Names with their schema, wherever they stand. */
export function followQualifiedInTexts(edit: ModelEdit, rename: RenameQualified): void {
  for (const object of [...edit.objects()])
    rewriteWritten(edit, object, (text) => rewriteQualified(text, rename))
}

/** A table whose printed texts say the names that the draft gave, as they must where they are written anew: in a copy. */
export function withCurrentNames(edit: ModelEdit, table: Table): Table {
  const base = indexModel(edit.base)
  const before = base.byId(table.id)
  if (before?.kind !== 'table') return table
  const columns = new Map<string, string>()
  for (const column of before.columns) {
    const now = table.columns.find(({ id }) => id === column.id)
    if (now !== undefined && now.name !== column.name) columns.set(column.name, now.name)
  }
  const objects = new Map<string, readonly [schema: string, name: string]>()
  for (const object of edit.objects()) {
    const old = base.byId(object.id)
    if (old === undefined || !('schema' in old) || !('schema' in object) || object.schema === null) continue
    if (old.schema !== object.schema || old.name !== object.name)
      objects.set(`${String(old.schema)}\0${old.name}`, [object.schema, object.name])
  }
  const printed = printedTexts(before)
  const current = mapWritten(table, (text) =>
    printed.has(text)
      ? rewriteQualified(
          rewriteNames(text, columns),
          (schema, name) => objects.get(`${schema}\0${name}`) ?? [schema, name],
        )
      : text,
  )
  return current.kind === 'table' ? current : table
}

function rewriteWritten(edit: ModelEdit, object: ModelObject, rewrite: Rewrite): void {
  const before = indexModel(edit.base).byId(object.id)
  if (before === object) return
  const printed = before === undefined ? new Set<string>() : printedTexts(before)
  let isChanged = false
  const next = mapWritten(object, (text) => {
    const written = printed.has(text) ? text : rewrite(text)
    if (written !== text) isChanged = true
    return written
  })
  if (isChanged) edit.put(next)
}

function printedTexts(object: ModelObject): ReadonlySet<string> {
  const texts = new Set<string>()
  mapWritten(object, (text) => {
    texts.add(text)
    return text
  })
  return texts
}

/** Each expression, query and body. */
function mapWritten(object: ModelObject, rewrite: Rewrite): ModelObject {
  return mapTexts(object, { expression: rewrite, body: rewrite })
}
