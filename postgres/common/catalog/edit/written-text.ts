// SQL that a person wrote in the draft follows renames made in the draft. What the server printed is left as it is: Postgres follows by itself, and the differ
// knows. A text counts as the server's while the same object of the base has it.
import type { ModelObject, RelationName, Table } from '#contract/schema/types.ts'
import { namesIn } from '../../diff/sql-text.ts'
import { indexModel } from '../find.ts'
import { mapTexts } from '../map-texts.ts'
import type { ModelEdit } from './model-edit.ts'
import { rewritePlain, rewriteQualified, type RenameQualified } from './qualified.ts'

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

function rewriteWritten(edit: ModelEdit, object: ModelObject, rewrite: Rewrite): void {
  const before = indexModel(edit.base).byId(object.id)
  if (before === object) return
  const printed = new Set<string>()
  if (before !== undefined)
    mapWritten(before, (text) => {
      printed.add(text)
      return text
    })
  let isChanged = false
  const next = mapWritten(object, (text) => {
    const written = printed.has(text) ? text : rewrite(text)
    if (written !== text) isChanged = true
    return written
  })
  if (isChanged) edit.put(next)
}

/** Each expression, query and body. */
function mapWritten(object: ModelObject, rewrite: Rewrite): ModelObject {
  return mapTexts(object, { expression: rewrite, body: rewrite })
}
