// Puts a safe form in the place of a statement in a script.
import type { StatementReview } from '#contract/capabilities/schema.ts'
import { createLexer } from '../script/lexer.ts'

/**
 * The script with the statement at `index` of its reviews replaced. Comments and everything around stay. Unchanged when the text is not the one that was
 * reviewed, or the rule has no safe form there.
 */
export function takeSafeForm(
  script: string,
  {
    reviews,
    index,
    rule,
  }: {
    readonly reviews: readonly Pick<StatementReview, 'sql' | 'findings'>[]
    readonly index: number
    readonly rule: string
  },
): string {
  const statements = reviews[index]?.findings.find((finding) => finding.rule === rule)?.safeForm?.statements
  if (statements === undefined) return script
  const lexer = createLexer(script)
  lexer.next()
  for (const [at, { sql }] of reviews.entries()) {
    while (lexer.kind === 'space' || lexer.kind === 'comment' || lexer.kind === 'semicolon') lexer.next()
    if (!script.startsWith(sql, lexer.start)) return script
    const start = lexer.start
    const end = start + sql.length
    if (at === index) return `${script.slice(0, start)}${statements.join(';\n')}${script.slice(end)}`
    lexer.moveTo(end)
    lexer.next()
  }
  return script
}
