// Columns that USING merges go by one name in all that is joined. Where one of them is renamed, its table gets the old names back within the query, as Postgres
// itself prints it: `JOIN rental r(rental_id, …) USING (rental_id)`.
import type { TokenKind } from '../script/lexer.ts'
import { name } from '../sql/sql.ts'

interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly end: number
}

/** The columns of a table that stay, by their old names, and what those that are renamed are called now. */
export interface RenamedColumns {
  readonly columns: readonly string[]
  readonly renamed: ReadonlyMap<string, string>
}

type Tables = ReadonlyMap<string, RenamedColumns>

/** Old names that stand in some USING of the query, of columns that are renamed. */
export function mergedColumns(tokens: readonly Token[], tables: Tables): ReadonlySet<string> {
  const found = new Set<string>()
  if (tables.size === 0) return found
  for (const [at, { text, kind }] of tokens.entries()) {
    if (kind !== 'word' || text !== 'using' || tokens[at + 1]?.text !== '(') continue
    for (let inner = at + 2; inner < tokens.length && tokens[inner]?.text !== ')'; inner++) {
      const column = tokens[inner]?.text ?? ''
      if ([...tables.values()].some(({ renamed }) => renamed.has(column))) found.add(column)
    }
  }
  return found
}

/** Words that may stand behind a table and are no alias. */
const BEHIND_TABLES = new Set(
  `join left right full inner cross natural on using where group order having limit offset fetch union intersect except window for tablesample`.split(
    ' ',
  ),
)

/** What stands behind `schema.table [alias]`, the name of which begins at `at`, and behind which token; null when the table keeps its names. */
export function columnAliases(
  tokens: readonly Token[],
  at: number,
  { tables, merged }: { readonly tables: Tables; readonly merged: ReadonlySet<string> },
): { readonly end: number; readonly text: string } | null {
  const [schema, table, alias] = [tokens[at], tokens[at + 2], tokens[at + 3]]
  if (schema === undefined || table === undefined || alias?.text === '.') return null
  const known = tables.get(`${schema.text}\0${table.text}`)
  if (known === undefined || ![...merged].some((column) => known.renamed.has(column))) return null
  const hasAlias =
    alias !== undefined &&
    (alias.kind === 'identifier' || (alias.kind === 'word' && !BEHIND_TABLES.has(alias.text)))
  const last = hasAlias ? alias : table
  if (tokens[at + (hasAlias ? 4 : 3)]?.text === '(') return null
  const list = known.columns
    .map((column) => name(merged.has(column) ? column : (known.renamed.get(column) ?? column)).text)
    .join(', ')
  return { end: last.end, text: `${hasAlias ? '' : ` ${name(table.text).text}`}(${list})` }
}
