// Several changes of one table as one ALTER TABLE: the table is locked once, and written anew once.
import type { Statement } from '../../ddl/statement.ts'
import { namesIn } from '../sql-text.ts'

interface Action {
  readonly statement: Statement
  /** `alter table public.film`. */
  readonly head: string
  readonly text: string
  /** When Postgres does it within one ALTER TABLE, whatever the order in which actions are written. */
  readonly pass: number
  /** The columns that it is about or names; null for all. */
  readonly columns: ReadonlySet<string>
}

const NAME = '(?:"(?:[^"]|"")+"|[^\\s".]+)'
const HEAD = new RegExp(`^(alter (?:foreign )?table (?:only )?${NAME}(?:\\.${NAME})?) ([\\s\\S]+)$`)
const COLUMN = new RegExp(`^(?:add|drop|alter) column (${NAME})`)

/**
 * Postgres' passes, in their order. What is not listed stands alone: FOREIGN KEY locks another table as well, VALIDATE locks less, ATTACH and RENAME take no
 * company, and whether a column is computed is looked at before DROP EXPRESSION.
 */
const PASSES: readonly RegExp[] = [
  /^drop column |^alter column \S+ drop (default|not null|identity)$/,
  /^alter column \S+ type /,
  /^add column /,
  /^alter column \S+ set expression /,
  /^add (constraint \S+ )?check |^add (constraint \S+ )?not null /,
  /^alter column \S+ set (default |not null$|generated )/,
  /^add constraint \S+ (primary key|unique|exclude) /,
  /^alter column \S+ add generated /,
  /^alter column \S+ (set (storage|compression|statistics) |(set|reset) \()|^set (logged$|unlogged$|access method |tablespace )/,
]
const ADD_COLUMN = 2

/** The statements, those that may stand together in one. Their order stays, but for comments, which come behind. */
export function mergeAlterTables(statements: readonly Statement[]): readonly Statement[] {
  const merged: Statement[] = []
  let group: Action[] = []
  let comments: Statement[] = []
  const flush = (): void => {
    if (group.length > 0) merged.push(together(group))
    merged.push(...comments)
    group = []
    comments = []
  }
  for (const statement of statements) {
    const action = actionOf(statement)
    if (action !== undefined && group.length > 0 && group.every((one) => fits(one, action))) {
      group.push(action)
      continue
    }
    if (action === undefined && group.length > 0 && statement.sql.startsWith('comment on ')) {
      comments.push(statement)
      continue
    }
    flush()
    if (action === undefined) merged.push(statement)
    else group.push(action)
  }
  flush()
  return merged
}

function actionOf(statement: Statement): Action | undefined {
  const [, head, text] = HEAD.exec(statement.sql) ?? []
  if (head === undefined || text === undefined || !statement.inTransaction) return undefined
  // A quoted name may hold blanks.
  const plain = text.replace(new RegExp(`^((?:add|drop|alter) (?:column|constraint)) ${NAME}`), '$1 x')
  const pass = PASSES.findIndex((pattern) => pattern.test(plain))
  if (pass === -1) return undefined
  const column = COLUMN.exec(text)?.[1]
  const names =
    column === undefined || plain.includes(' generated always as (') ? namesIn(text) : namesIn(column)
  return { statement, head, text, pass, columns: names }
}

/** Whether `next` may be written behind `one` and mean the same as in a statement behind it. */
function fits(one: Action, next: Action): boolean {
  if (one.head !== next.head) return false
  // Drops of columns lose values and cost nothing: a person sees them apart.
  if (isLoss(one) !== isLoss(next)) return false
  if (![...next.columns].some((name) => one.columns.has(name))) return true
  // No type changes twice, and what is computed from a new column comes after it.
  if (one.pass === next.pass) return one.pass !== 1 && one.pass !== ADD_COLUMN
  return one.pass < next.pass
}

function isLoss({ statement, pass }: Action): boolean {
  return statement.isDestructive && pass === 0
}

function together(group: readonly Action[]): Statement {
  const [first, ...rest] = group
  if (first === undefined) throw new TypeError('There is nothing to put together')
  if (rest.length === 0) return first.statement
  const summaries = [...new Set(group.map(({ statement }) => statement.summary))]
  return {
    ...first.statement,
    sql: `${first.head}\n  ${group.map(({ text }) => text).join(',\n  ')}`,
    summary: summaries.map((one, at) => (at === 0 ? one : one[0]?.toLowerCase() + one.slice(1))).join('; '),
    isDestructive: group.some(({ statement }) => statement.isDestructive),
  }
}
