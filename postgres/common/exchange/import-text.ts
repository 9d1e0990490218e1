// Any text that holds a schema into a model: SQL, DBML, a diagram.
import type { SchemaSource } from '#contract/capabilities/schema.ts'
import { AppError } from '#contract/errors.ts'
import type { ParseOutcome } from '../script/parsed-statement.ts'
import { readDbml } from './dbml/read-dbml.ts'
import { readDiagram } from './diagram/read-diagram.ts'
import { outlineSql } from './outline.ts'
import { importSql, type Imported, type ImportOptions } from './sql/import-sql.ts'

export type TextFormat = Extract<SchemaSource, { kind: 'text' }>['format']

/** Characters. The parser takes some 3 s and 400 MB for half of it, in the process that serves everything else. */
const MAX_TEXT = 10_000_000

/** The model that the text holds; `parse` is Postgres' parser. Rejects with TOO_LARGE, and never for what stands in the text. */
export async function importText(
  source: { readonly format: TextFormat; readonly text: string },
  parse: (sql: string) => Promise<ParseOutcome>,
  options: ImportOptions = {},
): Promise<Imported> {
  if (source.text.length > MAX_TEXT)
    throw new AppError(
      'TOO_LARGE',
      'The text is longer than 10 million characters, which is more than can be read at once.',
      {
        hint: 'Leave out the rows: pg_dump --schema-only.',
      },
    )
  if (source.format === 'sql') return await importSql(source.text, parse, options)
  const { outline, problems } =
    source.format === 'dbml' ? await readDbml(source.text) : readDiagram(source.text)
  const imported = await importSql(outlineSql(outline), parse, options)
  // Lines of the script in between mean nothing to a person.
  const others = imported.problems.map(({ message }) => ({ line: 1, column: 1, message }))
  return { model: imported.model, problems: [...problems, ...others] }
}
