// Formats SQL statement by statement. What the formatter cannot read, or would change in meaning, is left as it was written.
import { format } from 'sql-formatter'
import { splitScript } from '#postgres/common/script/index.ts'

/** The script with each statement laid out; comments and blank lines between statements stay. */
export function formatScript(text: string): string {
  let result = ''
  let at = 0
  for (const statement of splitScript(text)) {
    result += text.slice(at, statement.start)
    result += formatStatement(text.slice(statement.start, statement.end))
    at = statement.end
  }
  return result + text.slice(at)
}

function formatStatement(statement: string): string {
  try {
    const formatted = format(statement, {
      language: 'postgresql',
      keywordCase: 'preserve',
      tabWidth: 2,
      expressionWidth: 80,
      logicalOperatorNewline: 'before',
      linesBetweenQueries: 1,
      paramTypes: { named: [':'], numbered: ['$'] },
    })
    return isSameStatement(statement, formatted) ? formatted : statement
  } catch {
    // Not a failure: the formatter knows less SQL than Postgres does.
    return statement
  }
}

/** Layout is white space: with it taken away nothing may have changed. */
function isSameStatement(before: string, after: string): boolean {
  return squeeze(before) === squeeze(after)
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, '')
}
