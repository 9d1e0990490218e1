// Views and materialised views.
import type { View } from '#contract/schema/types.ts'
import { empty, join, name, sql } from '../../sql/sql.ts'
import type { Statement } from '../statement.ts'
import { describe, qualified, shown, statement } from './context.ts'
import { nameList, query, storageOptions, typeText, value } from './expression.ts'

export interface CreateViewOptions {
  /** CREATE OR REPLACE, for a plain view whose first columns stay as they are. */
  readonly orReplace?: boolean
  /** Leaves a materialised view empty, whatever the model says. */
  readonly withNoData?: boolean
  /** Says the names of the columns, because the query alone would give others: it was written with the new names of what it reads. */
  readonly withColumns?: boolean
}

/** CREATE VIEW or CREATE MATERIALIZED VIEW. Defaults of columns, indexes and triggers are statements of their own. */
export function createView(view: View, options: CreateViewOptions = {}): Statement {
  const about = { objectId: view.id, summary: `Create ${describe(view)}` }
  const columns =
    options.withColumns === true ? sql` (${nameList(view.columns.map((column) => column.name))})` : empty
  const storage = view.options.length === 0 ? empty : sql` with (${storageOptions(view.options)})`
  if (!view.isMaterialized) {
    const replace = options.orReplace === true ? sql`or replace ` : empty
    return statement(
      sql`create ${replace}view ${qualified(view)}${columns}${storage} as\n${query(view.definition)}`,
      about,
    )
  }
  const method = view.accessMethod === null ? empty : sql` using ${name(view.accessMethod)}`
  const tablespace = view.tablespace === null ? empty : sql` tablespace ${name(view.tablespace)}`
  const data = view.isPopulated && options.withNoData !== true ? empty : sql`\nwith no data`
  return statement(
    sql`create materialized view ${qualified(view)}${columns}${method}${storage}${tablespace} as\n${query(view.definition)}${data}`,
    about,
  )
}

/** A view with the same columns that reads nothing: stands in where two objects need each other, until the view itself replaces it. */
export function placeholderView(view: View, options: { readonly orReplace?: boolean } = {}): Statement {
  const columns = view.columns.map(
    ({ name: column, type }) => sql`null::${typeText(type)} as ${name(column)}`,
  )
  const replace = options.orReplace === true ? sql`or replace ` : empty
  return statement(sql`create ${replace}view ${qualified(view)} as\nselect ${join(columns, ',\n  ')}`, {
    objectId: view.id,
    summary: `Create a placeholder for ${describe(view)}`,
  })
}

/** ALTER VIEW … ALTER COLUMN … SET DEFAULT for each column that has one. */
export function viewDefaults(view: View): Statement[] {
  return view.columns.flatMap((column) =>
    column.default === null
      ? []
      : [
          statement(
            sql`alter view ${qualified(view)} alter column ${name(column.name)} set default ${value(column.default)}`,
            { objectId: column.id, summary: `Set the default of column ${column.name} of ${shown(view)}` },
          ),
        ],
  )
}
