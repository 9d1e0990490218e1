// Errors of a mocked API of tables, with PostgREST's codes and words: clients match on them.
import type { MockAnswer } from './types.ts'

interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly details?: string
  readonly hint?: string
}

/** Ends the answer to a request; it never leaves this folder. */
export class RowsError extends Error {
  readonly status: number
  readonly body: ErrorBody
  readonly headers: readonly (readonly [string, string])[]

  constructor(status: number, body: ErrorBody, headers: readonly (readonly [string, string])[] = []) {
    super(body.message)
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** The answer that tells the error. */
export function asPostgrest(
  { status, body, headers }: RowsError,
  { method, matched }: { readonly method: string; readonly matched: string | null },
): MockAnswer {
  const { code, message, details = null, hint = null } = body
  return {
    status,
    headers: [
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Proxy-Status', `PostgREST; error=${code}`],
      ...headers,
    ],
    body: method === 'HEAD' ? null : JSON.stringify({ code, details, hint, message }),
    matched,
  }
}

/** What a mock cannot do, though PostgREST can. */
export function notMocked(what: string): RowsError {
  return new RowsError(400, {
    code: 'MOCK',
    message: `The mock server cannot answer ${what}.`,
    hint: 'It takes columns in select, the filters eq, neq, gt, gte, lt, lte, like, ilike, in, is and isdistinct, and, or, order, limit and offset.',
  })
}

export function tableMissing(name: string, tables: readonly string[]): RowsError {
  if (name.startsWith('rpc/'))
    return new RowsError(404, {
      code: 'PGRST202',
      message: `Could not find the function ${name.slice('rpc/'.length)} in the schema cache`,
      hint: 'A mock server has tables only.',
    })
  return new RowsError(404, {
    code: 'PGRST205',
    message: `Could not find the table '${name}' in the schema cache`,
    hint: tables.length === 0 ? 'It has no tables.' : `There are: ${tables.slice(0, 100).join(', ')}`,
  })
}

export function columnMissing(table: string, column: string): RowsError {
  return new RowsError(400, { code: '42703', message: `column ${table}.${column} does not exist` })
}

export function unreadable(what: string, text: string): RowsError {
  return new RowsError(400, { code: 'PGRST100', message: `failed to parse ${what} (${text})` })
}
