// A statement with its values in the place of `$1`, `$2`: to be read, and to be run again by hand.
import { identifier, literal, sql } from '#postgres/common/sql/sql.ts'
import { quoteLiteral } from '#postgres/common/sql/quote.ts'
import { createLexer } from '#postgres/common/script/lexer.ts'
import type { RequestTrace, TracedStatement } from '#contract/capabilities/insight.ts'

/** How the service ends a value that it cut. */
const CUT = /… \(\d+ in all\)$/

/** Whether the service has kept only the beginning of a value. */
export function isCut(value: string | null): boolean {
  return value !== null && CUT.test(value)
}

/** The text with values for its parameters. Those that were cut, or that there are none of, stay parameters. */
export function inlineValues(text: string, values: TracedStatement['parameters']): string {
  const lexer = createLexer(text)
  let result = ''
  for (lexer.next(); lexer.kind !== 'end'; lexer.next()) {
    const token = text.slice(lexer.start, lexer.end)
    const value = lexer.kind === 'parameter' ? values[Number(token.slice(1)) - 1] : undefined
    result += value === undefined || isCut(value) ? token : value === null ? 'null' : written(value)
  }
  return result
}

/** A value with a zero byte cannot be written in SQL: its beginning is. */
function written(value: string): string {
  return quoteLiteral(value.split('\0')[0] ?? '').trimStart()
}

/** The query as it can be run by hand: with the request's role and claims, in a transaction that is rolled back. */
export function scriptOf(
  { role, claims }: Pick<RequestTrace, 'role' | 'claims'>,
  query: TracedStatement & { readonly formatted: string },
): string {
  const as =
    role === null
      ? []
      : [
          sql`set local role ${identifier(role)};`.text,
          sql`select set_config('request.jwt.claims', ${literal(JSON.stringify(claims))}, true);`.text,
        ]
  return ['begin;', ...as, `${inlineValues(query.formatted, query.parameters)};`, 'rollback;', ''].join('\n')
}
