// Any text that holds a schema into a model: SQL, DBML, a diagram.
import type { SchemaSource } from '#contract/capabilities/schema.ts'
import { AppError } from '#contract/errors.ts'
import type { ParseOutcome } from '../script/parsed-statement.ts'
import { readDbml } from './dbml/read-dbml.ts'
import { readDiagram } from './diagram/read-diagram.ts'
import { outlineScript } from './outline.ts'
import { importSql, type Imported, type ImportOptions } from './sql/import-sql.ts'

export type TextFormat = Extract<SchemaSource, { kind: 'text' }>['format']

/**
 * Characters. The process that reads them serves everything else too: Postgres' parser takes some 3 s and 400 MB for half of the most, that of DBML some 15 s
 * for all of it.
 */
const MAX_TEXT: Readonly<Record<TextFormat, number>> = {
  sql: 10_000_000,
  dbml: 1_000_000,
  diagram: 10_000_000,
}

/** DBML nests three or four deep. Its parser takes more than a gigabyte, and then its process with it, for what only opens. */
const MOST_NESTED = 1_000

function isNestedTooDeep(text: string): boolean {
  let depth = 0
  for (const [bracket] of text.matchAll(/[[\](){}]/g)) {
    if (!'[({'.includes(bracket)) depth = Math.max(0, depth - 1)
    else if (++depth > MOST_NESTED) return true
  }
  return false
}

/** The model that the text holds; `parse` is Postgres' parser. Rejects with TOO_LARGE, and never for what stands in the text. */
export async function importText(
  source: { readonly format: TextFormat; readonly text: string },
  parse: (sql: string) => Promise<ParseOutcome>,
  options: ImportOptions = {},
): Promise<Imported> {
  const max = MAX_TEXT[source.format]
  if (source.text.length > max)
    throw new AppError(
      'TOO_LARGE',
      `The text is longer than ${String(max / 1_000_000)} million characters, which is more than can be read at once.`,
      {
        hint: source.format === 'sql' ? 'Leave out the rows: pg_dump --schema-only.' : 'Import it in parts.',
      },
    )
  if (source.format === 'sql') return await importSql(source.text, parse, options)
  if (source.format === 'dbml' && isNestedTooDeep(source.text))
    throw new AppError('TOO_LARGE', 'The text opens more brackets than it closes, too many to be read.', {
      hint: 'Close them, and import it again.',
    })
  const { outline, problems } =
    source.format === 'dbml' ? await readDbml(source.text) : readDiagram(source.text)
  const script = outlineScript(outline)
  const imported = await importSql(script.sql, parse, options)
  // Lines of the script in between mean nothing to a person.
  const others = imported.problems.map(({ line, message }) => ({
    line: script.lines[line - 1] ?? 1,
    column: 1,
    message,
  }))
  return { model: imported.model, problems: [...problems, ...others].toSorted((a, b) => a.line - b.line) }
}
